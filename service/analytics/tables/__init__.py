"""Tables of figures with their measures, one page at a time."""
