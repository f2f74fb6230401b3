"""Building blocks of queries: predicates, parameters, keyset pagination."""
