"""The resource mirror: the reports of both countries on one flow, and the discrepancy between them."""
