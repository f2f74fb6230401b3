"""The resource classifications: editions of classifications and their codes."""
