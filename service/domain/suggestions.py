"""What somebody may have meant by a word that is none of the right ones."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

MAX_SUGGESTIONS = 5


def closest_words(word: str, words: Iterable[str]) -> list[str]:
    """Return up to five of `words` that look like `word`, the likeliest first."""
    by_lower: dict[str, str] = {}
    for candidate in words:
        by_lower.setdefault(candidate.lower(), candidate)
    return [by_lower[match] for match in get_close_matches(word.lower(), by_lower, n=MAX_SUGGESTIONS, cutoff=0.6)]


def closest_codes(word: str, names_by_code: Mapping[str, str]) -> list[str]:
    """Return up to five codes whose code or name looks like `word` or holds it."""
    by_name: dict[str, str] = {}
    for code, name in names_by_code.items():
        by_name.setdefault(name, code)
    holding = [c for c, name in names_by_code.items() if len(word) > 2 and word.lower() in f"{c} {name}".lower()]
    alike = [*closest_words(word, names_by_code), *(by_name[name] for name in closest_words(word, by_name))]
    return list(dict.fromkeys([*alike, *sorted(holding, key=len)]))[:MAX_SUGGESTIONS]
