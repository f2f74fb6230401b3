"""Serialization of rows: formats, structs, column formatters."""
