"""What hospital messages hold and what a visit comes to; the feed itself is in feeds/hospitals.py."""
