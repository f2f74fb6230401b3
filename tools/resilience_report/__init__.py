"""`make resilience`: the tests of faults, overload and abuse with full numbers, and a table of what they measured."""
