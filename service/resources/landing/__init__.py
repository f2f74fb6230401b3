"""The landing page: loaded datasets and example queries."""
