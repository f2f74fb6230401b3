"""Trade measures and indicators, loaded from TOML files."""
