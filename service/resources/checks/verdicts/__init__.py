"""The verdicts: the readings of claims, compared with official figures."""
