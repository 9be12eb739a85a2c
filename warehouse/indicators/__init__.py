"""One file per desk of indicators; the registry names them."""
