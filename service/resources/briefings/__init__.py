"""The resource briefings: statements on a period, each with its numbers and the request that returns them."""
