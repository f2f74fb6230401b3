"""The resource flows: a table of figures, each with its growth."""
