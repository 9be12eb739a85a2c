"""What people see: the built-in wall and the Grafana boards."""
