"""Names of areas in English: normalization, and the aliases in area_aliases.csv.

An alias with several rows is ambiguous: it names several areas.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

ALIASES_FILE = Path(__file__).parent / "area_aliases.csv"
_ABBREVIATIONS = {"st": "saint", "rep": "republic", "dem": "democratic", "fed": "federal"}


def normalize_name(text: str) -> str:
    """Return a name in lower case, without accents, punctuation and articles, and with abbreviations written out."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    words = re.findall(r"[a-z0-9]+", re.sub(r"['\u2019]", "", letters.replace("u.s.", "us").replace("u.k.", "uk")))
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words if word != "the")


@cache
def codes_by_alias() -> Mapping[str, tuple[str, ...]]:
    """Return the canonical codes of the areas that each normalized alias names."""
    codes: dict[str, list[str]] = defaultdict(list)
    for row in _alias_rows():
        codes[normalize_name(row["alias"])].append(row["area"])
    return {alias: tuple(sorted(set(areas))) for alias, areas in codes.items()}


@cache
def aliases_by_code() -> Mapping[str, tuple[str, ...]]:
    """Return the aliases of each area, by its canonical code."""
    aliases: dict[str, list[str]] = defaultdict(list)
    for row in _alias_rows():
        aliases[row["area"]].append(row["alias"])
    return {code: tuple(names) for code, names in aliases.items()}


def split_area_list(text: str) -> list[str]:
    """Return the areas of a comma-separated list; a known name with a comma, such as `Korea, Republic of`, stays whole.

    The known names are the aliases with a comma. `Hong Kong, China` is not one of them, because `Hong Kong` and `China`
    are names as well.
    """
    if "," not in text:
        return [text.strip()]
    words, members = [word.strip() for word in text.split(",")], []
    parts, names = _name_parts(words), _names_with_comma()
    start = 0
    while start < len(words):
        end = start + next((count for count in (3, 2) if parts[start : start + count] in names), 1)
        members.append(", ".join(words[start:end]))
        start = end
    return members


def _name_parts(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.strip().casefold().replace(".", "") for word in words)


@cache
def _names_with_comma() -> frozenset[tuple[str, ...]]:
    """Return the parts of each alias with a comma."""
    return frozenset(_name_parts(row["alias"].split(",")) for row in _alias_rows() if "," in row["alias"])


def _alias_rows() -> list[dict[str, str]]:
    with ALIASES_FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
