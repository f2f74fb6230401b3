"""The grammar: the claims of a text, each with its readings."""
