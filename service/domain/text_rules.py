"""Rules for codes, titles and labels in files and requests. The database checks the same rules."""

import re

MAX_TEXT_CHARACTERS = 2000
DATASET_CODE_RULE = "use lower-case letters, digits and hyphens, 63 at most"
VALID_DATASET_CODE = re.compile(r"[a-z0-9-]{1,63}")
_INVALID_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")


def text_error(text: str) -> str | None:
    """Return the defect of a text, such as `has a control character`; null for a valid text."""
    if _INVALID_CHARACTER.search(text):
        return "has a control character"
    if len(text) > MAX_TEXT_CHARACTERS:
        return f"is longer than {MAX_TEXT_CHARACTERS} characters"
    return None


def printable(text: str) -> str:
    """Return a text with a question mark in place of each control character or line break."""
    return _INVALID_CHARACTER.sub("?", text)
