"""tradeflows: international trade statistics as published on any date, over REST."""
