"""The resource groups: groups of countries with their dated members."""
