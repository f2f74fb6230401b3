"""A month's news as numbers: every headline figure, with the sentence and the request that gives it."""
