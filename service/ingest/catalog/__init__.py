"""Reference tables, exchange rates, mapping files, and the codes known to a load."""
