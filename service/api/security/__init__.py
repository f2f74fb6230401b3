"""Authentication, CORS, security headers."""
