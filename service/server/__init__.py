"""The HTTP server: gunicorn's configuration and the commands that start a server."""
