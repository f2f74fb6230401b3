"""Charts in other pages: a page for frames, and its description."""
