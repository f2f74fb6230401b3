"""Python package of the service: `tradeflows.client` reads figures over HTTP."""
