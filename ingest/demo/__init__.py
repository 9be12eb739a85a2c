"""The demo province: invented dossiers and invoices in their publishers' own formats, at a living pace."""
