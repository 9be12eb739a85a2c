"""What happens to events while they move: landing, rolling up, and the embedded broker."""
