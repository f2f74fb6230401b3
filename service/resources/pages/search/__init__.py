"""The search in words: a question, read as queries of the explorer."""
