"""The two sides of a flow, each resolved to what is asked of its dataset."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.api.resolution.currency_conversion import conversion_if_quoted, known_currency
from service.api.resolution.reference_data import SINGLE_KINDS, TOTAL
from service.api.resolution.resolver import Resolved, Resolver
from service.errors import Fault, InvalidRequest
from service.models import Area, Dataset
from service.resources.mirror.common_periods import periods_of_both
from service.resources.mirror.dataset_selection import both_datasets
from service.resources.mirror.request import Question


@dataclass(frozen=True)
class Side:
    """One country's report of its trade with the other; `resolved` is null where none of its datasets could answer."""

    country: Area
    resolved: Resolved | None = None


@dataclass(frozen=True)
class Sides:
    """Both reports of the flows between two countries, the reporter's own and the partner's, in one currency.

    `currency` is null where neither has a dataset that could answer.
    """

    own: Side
    mirror: Side
    currency: str | None = None

    @property
    def lead(self) -> Resolved | None:
        """Return the side in whose classification goods are named: the reporter's, or the only one there is."""
        return self.own.resolved or self.mirror.resolved


def both_sides(question: Question) -> Sides:
    """Return both sides of what is asked.

    Where the classifications of both differ, only all goods are asked of the partner's.

    :raises InvalidRequest: a code or a currency is unknown, or one of the two is no single country.
    """
    reporter, partner = _country(question, "reporter"), _country(question, "partner")
    own, mirror = both_datasets(question, reporter, partner)
    lead = own or mirror
    if lead is None:
        return Sides(Side(reporter), Side(partner))
    asked = question.asked.get("currency")
    currency = (
        lead.currency if asked is None else known_currency(question.session, question.reference, "currency", asked)
    )
    same = {
        "currency": currency,
        "period": periods_of_both(question, ((own, question.flows), (mirror, question.mirrored))),
    }
    goods = question.asked["commodity"] if mirror and mirror.classification_id == lead.classification_id else (TOTAL,)
    of_mirror = {"partner": (reporter.code,), "flow": question.mirrored, "commodity": goods}
    return Sides(
        own=_side(question, reporter, own, same | {"partner": (partner.code,)}),
        mirror=_side(question, partner, mirror, same | of_mirror),
        currency=currency,
    )


def _country(question: Question, parameter: str) -> Area:
    code: str = question.asked[parameter]
    area = Resolver(question.session, question.reference, question.asked).area(parameter, code)
    if area.kind not in SINGLE_KINDS:
        raise InvalidRequest(Fault(parameter, code, "each side of a flow is a single country, not a group", ["CHN"]))
    return area


def _side(question: Question, country: Area, dataset: Dataset | None, own: Mapping[str, Any]) -> Side:
    if dataset is None:
        return Side(country)
    asked = {**question.asked, **own, "reporter": country.code, "dataset": dataset.code, "classification": None}
    conversion = conversion_if_quoted(
        question.session, question.reference, asked, reported=dataset.currency, step=question.step
    )
    resolved = Resolver(question.session, question.reference, asked | {"currency": None, "fx": None}).resolve()
    if resolved.scope is not None:
        resolved = replace(resolved, scope=replace(resolved.scope, conversion=conversion))
    return Side(country, resolved)
