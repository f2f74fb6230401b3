"""The resource areas: countries, groups and special areas, with their names, codes and dates."""
