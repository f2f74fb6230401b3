"""The resource partners: partners of a reporter, ranked."""
