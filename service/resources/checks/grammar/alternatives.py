"""Alternative readings of a number, from the partners, flows and periods that its sentence names.

A number that agrees with an alternative reading is not called wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.resources.checks.claims import Reading

MAX_ALTERNATIVES = 240
MAX_PARTNERS = 8
MAX_NAMED_COMMODITIES = 6
MAX_PERIODS = 3
FLOW_MEASURES_BY_UNIT = {
    "%": ("yoy_pct", "pop_pct", "partner_share_pct", "ytd_pct", "two_year_pct"),
    "pp": ("partner_contribution_pp",),
    "currency": ("value", "yoy_change", "ytd_value"),
    "months": ("streak_length",),
}
BALANCE_MEASURES_BY_UNIT = {"%": ("balance_magnitude_pct",), "currency": ("balance", "balance_size_change")}
UNSIGNED_MEASURES = frozenset({"partner_share_pct", "value", "ytd_value", "balance"})
BALANCE_SIDES = ("balance:deficit", "balance:surplus")


@dataclass
class NamedDimensions:
    """The partners, flows, periods and commodities that a sentence names, and the sides of a balance.

    `sides` are `deficit` or `surplus`. `commodities` are codes with the family of their classification.
    """

    partners: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    periods: list[str] = field(default_factory=list)
    sides: list[str] = field(default_factory=list)
    commodities: list[str] = field(default_factory=list)


def other_readings(
    readings: Sequence[Reading], unit: str, named: NamedDimensions, *, has_direction: bool
) -> tuple[Reading, ...]:
    """Return further readings of a number that its sentence allows, without those in `readings`.

    `unit` is the unit of the number: `%`, `pp`, `currency` or `months`. `has_direction` says that the text states
    whether the number is a rise or a decline, which fixes its sign.
    """
    found = dict.fromkeys(_combinations(readings, unit, named, has_direction=has_direction))
    return tuple(islice((each for each in found if each not in readings), MAX_ALTERNATIVES))


def _combinations(
    readings: Sequence[Reading], unit: str, named: NamedDimensions, *, has_direction: bool
) -> Iterator[Reading]:
    main = readings[0]
    partners = _first([*(each.partner for each in readings), WORLD_CODE, *named.partners], MAX_PARTNERS)
    partners = [partner for partner in partners if partner != main.reporter]
    periods = _first([*(each.period for each in readings), *named.periods], MAX_PERIODS)
    commodities = _first(
        [*(each.commodity for each in readings), TOTAL_CODE, *named.commodities], MAX_NAMED_COMMODITIES
    )
    flows = _first([*(each.flow for each in readings if each.flow in {"X", "M"}), *named.flows], 2)
    sides = BALANCE_SIDES if len(named.sides) != 1 else (f"balance:{named.sides[0]}",)
    for period, commodity, partner in product(periods, commodities, partners):
        for flow, measure in [
            *product(flows, FLOW_MEASURES_BY_UNIT.get(unit, ())),
            *product(sides, BALANCE_MEASURES_BY_UNIT.get(unit, ())),
        ]:
            if measure == "partner_share_pct" and partner == WORLD_CODE:
                continue
            for sign in _signs(measure, main.sign, has_direction=has_direction):
                yield Reading(measure, main.reporter, partner, flow, commodity, period, main.currency, sign)


def _signs(measure: str, sign: int, *, has_direction: bool) -> tuple[int, ...]:
    if measure in UNSIGNED_MEASURES:
        return (1,)
    return (sign,) if has_direction else (1, -1)


def _first(values: Sequence[str], count: int) -> list[str]:
    return list(dict.fromkeys(values))[:count]
