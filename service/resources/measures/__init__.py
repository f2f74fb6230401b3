"""Trade measures, and trade in what they affect, before and since."""
