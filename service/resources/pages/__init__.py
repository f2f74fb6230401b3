"""HTML pages: the explorer, the first page, releases, search."""
