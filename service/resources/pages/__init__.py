"""Pages for people who look rather than read JSON: the explorer, the first page, releases, search."""
