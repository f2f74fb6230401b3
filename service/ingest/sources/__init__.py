"""Parsers of the file layouts of sources, one module for each. They yield typed records."""
