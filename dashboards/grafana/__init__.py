"""The Grafana boards: written from the declarations, pushed by uid."""
