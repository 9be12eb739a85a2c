"""Where facts rest and what they add up to: tables, indicators, queries, and the embedded engine."""
