"""Reserved codes: those with the same meaning in every source and classification."""

WORLD_CODE = "WLD"
"""Code of the World, the partner that stands for all partners together."""

TOTAL_CODE = "TOTAL"
"""Code of the commodity that stands for all commodities together."""

HS_FAMILY = "HS"
"""Family of all editions of the Harmonized System."""

ALL_KEYWORD = "all"
"""Value of a parameter that selects every code or every period."""
