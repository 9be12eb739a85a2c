"""One file per feed; the registry names them."""
