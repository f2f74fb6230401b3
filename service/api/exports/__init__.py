"""Export formats, which have rows without an envelope: CSV, NDJSON and Parquet, streamed in batches of columns.

Only `service.api.responses.rendering` imports them, and only when it needs them, because Arrow is slow to import.
"""
