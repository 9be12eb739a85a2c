"""What a dossier message holds and what a dossier comes to; the feed itself is in feeds/dossiers.py."""
