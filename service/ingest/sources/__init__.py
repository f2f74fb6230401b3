"""One module per source layout: bytes in, typed records out."""
