"""Suggestions for an unknown word: the valid word of which it is a misspelling, or the codes that have this name.

A misspelling has at most one suggestion, which closely resembles it.
"""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

MIN_SIMILARITY = 0.79
"""Minimum similarity of a word and a misspelling of it, from 0 to 1."""
MIN_MISSPELT_CHARACTERS = 4
"""Minimum length of the longer one of a word and its misspelling: shorter words resemble too many others."""


def closest_word(word: str, words: Iterable[str]) -> str | None:
    """Return the one of `words` of which `word` is a misspelling; null where there is none, or several.

    A number never counts as a misspelling of another number.
    """
    target = word.lower()
    if target.isdigit():
        return None
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(target)
    similarities: dict[str, float] = {}
    for candidate in words:
        lengths = sorted((len(candidate), len(target)))
        if lengths[1] < MIN_MISSPELT_CHARACTERS or 2 * lengths[0] < MIN_SIMILARITY * sum(lengths):
            continue  # even if the shorter word were a part of the longer one
        matcher.set_seq1(candidate.lower())
        if matcher.quick_ratio() >= MIN_SIMILARITY:
            similarities[candidate] = matcher.ratio()
    best = max(similarities.values(), default=0.0)
    closest = [candidate for candidate, similarity in similarities.items() if similarity == best]
    return closest[0] if best >= MIN_SIMILARITY and len(closest) == 1 else None


def closest_words(word: str, words: Iterable[str]) -> list[str]:
    """Return a list of at most one word: the one of `words` of which `word` is a misspelling."""
    closest = closest_word(word, words)
    return [] if closest is None else [closest]


def suggestion_sentence(word: str, words: Iterable[str], *, list_path: str) -> str:
    """Return `Did you mean X?`, or, without a suggestion, a reference to `list_path`, which lists the valid words."""
    closest = closest_word(word, words)
    return f"{list_path} lists them." if closest is None else f"Did you mean {closest}?"


def closest_codes(word: str, names_by_code: Mapping[str, str]) -> list[str]:
    """Return the codes whose name is `word`, in any case of letters; else the code of which it is a misspelling."""
    exact = [code for code, name in names_by_code.items() if name.lower() == word.lower()]
    return exact or closest_words(word, names_by_code)
