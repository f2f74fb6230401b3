"""The rates that conversions use."""
