"""A sender for an office behind a weak line: it stores what is to be sent, and follows it until counted."""
