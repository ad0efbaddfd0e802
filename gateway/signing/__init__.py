"""Keys, HTTP message signatures, receipts."""
