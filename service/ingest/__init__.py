"""The load of files: parsing, checks, archive, and publication as releases."""
