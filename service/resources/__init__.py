"""What the service answers: a folder per resource with routes, schemas and queries."""
