"""The resource checks: numeric claims of a text, each compared with the official figure as known on its day."""
