"""Suggestions for an unknown word: the valid word that it is a misspelling of, or the code with that name.

No suggestion is a guess: there is at most one, and it closely resembles the word.
"""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

MIN_SIMILARITY = 0.79
"""Similarity, from 0 to 1, of a word and a misspelling of it."""
MIN_MISSPELT_CHARACTERS = 4
"""Shortest word whose misspellings are recognized: shorter ones resemble too many others."""


def closest_word(word: str, words: Iterable[str]) -> str | None:
    """Return the one of `words` that `word` is a misspelling of; null where there is none, or several.

    A number is never taken for a misspelling of another one.
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
    """Return the one of `words` that `word` is a misspelling of, as a list of at most one."""
    closest = closest_word(word, words)
    return [] if closest is None else [closest]


def suggestion_sentence(word: str, words: Iterable[str], *, list_path: str) -> str:
    """Return `Did you mean X?`, or the path of the resource that lists the valid words."""
    closest = closest_word(word, words)
    return f"{list_path} lists them." if closest is None else f"Did you mean {closest}?"


def closest_codes(word: str, names_by_code: Mapping[str, str]) -> list[str]:
    """Return the codes with exactly the name `word`; else the one code that it is a misspelling of."""
    exact = [code for code, name in names_by_code.items() if name.lower() == word.lower()]
    return exact or closest_words(word, names_by_code)
