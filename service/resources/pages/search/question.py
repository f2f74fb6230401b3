"""The reading of a question in words: its areas, commodities, flow, period and the requested view."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from service.domain.area_names import normalize_name
from service.domain.codes import TOTAL_CODE
from service.domain.text import MONTH_NAMES
from service.resources.pages.names import NameTable
from service.resources.pages.search.words import (
    AUXILIARY_VERBS,
    CURRENCY_WORDS,
    FLOW_WORDS,
    FREQUENCY_WORDS,
    MEASURE_WORDS,
    OPENING_WORDS,
    PARTNER_PREPOSITIONS,
    QUESTION_WORDS,
    STOP_WORDS,
    SYNONYMS,
    TWO_LETTER_AREAS,
    VIEW_WORDS,
)

MAX_NAME_WORDS = 6
MAX_COMMODITIES = 5
POSSESSIVE = re.compile(r"['\u2019]s?(?!\w)")
CAPITALS = re.compile(r"\b[A-Z]{2}\b")
OTHER_FLOW = {"X": "M", "M": "X"}
MONTH_NUMBERS = {
    word.lower(): number for number, name in enumerate(MONTH_NAMES, start=1) for word in (name, name[:3])
} | {"sept": 9}


@dataclass
class Question:
    """The recognised parts of a question. `unknown` are the words that were not recognised.

    `commodity_words` are words that may name commodities. They are resolved once the reporter, and with it the
    classification, is known.

    `is_mirrored` says that the figures of the partner answer the question, because the area that it names has none:
    `China's imports from Japan` are read from the exports of Japan.
    """

    flow: str | None = None
    view: str | None = None
    measure: str | None = None
    frequency: str | None = None
    currency: str | None = None
    period: str | None = None
    reporter: str | None = None
    is_mirrored: bool = False
    partners: list[str] = field(default_factory=list)
    commodities: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    commodity_words: list[str] = field(default_factory=list)

    @property
    def has_subject(self) -> bool:
        """Return whether the question names an area, a commodity, a flow or a view."""
        return bool(self.partners or self.commodities or self.reporter or self.flow or self.view)

    @property
    def has_modifier(self) -> bool:
        """Return whether the question states a measure, a frequency, a currency or a period."""
        return bool(self.measure or self.frequency or self.currency or self.period)


def read_question(text: str, partners: NameTable, reporters: NameTable) -> Question:
    """Return the recognised parts of a question, except its commodities.

    The two tables have the names by which partners and reporters are recognised.
    """
    question = Question()
    capitals = {word.lower() for word in CAPITALS.findall(text.replace("U.S.", "US").replace("U.K.", "UK"))}
    words = _read_period(normalize_name(POSSESSIVE.sub("", text)).split(), question)
    position = 0
    while position < len(words):
        length, code = _longest_area(words, position, partners, capitals)
        if code is not None:
            _read_area(code, words[:position], reporters, question)
            position += length
            continue
        if not _read_word(words[position], question):
            question.commodity_words.append(words[position])
        position += 1
    _settle_roles(words, reporters, question)
    return question


def _read_period(words: Sequence[str], question: Question) -> list[str]:
    """Read a year or a month, two of them as a range, and `since` as an open end; return the other words."""
    dates = list(_dates(words))
    if not dates:
        return list(words)
    start, _, period = dates[0]
    is_open = start > 0 and words[start - 1] in OPENING_WORDS
    question.period = f"{period}.." if is_open else period
    if len(dates) > 1:
        question.period = f"{period}..{dates[1][2]}"
    used = {number for first, last, _ in dates for number in range(first, last)}
    return [word for number, word in enumerate(words) if number not in used]


def _dates(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield the years and months in words, as first position, position after the last, and period."""
    for position, word in enumerate(words):
        if not re.fullmatch(r"(19|20)[0-9]{2}", word):
            continue
        next_word = words[position + 1] if position + 1 < len(words) else ""
        month = MONTH_NUMBERS.get(words[position - 1]) if position else None
        if month is not None:
            yield position - 1, position + 1, f"{word}-{month:02}"
        elif re.fullmatch(r"0[1-9]|1[0-2]", next_word):
            yield position, position + 2, f"{word}-{next_word}"
        else:
            yield position, position + 1, word


def _longest_area(
    words: Sequence[str], position: int, partners: NameTable, capitals: set[str]
) -> tuple[int, str | None]:
    """Return the number of words of the longest name of an area at a position, and its code."""
    for length in range(min(MAX_NAME_WORDS, len(words) - position), 0, -1):
        name = " ".join(words[position : position + length])
        code = partners.codes.get(name)
        if code in partners.names and (length > 1 or _is_area_name(words, position, capitals)):
            return length, code
    return 0, None


def _is_area_name(words: Sequence[str], position: int, capitals: set[str]) -> bool:
    """Return whether a word that is also the name or code of an area stands for it: `us` is one in `to the US`."""
    word = words[position]
    following = words[position + 1] if position + 1 < len(words) else ""
    if word == "us":
        is_named = word in capitals or (position > 0 and words[position - 1] in PARTNER_PREPOSITIONS)
        return is_named and following not in CURRENCY_WORDS
    if word in STOP_WORDS or word.isdigit():
        return False
    return len(word) > 2 or word in TWO_LETTER_AREAS or word in capitals


def _read_area(code: str, leading_words: Sequence[str], reporters: NameTable, question: Question) -> None:
    is_partner = bool(leading_words) and leading_words[-1] in PARTNER_PREPOSITIONS
    if code in reporters.names and not is_partner and question.reporter is None:
        question.reporter = code
    elif code not in question.partners:
        question.partners.append(code)


def _read_word(word: str, question: Question) -> bool:
    """Read a word on flow, view, measure, frequency or currency; return whether it needs no other reading."""
    flow, view = _find_key(word, FLOW_WORDS), _find_key(word, VIEW_WORDS)
    question.flow = flow or question.flow
    question.view = view or question.view
    question.measure = MEASURE_WORDS.get(word, question.measure)
    question.frequency = FREQUENCY_WORDS.get(word, question.frequency)
    question.currency = CURRENCY_WORDS.get(word, question.currency)
    tables = (MEASURE_WORDS, FREQUENCY_WORDS, CURRENCY_WORDS, STOP_WORDS)
    return bool(flow or view or any(word in table for table in tables))


def _find_key(word: str, words_by_key: Mapping[str, frozenset[str]]) -> str | None:
    return next((key for key, words in words_by_key.items() if word in words), None)


def _settle_roles(words: Sequence[str], reporters: NameTable, question: Question) -> None:
    """Read `who buys Japan's chips` as exports of Japan, and `China's imports from Japan` as its exports to China.

    `Exports to the United States` alone stay those of another reporter, if there is one.
    """
    is_who_question = QUESTION_WORDS.intersection(words) and not AUXILIARY_VERBS.intersection(words)
    own = next((code for code in question.partners if code in reporters.names), None)
    if not is_who_question and len(question.partners) == 1 and len(reporters.names) > 1:
        return
    if question.reporter is None and own is not None:
        question.reporter = own
        question.partners.remove(own)
        question.is_mirrored = not is_who_question
    elif not is_who_question:
        return
    question.flow = OTHER_FLOW.get(question.flow or "")


def read_commodities(question: Question, commodities: NameTable) -> Question:
    """Return a question with its commodities: those whose names contain all of the question's `commodity_words`.

    If no name contains all of these words, the commodities are those whose names contain most of them.
    """
    words = question.commodity_words
    searched = list(dict.fromkeys(part for word in words for part in SYNONYMS.get(word, word).split()))
    if not searched:
        return question
    exact = commodities.codes.get(" ".join(words)) or commodities.codes.get(" ".join(searched), "")
    matches = [exact] if exact in commodities.names else commodities.search(" ".join(searched))
    unknown: list[str] = []
    if not matches:
        found = {word: commodities.search(word) for word in searched}
        unknown = [word for word, codes in found.items() if not codes]
        counts = {code: sum(code in codes for codes in found.values()) for codes in found.values() for code in codes}
        matches = sorted(counts, key=lambda code: (-counts[code], len(commodities.names[code])))
    codes = [code for code in matches if code != TOTAL_CODE][:MAX_COMMODITIES]
    return replace(question, commodities=codes, unknown=unknown)
