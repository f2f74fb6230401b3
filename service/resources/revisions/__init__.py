"""How a figure and its growth changed from release to release."""
