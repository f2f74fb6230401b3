"""Names of areas in English: normalization, and the aliases in area_aliases.csv.

An alias with several rows is ambiguous: it names each of the areas.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
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


def _alias_rows() -> list[dict[str, str]]:
    with ALIASES_FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
