"""Database connections: timeouts, prepared statements, pools."""
