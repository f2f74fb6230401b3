"""Releases: aggregates, publication, vintages, withdrawal."""
