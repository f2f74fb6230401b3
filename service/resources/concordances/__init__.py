"""The resource concordances: the correspondence of codes between two editions of a classification."""
