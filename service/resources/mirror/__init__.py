"""Both sides' reports of one flow, and the gap between them."""
