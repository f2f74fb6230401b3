"""Example requests for the start message of `tradeflows serve`, made from the loaded figures."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, Row, case, func, select
from sqlalchemy.orm import aliased

from service.analytics.sql.types import Query
from service.domain.flows import FLOW_CODES, FLOW_NAMES, FLOW_PREPOSITIONS
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import period_text
from service.domain.text import format_area, format_period, possessive
from service.models import Area, Classification, Commodity, Dataset, Observation, Release, ReleasePeriod

ExampleRequest = tuple[str, str]


def example_requests(connection: Connection) -> list[ExampleRequest]:
    """Return the titles and paths of requests for loaded figures; an empty list if no figures are loaded."""
    figure = connection.execute(_largest_figure(connection)).first()
    return [] if figure is None else list(_requests(figure))


def _largest_figure(connection: Connection) -> Query:
    """Select a figure of the newest period of the dataset with the most, then newest releases.

    It is a total of a country, if there is one.
    """
    release_counts = (
        select(Release.dataset_id, func.count().label("releases"))
        .where(Release.withdrawn_on.is_(None))
        .group_by(Release.dataset_id)
        .subquery()
    )
    published = connection.execute(
        select(Release.dataset_id, ReleasePeriod.period)
        .join(
            ReleasePeriod, (ReleasePeriod.dataset_id == Release.dataset_id) & (ReleasePeriod.release_id == Release.id)
        )
        .join(release_counts, release_counts.c.dataset_id == Release.dataset_id)
        .where(Release.withdrawn_on.is_(None))
        .order_by(release_counts.c.releases.desc(), Release.published_on.desc(), ReleasePeriod.period.desc())
        .limit(1)
    ).first()
    dataset_id, period = published or (None, None)
    reporter, partner = aliased(Area), aliased(Area)
    return (
        select(
            reporter.code.label("reporter"),
            reporter.name.label("reporter_name"),
            partner.code.label("partner"),
            partner.name.label("partner_name"),
            partner.kind.label("partner_kind"),
            Commodity.code.label("commodity"),
            Classification.code.label("classification"),
            Dataset.frequency,
            Observation.flow,
            Observation.period,
        )
        .join(Dataset, Dataset.id == Observation.dataset_id)
        .join(reporter, reporter.id == Dataset.reporter_id)
        .join(partner, partner.id == Observation.partner_id)
        .join(Commodity, Commodity.id == Observation.commodity_id)
        .join(Classification, Classification.id == Commodity.classification_id)
        .where(Observation.dataset_id == dataset_id, Observation.period == period)
        .order_by(
            Commodity.level,
            case((partner.kind == "country", 0), else_=1),
            Observation.flow,
            Observation.value.desc().nulls_last(),
        )
        .limit(1)
    )


def _requests(figure: Row[*tuple[Any, ...]]) -> Iterator[ExampleRequest]:
    flow = FLOW_CODES[figure.flow]
    subject = f"{possessive(figure.reporter_name)} {FLOW_NAMES[flow]}"
    period = period_text(figure.period, months=MONTHS_PER_PERIOD[figure.frequency])
    cell = {"reporter": figure.reporter, "flow": flow, "partner": figure.partner}
    if figure.commodity != "TOTAL":
        cell |= {"commodity": figure.commodity, "classification": figure.classification}
    partner = format_area(figure.partner_name)
    yield (
        f"{subject} {FLOW_PREPOSITIONS[flow]} {partner} in {format_period(period)}",
        _path("flows", cell, period=period),
    )
    yield "the same, period by period", _path("series", cell, frequency=figure.frequency)
    if figure.partner_kind == "country":
        yield "all partners in that period", _path("flows", cell | {"partner": "all"}, period=period)


def _path(resource: str, parameters: dict[str, str], **more: str) -> str:
    return f"/v1/{resource}?{urlencode(parameters | more, safe=':')}"
