"""Well-known addresses: the catalog of APIs, the contact for security, the icon."""
