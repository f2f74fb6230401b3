"""Readers of file formats: text, CSV, JSON, Parquet, XLSX, gzip."""
