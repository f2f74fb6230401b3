"""The HTTP kit that every resource uses."""
