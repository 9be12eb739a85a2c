"""The embedded ClickHouse: chDB in one process, spoken to over ClickHouse's own HTTP protocol."""
