"""Trade flows: exports, imports, re-exports, re-imports and domestic exports."""

FLOWS = {"X": 1, "M": 2, "RX": 3, "RM": 4, "DX": 5}
"""Key of each flow in the database, by the code of the flow."""

FLOW_CODES = {key: code for code, key in FLOWS.items()}
"""Code of each flow, by its key."""

FLOW_SYNONYMS = {
    "export": "X",
    "exports": "X",
    "import": "M",
    "imports": "M",
    "re-export": "RX",
    "re-exports": "RX",
    "re-import": "RM",
    "re-imports": "RM",
    "domestic exports": "DX",
}
"""Words that a request may use instead of the code of a flow, in lower case."""

FLOW_NAMES = {
    "X": "exports",
    "M": "imports",
    "RX": "re-exports",
    "RM": "re-imports",
    "DX": "domestic exports",
}
"""Name of each flow in a sentence."""

INWARD_FLOWS = ("M", "RM")
"""Flows of commodities that come from the partner: imports and re-imports."""

FLOW_PREPOSITIONS = {code: "from" if code in INWARD_FLOWS else "to" for code in FLOWS}
"""Preposition between each flow and its partner in a sentence: exports `to` China, imports `from` China."""
