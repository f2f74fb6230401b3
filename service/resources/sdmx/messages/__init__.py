"""SDMX messages: structures and data in the formats of the standard."""
