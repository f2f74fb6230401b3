"""Suggestions for an unknown word: valid words and codes that resemble it."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

MAX_SUGGESTIONS = 5
MIN_SUBSTRING_CHARACTERS = 3
"""Shortest word that is looked for inside of codes and names."""


def closest_words(word: str, words: Iterable[str]) -> list[str]:
    """Return at most five of `words` that resemble `word`, the most similar first."""
    words_by_lower_case: dict[str, str] = {}
    for candidate in words:
        words_by_lower_case.setdefault(candidate.lower(), candidate)
    matches = get_close_matches(word.lower(), words_by_lower_case, n=MAX_SUGGESTIONS, cutoff=0.6)
    return [words_by_lower_case[match] for match in matches]


def closest_codes(word: str, names_by_code: Mapping[str, str]) -> list[str]:
    """Return at most five codes whose code or name resembles or contains `word`."""
    codes_by_name: dict[str, str] = {}
    for code, name in names_by_code.items():
        codes_by_name.setdefault(name, code)
    similar = [
        *closest_words(word, names_by_code),
        *(codes_by_name[name] for name in closest_words(word, codes_by_name)),
    ]
    containing = [
        code
        for code, name in names_by_code.items()
        if len(word) >= MIN_SUBSTRING_CHARACTERS and word.lower() in f"{code} {name}".lower()
    ]
    return list(dict.fromkeys([*similar, *sorted(containing, key=len)]))[:MAX_SUGGESTIONS]
