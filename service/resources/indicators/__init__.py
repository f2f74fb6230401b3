"""Figures of surveys and other context, dated and sourced."""
