"""Sections of a briefing, one module each: the figures, their order and their sentences."""
