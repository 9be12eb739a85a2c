"""How bytes arrive that nobody pushes: each connector fetches deliveries and hands them to the gateway."""
