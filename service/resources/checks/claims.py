"""Claims: the numbers of a text, each with the readings that the grammar allows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, as printed.

    `number` has the printed sign. `unit` is `%`, `pp`, `currency` or `months`. `scale` is the value of the printed
    magnitude word. `precision` is half a unit of the last printed digit, in the unit of `number`. `qualifier` is
    `about`, `below`, `above` or `under`; null for none. `growth_word` is the word that stands for a number, `halved`.
    `is_unit_known` is false for an amount in a unit that the grammar does not know, `900 billion pesos`.
    `record_start` is the period that a record goes back to, as the text names it; null for other quantities.
    """

    start: int
    end: int
    number: Decimal
    unit: str
    precision: Decimal
    scale: Decimal = Decimal(1)
    currency: str | None = None
    qualifier: str | None = None
    has_sign: bool = False
    growth_word: str | None = None
    is_unit_known: bool = True
    record_start: Any = None


@dataclass(frozen=True)
class DimensionOrigin:
    """The origin of a dimension of a claim: `text`, `previous sentence`, `published` or `default`, and its words."""

    field: str
    origin: str
    words: str | None = None


@dataclass(frozen=True)
class Reading:
    """One meaning of a claim.

    `measure` is a column of /v1/series or /v1/balances, or `base_value` for the value of a year before. `sign` is -1
    where the text gives the size of a decline or deficit, and 0 where the text leaves the direction open.
    """

    measure: str
    reporter: str
    partner: str
    flow: str
    commodity: str
    period: str
    currency: str | None = None
    sign: int = 1


@dataclass(frozen=True)
class Claim:
    """A number of the text with its readings; the first reading is the main one.

    `reason` states why the claim cannot be checked; null where it can. `is_confident` is false where a word of the
    clause is unknown, so that a difference proves nothing. `conversion_source` is the position of the claim whose
    amount is given again in another currency; null for other claims.
    `alternatives` returns readings with other partners, flows, measures and periods that the sentence names: they never
    hold, but a number that agrees with one of them is not contradicted. `level_direction` is 1 or -1 where the text
    says that a value rose or fell to the amount, on the month before where `is_on_month`.
    """

    quantity: Quantity
    sentence: int
    readings: tuple[Reading, ...] = ()
    reason: str | None = None
    is_confident: bool = True
    conversion_source: int | None = None
    alternatives: Callable[[], tuple[Reading, ...]] = tuple
    level_direction: int = 0
    is_on_month: bool = False
    sources: tuple[DimensionOrigin, ...] = field(default=())
