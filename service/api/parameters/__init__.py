"""Query parameters: types, strict parsing."""
