"""HTTP mechanisms: cached responses and deprecation headers."""
