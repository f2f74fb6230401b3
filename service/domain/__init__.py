"""Concepts of trade statistics in pure Python: periods, flows, reserved codes, rounding, suggestions."""
