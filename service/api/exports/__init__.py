"""Answers as tables of rows alone: CSV, NDJSON and Parquet, streamed in batches of columns.

Reached through service/api/responses/export_response.py alone, which says why.
"""
