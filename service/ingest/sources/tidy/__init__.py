"""Tidy files: CSV, Parquet or XLSX files described by a mapping."""
