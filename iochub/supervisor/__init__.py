"""Starts, watches and restarts the processes of a hub on one machine."""
