"""Classifications and their codes."""
