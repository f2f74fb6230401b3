"""tradeflows: international trade statistics over REST, with growth in every answer."""
