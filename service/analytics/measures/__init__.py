"""Measures computed from figures: growth, shares, ranks, balances, streaks."""
