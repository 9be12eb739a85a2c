"""What e-invoice messages hold and what an invoice comes to; the feed itself is in feeds/einvoices.py."""
