"""The lexicon: phrases by kind, from the tables of the project and the names of areas and commodities."""

import bisect
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from service.domain.area_names import aliases_by_code, codes_by_alias, normalize_name
from service.resources.checks.grammar.words.tokens import HYPHENS, Token, tokenize

FOLDER = Path(__file__).parent
POSSESSIVES = frozenset({"'s", "\u2019s"})
MAX_CAPITALS = 5
"""Letters of a name in capitals that matches in capitals only."""
IRREGULAR_ENDINGS = ("ss", "ches", "shes", "ies", "goods", "ics", "ls", "arts")
NO_NAMES = frozenset("(),")
"""Characters of names that no text uses, such as `Korea, Republic of`."""


@dataclass(frozen=True)
class Item:
    """A phrase of a sentence: its kind, its value, and its position in the text."""

    kind: str
    value: Any
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Entry:
    """A phrase of the lexicon: its words in lower case, or as written where `is_case_sensitive`."""

    words: tuple[str, ...]
    kind: str
    value: Any
    is_case_sensitive: bool


@dataclass
class Lexicon:
    """Known phrases, grouped by their first word in lower case.

    The longest phrase that matches is read. Of equal phrases, the one that was added first is read.
    """

    entries: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, value: Any, phrases: Iterable[str]) -> None:
        """Add phrases that all mean the same `value` of a kind of item."""
        for phrase in phrases:
            words = tuple(token.text for token in tokenize(phrase) if token.text not in HYPHENS)
            letters = "".join(filter(str.isalpha, phrase))
            is_case_sensitive = (letters.isupper() and len(letters) <= MAX_CAPITALS) or phrase == "May"
            entry = Entry(words if is_case_sensitive else tuple(map(str.lower, words)), kind, value, is_case_sensitive)
            bisect.insort(
                self.entries[words[0].lower()], entry, key=lambda each: (-len(each.words), not each.is_case_sensitive)
            )

    def read(self, tokens: Sequence[Token]) -> Iterator[Item]:
        """Yield the items of a sentence: phrases of the lexicon, numbers, symbols and unknown words."""
        words = [token for position, token in enumerate(tokens) if not _is_joining_hyphen(tokens, position)]
        texts, lower_texts = [word.text for word in words], [word.text.lower() for word in words]
        position = 0
        while position < len(words):
            entry = self._longest_match(texts, lower_texts, position)
            token = words[position]
            if entry is None:
                yield Item(_plain_kind(token), token.text, token.start, token.end, token.text)
                position += 1
                continue
            last = words[position + len(entry.words) - 1]
            yield Item(entry.kind, entry.value, token.start, last.end, " ".join(entry.words))
            position += len(entry.words)

    def _longest_match(self, texts: Sequence[str], lower_texts: Sequence[str], position: int) -> Entry | None:
        second = lower_texts[position + 1] if position + 1 < len(lower_texts) else None
        for entry in self.entries.get(lower_texts[position], ()):
            if len(entry.words) > 1 and entry.words[1].lower() != second:
                continue
            words = texts if entry.is_case_sensitive else lower_texts
            if tuple(words[position : position + len(entry.words)]) == entry.words:
                return entry
        return None


def _is_joining_hyphen(tokens: Sequence[Token], position: int) -> bool:
    """Return whether a token is a hyphen within a word, as in `year-on-year` or `7-trillion-yen`."""
    token = tokens[position]
    if token.text not in HYPHENS or not 0 < position < len(tokens) - 1:
        return False
    previous, end_position = tokens[position - 1], tokens[position + 1]
    are_adjacent = previous.end == token.start and token.end == end_position.start
    are_words = any(map(str.isalnum, previous.text)) and end_position.text[0].isalnum()
    return are_adjacent and are_words and not (previous.is_number and end_position.is_number)


def _plain_kind(token: Token) -> str:
    if token.is_number:
        return "number"
    if token.text in POSSESSIVES:
        return "possessive"
    return "word" if token.text[0].isalpha() else "symbol"


@cache
def read_table(name: str) -> Mapping[str, Any]:
    """Return the content of the grammar's TOML file `name`."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def build_lexicon(
    area_names: Mapping[str, str], commodity_names: Mapping[str, Mapping[str, str]], *, families: Iterable[str]
) -> Lexicon:
    """Return the lexicon with the names of areas and commodities, and the vocabulary of the grammar.

    `area_names` are by code. `commodity_names` are by family of classification, then by code. The value of a phrase for
    a commodity is a mapping from each family to the codes that the phrase can mean.
    """
    lexicon, aliases = Lexicon(), read_table("aliases.toml")
    for kind, phrases_by_value in _vocabulary().items():
        for value, phrases in phrases_by_value.items():
            lexicon.add(kind, value, phrases)
    for code, phrases in aliases["areas"].items():
        lexicon.add("area", code, phrases)
    for code, phrases in aliases["cities"].items():
        lexicon.add("city", code, phrases)
    for code, phrases in aliases["adjectives"].items():
        lexicon.add("adjective", code, phrases)
    for code, name in (*area_names.items(), *_unambiguous_aliases()):
        if not NO_NAMES.intersection(name):
            lexicon.add("area", code, [name])
    for phrase, codes_by_family in _commodity_phrases(aliases, commodity_names, families).items():
        lexicon.add("commodity", codes_by_family, [phrase])
    return lexicon


def _vocabulary() -> dict[str, Mapping[str, Sequence[str]]]:
    """Return the phrases by kind and value, with each comparison joined from its prefix and its base."""
    tables = dict(read_table("vocabulary.toml"))
    bases, prefixes = tables.pop("comparison_base"), tables.pop("comparison_prefix")["prefix"]
    joined = {value: [f"{prefix} {base}" for base in bases[value] for prefix in prefixes] for value in bases}
    return tables | {
        "comparison": {key: [*tables["comparison"][key], *joined.get(key, ())] for key in tables["comparison"]}
    }


def _unambiguous_aliases() -> Iterator[tuple[str, str]]:
    """Yield the code and the alias of each area whose alias names no other area."""
    codes = codes_by_alias()
    for code, names in aliases_by_code().items():
        yield from ((code, name) for name in names if codes[normalize_name(name)] == (code,))


def _singular(name: str) -> str | None:
    """Return the singular of a regular plural, as in `vegetable imports`; null for another name."""
    is_regular = (
        name.replace(" ", "").replace("-", "").isalpha()
        and name.islower()
        and name.endswith("s")
        and not name.endswith(IRREGULAR_ENDINGS)
    )
    return name[:-1] if is_regular else None


def _commodity_phrases(
    aliases: Mapping[str, Any], commodity_names: Mapping[str, Mapping[str, str]], families: Iterable[str]
) -> dict[str, dict[str, tuple[str, ...]]]:
    phrases: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for family in families:
        for phrase, codes in aliases["ambiguous"].get(family, {}).items():
            phrases[phrase].setdefault(family, tuple(codes))
        for code, names in aliases["commodities"].get(family, {}).items():
            for phrase in (*names, *filter(None, map(_singular, names))):
                phrases[phrase].setdefault(family, (code,))
        for code, name in commodity_names.get(family, {}).items():
            if name.replace(" ", "").replace("&", "").isalpha():
                phrases[name].setdefault(family, (code,))
    return phrases
