"""Answers as tables of rows alone: CSV, NDJSON and Parquet, streamed in batches of columns.

Reached through service/api/rows_alone.py alone, which says why.
"""
