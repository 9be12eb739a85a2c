"""From an app's OpenAPI document to one page that people can read without the internet."""

from html import escape
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

_STYLE = """
body{font:16px/1.5 Roboto,"Noto Sans",sans-serif;margin:0 auto;max-width:70rem;padding:1.5rem;color:#16202f}
h1{margin:0 0 .3rem}section{border:1px solid #d5dde8;border-radius:.6rem;padding:.8rem 1.1rem;margin:1rem 0}
code{font-family:ui-monospace,"DejaVu Sans Mono",monospace}h2{font-size:1.05rem;margin:0}
b{background:#e3eefb;border-radius:.3rem;padding:.1rem .5rem;margin-right:.5rem}
table{border-collapse:collapse;margin:.5rem 0;width:100%}td,th{text-align:left;padding:.25rem .6rem}
th{color:#5b6b80;font-weight:500}tr+tr{border-top:1px solid #e8edf4}
"""


def serve_docs(app: FastAPI) -> None:
    """Serve `/docs`: one page, no script, nothing from outside."""

    @app.get("/docs", response_class=HTMLResponse, include_in_schema=False)
    async def docs() -> str:
        return page(app.openapi())


def page(document: dict[str, Any]) -> str:
    """Write an OpenAPI document as HTML: each question, its parameters and its answers."""
    info = document["info"]
    questions = "".join(
        _question(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<title>{escape(info['title'])}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])}</h1><p>{escape(info.get('description', ''))}</p>"
        '<p><a href="openapi.json">openapi.json</a></p>'
        f"{questions}</body></html>"
    )


def _question(method: str, path: str, operation: dict[str, Any]) -> str:
    parameters = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(one['in'])}</td>"
        f"<td>{escape(one.get('description', ''))}</td></tr>"
        for one in operation.get("parameters", ())
    )
    answers = "".join(
        f"<tr><td><code>{escape(status)}</code></td><td>{escape(_shape(answer))}</td></tr>"
        for status, answer in operation.get("responses", {}).items()
    )
    return (
        f"<section><h2><b>{escape(method.upper())}</b><code>{escape(path)}</code></h2>"
        f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p>"
        + (
            f"<table><tr><th>parameter</th><th>in</th><th></th></tr>{parameters}</table>"
            if parameters
            else ""
        )
        + f"<table><tr><th>status</th><th>answer</th></tr>{answers}</table></section>"
    )


def _shape(answer: dict[str, Any]) -> str:
    shapes = [
        content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1] or media_type
        for media_type, content in answer.get("content", {}).items()
    ]
    return ", ".join(shapes) or str(answer.get("description", ""))
