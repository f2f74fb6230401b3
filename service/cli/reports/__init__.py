"""Reports of loads on the terminal: progress, and tables of unmapped codes."""
