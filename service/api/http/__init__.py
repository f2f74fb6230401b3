"""HTTP mechanisms: compression, deprecation headers."""
