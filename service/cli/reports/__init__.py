"""Output of commands on the terminal: tables, JSON, progress, help and example requests."""
