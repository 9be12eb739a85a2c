"""The query API: what leaders and screens may ask."""
