"""The database during a request: session, replica, prepared queries."""
