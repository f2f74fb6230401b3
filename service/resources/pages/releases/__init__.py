"""Pages of releases: their list, and one with its revisions."""
