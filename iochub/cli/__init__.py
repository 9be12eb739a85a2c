"""The front door: every command a person or a service manager types."""
