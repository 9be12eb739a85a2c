"""What others may ask and send: the gateway for agencies, the query app for screens."""
