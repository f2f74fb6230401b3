"""The resource reconciliation: all readings of one figure, compared with a figure that a user found elsewhere."""
