"""Unmapped codes: codes in a file that the code lists of the database do not have.

Nothing that a file reports is dropped. While a file is parsed, each unmapped code gets a temporary key; before the
release is published, an area or a commodity is inserted for it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from urllib.parse import quote

from service.domain.text_rules import text_error
from service.ingest.validation.record import InvalidCell

UnmappedPolicy = Literal["keep", "refuse"]
UNMAPPED_CODE = "UNMAPPED"
FIRST_TEMPORARY_PARTNER_ID = 1 << 14
MAX_UNMAPPED_PARTNERS = 1 << 14
FIRST_TEMPORARY_COMMODITY_ID = 1 << 30
MAX_CODE_CHARACTERS = 200
MAX_HS_CODE_DIGITS = 12
LOST_ZERO_LENGTHS = (1, 3, 5, 7)
"""Lengths of HS codes that lost their leading zero, because a program treated them as numbers."""

_SAFE_CHARACTERS = " .:;_()'&+-"
_TOTAL_LABEL = re.compile(
    r"\W*(grand )?(total|world|all|welt|monde|mundo|ensemble|insgesamt|gesamt|totale|totaal)"
    r"\W*(of |for |- )?(all )?(commodities|goods|products|countries|partners|trade|world)?\W*|_T",
    re.IGNORECASE,
)
_GROUP_CODE = re.compile(
    r"(eu|ec|eec|ea|ez)[ _-]?\d{1,2}(_\d{4})?|(extra|intra|ext|int)[ _-]?(eu|ea)(\d{1,2})?(_\d{4})?|"
    r"(eu|ea)(\d{1,2})?(_\d{4})?[ _-](extra|intra|ext|int)",
    re.IGNORECASE,
)
_TOTAL_WORD = re.compile(
    r"\b(sub-?)?(total|totals|totale|totaal|insgesamt|gesamt|monde|mundo|welt|world)\b|\ball (other )?(countries|goods|"
    r"commodities|partners|products)\b|合計|総額|総計|世界",
    re.IGNORECASE,
)


class UnmappedCode(NamedTuple):
    """An unmapped code in a file and the label beside it.

    `key` is the partner or commodity key of its figures: a temporary key, or the key that an earlier load assigned.
    """

    code: str
    label: str
    key: int


@dataclass
class UnmappedCodes:
    """The unmapped codes of a load.

    `known_partners` and `known_commodities` have the keys of codes that were unmapped in earlier loads already.
    """

    policy: UnmappedPolicy = "keep"
    known_partners: Mapping[str, int] = field(default_factory=dict)
    known_commodities: Mapping[str, int] = field(default_factory=dict)
    partners: dict[str, UnmappedCode] = field(default_factory=dict)
    commodities: dict[str, UnmappedCode] = field(default_factory=dict)

    def partner_key(self, code: str, *, label: str, column: str | None) -> int:
        """Record a partner code as unmapped, and return its key.

        `label` is the name beside the code; errors name `column`.

        :raises InvalidCell: the text cannot be a code, unmapped codes are refused, or there are too many of them.
        """
        if code not in self.partners:
            label = _label_in_one_line(label)
            self._check(code, label, "partner", column)
            if len(self.partners) >= MAX_UNMAPPED_PARTNERS:
                raise InvalidCell(f"is one of more than {MAX_UNMAPPED_PARTNERS} unknown partners", code, column)
            key = self.known_partners.get(code, FIRST_TEMPORARY_PARTNER_ID + len(self.partners))
            self.partners[code] = UnmappedCode(code, label, key)
        return self.partners[code].key

    def commodity_key(self, code: str, *, label: str, column: str | None) -> int:
        """Record a commodity code as unmapped, and return its key.

        `label` is the name beside the code; errors name `column`.

        :raises InvalidCell: the text cannot be a code, or unmapped codes are refused.
        """
        if code not in self.commodities:
            label = _label_in_one_line(label)
            self._check(code, label, "commodity", column)
            key = self.known_commodities.get(
                stored_commodity_code(code), FIRST_TEMPORARY_COMMODITY_ID + len(self.commodities)
            )
            self.commodities[code] = UnmappedCode(code, label, key)
        return self.commodities[code].key

    def _check(self, code: str, label: str, dimension: str, column: str | None) -> None:
        for text in (code, label):
            if rule := text_error(text):
                raise InvalidCell(rule, text, column)
        if not code:
            raise InvalidCell(f"is not the code of a {dimension}; the cell is empty", code, column)
        if len(code) > MAX_CODE_CHARACTERS:
            raise InvalidCell(f"is longer than the {MAX_CODE_CHARACTERS} characters of a code", code, column)
        if self.policy == "refuse":
            raise InvalidCell(f"is not a known {dimension}; map it, or load with --unmapped keep", code, column)


def _label_in_one_line(label: str) -> str:
    """Return a label with single spaces, also where a quoted cell has line ends."""
    return " ".join(label.split())


def is_total_label(text: str) -> bool:
    """Return whether a label or code is that of a printed total, such as `Total`, `World`, `All countries` or `_T`."""
    return _TOTAL_LABEL.fullmatch(text) is not None


def is_group_code(code: str) -> bool:
    """Return whether a code is one of Eurostat for the European Union or the euro area, such as `EU27_2020`."""
    return _GROUP_CODE.fullmatch(code) is not None


def mentions_total(text: str) -> bool:
    """Return whether a label contains a word such as `total`, so that it may be the label of a printed total."""
    return _TOTAL_WORD.search(text) is not None


def stored_commodity_code(code: str) -> str:
    """Return the code under which an unmapped code is stored: characters that requests reserve are percent-encoded."""
    return quote(code, safe=_SAFE_CHARACTERS) if code.isascii() else "".join(map(_quote_reserved, code))


def _quote_reserved(character: str) -> str:
    return quote(character, safe=_SAFE_CHARACTERS) if character.isascii() else character


def restore_leading_zero(code: str, known_codes: Iterable[str]) -> str | None:
    """Return `code` with a leading zero if that is one of the known HS codes, such as `0101` for `101`; else null."""
    padded = f"0{code}"
    is_candidate = code.isascii() and code.isdigit() and len(code) in LOST_ZERO_LENGTHS
    return padded if is_candidate and padded in known_codes else None


def longest_known_prefix(code: str, known_codes: Mapping[str, object]) -> str | None:
    """Return the longest known code that is a proper prefix of an HS code.

    Null where there is none, or `code` does not have the form of an HS code.
    """
    if not (code.isascii() and code.isdigit() and len(code) <= MAX_HS_CODE_DIGITS):
        return None
    return next((code[:n] for n in range(len(code) - 1, 1, -1) if code[:n] in known_codes), None)
