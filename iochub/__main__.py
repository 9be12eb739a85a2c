"""Lets `python -m iochub` be the same as `iochub`."""

from iochub.cli.main import app

if __name__ == "__main__":
    app()
