"""Groups of countries with their dated members."""
