"""Well-known URLs: the catalog of APIs, the contact for security, the icon."""
