"""Claims: the numbers of a text, each with the readings that the grammar allows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, as printed.

    `number` has the printed sign. `unit` is `%`, `pp`, `currency` or `months`. `scale` is the factor of the printed
    magnitude word, such as 1,000,000 for `million`. `precision` is half a unit of the last printed digit of `number`.
    `qualifier` is `about`, `below` (printed as `nearly`), `under` (printed as `less than`) or `above`; null
    for none. `growth_word` is a word that stands for a number, such as `halved`. `is_unit_known` is false for an amount
    in a unit that the grammar does not know, such as `900 billion pesos`.
    `record` is the phrase of a record, such as `highest since May`; null for other quantities.
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
    record: Any = None


@dataclass(frozen=True)
class DimensionOrigin:
    """The origin of one dimension of a claim.

    `field` is the dimension, such as `partner`. `origin` is `text`, `previous sentence`, `published` (derived from the
    day of publication) or `default`. `words` are the words of the text that state it; null where there are none.
    """

    field: str
    origin: str
    words: str | None = None


@dataclass(frozen=True)
class SeriesKey:
    """The key of a time series of a reporter: partner, flow and commodity."""

    partner: str
    flow: str
    commodity: str


@dataclass(frozen=True)
class Reading:
    """One possible meaning of a number in a text: the measure, the series and the period that it can be about.

    `measure` is a column of /v1/series or /v1/balances, `rank` for the rank in /v1/partners, `balance_size_change` for
    the change of the absolute value of a balance, `months_since_as_high` and similar for a record, or `ratio`,
    `excess_pct` or `excess` for the comparison with another series. `sign` is -1 where the text gives the size of a
    decline, else 1. `base` is the other series of a comparison; null for other measures.
    """

    measure: str
    reporter: str
    partner: str
    flow: str
    commodity: str
    period: str
    currency: str | None = None
    sign: int = 1
    base: SeriesKey | None = None


@dataclass(frozen=True)
class Claim:
    """A number of the text with its readings, the possible meanings; the first reading is the main one.

    `sentence` is the position of its sentence in the text, from 1. `reason` states why the claim cannot be checked;
    null where it can. `is_confident` is false where a word of the clause is unknown: then a difference from the
    official figure proves nothing. `conversion_source` is the position of an earlier claim whose amount this claim
    repeats in another currency; null for other claims. `alternatives` returns less likely readings, with other
    partners, flows, measures and periods that the sentence names. They never confirm a number, but a number that agrees
    with one of them is not contradicted. `level_direction` is 1 where the text says that a value rose to the amount, -1
    where it fell, else 0; `is_on_month` says that the text compares with the month before instead of the year before.
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
