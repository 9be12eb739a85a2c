"""The embedded Kafka broker: one real broker on one machine, for hubs that have no cluster."""
