"""The resource reconciliation: every other reading of one figure, beside the figure that a user found elsewhere."""
