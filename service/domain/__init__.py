"""Periods, ratios and suggestions: pure Python, without SQL or HTTP."""
