"""What is computed from figures: SQL expressions and nothing else, each defined once."""
