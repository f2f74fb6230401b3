"""The resource commodities: commodities of a reporter, ranked."""
