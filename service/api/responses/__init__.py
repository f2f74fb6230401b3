"""Responses: tables, lists, exports."""
