"""Two editions of HS in one time series: a world of their own, and the rows by the model.

The codes are real, and so are their relations from HS 2017 (H5) to HS 2022 (H6): 010121 stayed, 030510 became 030910,
620111 and 620191 became 620120, and 854231 lost a part to another code.
"""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from tests.reference_model.balances import balance_rows_of_scope
from tests.reference_model.figures import YEAR, Scope
from tests.reference_model.growth import Row, Series, row_of
from tests.reference_model.requests import Request, requested_partners, requested_periods
from tests.reference_model.resources import rank_columns, time_series_rows_of_scope
from tests.reference_model.vintages import Figure, Vintage, read_vintage, weakest
from tests.reference_model.worlds.world import HS_CODES, MONTHS_PER_PERIOD, Cell, Dataset, PrintedFigure, Release, World

REPORTERS = (
    "SWE",
    "NOR",
    "DNK",
    "FIN",
    "ISL",
    "EST",
    "LVA",
    "LTU",
    "POL",
    "CZE",
    "SVK",
    "HUN",
    "AUT",
    "CHE",
    "ITA",
    "ESP",
)
PARTNERS = ("DEU", "FRA", "GBR")
NEWER, OLDER = "H6", "H5"
SUMMANDS = {
    (OLDER, NEWER): {"010121": ["010121"], "030910": ["030510"], "620120": ["620111", "620191"]},
    (NEWER, OLDER): {"010121": ["010121"], "030510": ["030910"]},
}
"""Codes of the first edition whose sum is a code of the second; all other codes of six digits cannot be compared."""
SPANS = {"M": (2020 * 12, 30), "A": (2015 * 12, 8)}


def draw_editions(number: int, seed: int) -> World:
    """Return a world of one reporter, with a dataset in each edition; some periods are published in both."""
    random = Random(f"{seed} {number} editions")
    frequency, reporter = random.choice("MA"), REPORTERS[number % len(REPORTERS)]
    first, count = SPANS[frequency]
    periods = [first + MONTHS_PER_PERIOD[frequency] * n for n in range(count)]
    change = random.randrange(2, count - 2)
    overlap = random.choice((0, 0, 1, 3))
    parts = {OLDER: periods[: change + overlap], NEWER: periods[change:]}
    is_exhaustive = random.random() < 0.6
    datasets = [
        Dataset(
            code=f"e{number}-{edition.lower()}",
            reporter=reporter,
            frequency=frequency,
            classification=edition,
            currency="USD",
            unit_exponent=0,
            is_exhaustive=is_exhaustive,
            releases=_draw_releases(random, f"e{number}-{edition.lower()}", edition, part, is_exhaustive=is_exhaustive),
        )
        for edition, part in parts.items()
    ]
    return World(number, datasets)


def _draw_releases(
    random: Random, code: str, edition: str, periods: list[int], *, is_exhaustive: bool
) -> list[Release]:
    absent, zero = random.choice((0, 0.2)), random.choice((0, 0.1))
    commodities = [*HS_CODES[edition], *(() if is_exhaustive else ("TOTAL", "62", "85"))]
    partners = [*PARTNERS, *(() if is_exhaustive else ("WLD",))]
    printed: dict[Cell, PrintedFigure] = {}
    for flow in "XM":
        for partner in partners:
            for commodity in commodities:
                for period in periods:
                    if random.random() >= absent:
                        value = 0 if random.random() < zero else random.randint(1, 1000)
                        status = "Q" if random.random() < 0.02 else random.choice("AP")
                        printed[flow, partner, commodity, period] = PrintedFigure(
                            None if status == "Q" else value, status
                        )
    day = date(2023, 1, 10) + timedelta(days=random.randint(0, 60))
    releases = [Release(f"{code}-{day}", day, "complete", printed)]
    if random.random() < 0.5:
        day += timedelta(days=random.randint(1, 40))
        window = periods[random.randrange(len(periods)) :]
        revised = {
            cell: each if each.value is None else PrintedFigure(each.value + random.randint(0, 5), each.status)
            for cell, each in printed.items()
            if cell[3] in window and random.random() > 0.03
        }
        releases.append(Release(f"{code}-{day}", day, "complete", revised))
    return [release for release in releases if release.printed]


def edition_of(vintages: dict[str, Vintage], flow: str, period: int) -> str | None:
    """Return the newest edition that published a period of a flow; null where none did."""
    return next((name for name in (NEWER, OLDER) if (flow, period) in vintages[name].published), None)


def stitched_vintage(vintages: dict[str, Vintage], target: str) -> Vintage:
    """Return all figures in the codes of an edition; those of codes that it cannot be compared with are left out."""
    figures: dict[Cell, Figure] = {}
    for name, vintage in vintages.items():
        own = {cell: each for cell, each in vintage.figures.items() if edition_of(vintages, cell[0], cell[3]) == name}
        if name == target:
            figures |= own
            continue
        figures |= {cell: figure for cell, figure in own.items() if len(cell[2]) <= 2 or cell[2] == "TOTAL"}
        for code, summands in SUMMANDS[name, target].items():
            keys = {(flow, partner, period) for flow, partner, commodity, period in own if commodity in summands}
            for flow, partner, period in keys:
                cells = [(flow, partner, commodity, period) for commodity in summands]
                parts = [own[cell] for cell in cells if cell in own]
                if vintage.dataset.is_exhaustive or len(parts) == len(summands):
                    figures[flow, partner, code, period] = _add_up(parts)
    published = vintages[NEWER].published | vintages[OLDER].published
    return Vintage(vintages[target].dataset, figures, published)


def _add_up(parts: list[Figure]) -> Figure:
    """Return the sum of figures; without a value where one of them has none."""
    values = [figure.value for figure in parts]
    release = max((figure.release for figure in parts), key=lambda each: (each.published_on, each.code))
    return Figure(None if None in values else sum(values), weakest(figure.status for figure in parts) or "", release)


def edition_rows(request: Request) -> list[Row]:
    """Return the rows for both editions: one for each figure of the edition that answers its period.

    The rows of /v1/partners and /v1/commodities have ranks, among the figures of the edition of each period.
    """
    vintages = {dataset.classification: read_vintage(dataset, request.as_of) for dataset in request.world.datasets}
    scopes = {name: Scope(stitched_vintage(vintages, name), request.frequency) for name in vintages}
    if request.resource in WHOLE_SERIES:
        return WHOLE_SERIES[request.resource](scopes[NEWER], request)
    flow_rows = []
    for flow in request.flows:
        # Periods are those in which any of the requested flows was published.
        for period in requested_periods(scopes[NEWER], request):
            edition = edition_of(vintages, flow, period)
            if edition is None:
                continue
            scope = scopes[edition]
            for partner in requested_partners(scope, request):
                for commodity in _codes(request, scope, flow, partner, period):
                    series = Series(scope, flow, partner, commodity)
                    row = row_of(series, period)
                    if request.resource != "flows":
                        base_scope = scopes[edition_of(vintages, flow, period - YEAR) or edition]
                        base_series = Series(base_scope, flow, partner, commodity)
                        by_partner = request.resource == "partners"
                        row |= rank_columns(series, period, by_partner=by_partner, base_series=base_series)
                    flow_rows.append(_mark_series_breaks(row, vintages, edition, period) | {"classification": edition})
    return flow_rows


WHOLE_SERIES = {"series": time_series_rows_of_scope, "balances": balance_rows_of_scope}
"""Resources that are compared for codes of all editions alone: the total and chapters."""


def _codes(request: Request, scope: Scope, flow: str, partner: str, period: int) -> list[str]:
    """Return the requested codes with a figure in a period."""
    known = {cell[2] for cell in scope.vintage.figures if (cell[0], cell[3]) == (flow, period)}
    present = {code for code in known if Series(scope, flow, partner, code).figure(period).exists}
    if "all" in request.commodities:
        return sorted(code for code in present if len(code) in request.levels and code != "TOTAL")
    return sorted(present.intersection(request.commodities))


def _mark_series_breaks(row: Row, vintages: dict[str, Vintage], edition: str, period: int) -> Row:
    """Return a row without growth over a base of an edition whose codes the commodity cannot be compared with."""
    flow, code = row["flow"], row["commodity"]
    step = MONTHS_PER_PERIOD[vintages[edition].dataset.frequency]
    for prefix, back in (("yoy", YEAR), ("pop", step)):
        other = edition_of(vintages, flow, period - back)
        is_comparable = other in {None, edition} or len(code) <= 2 or code == "TOTAL"
        if is_comparable or code in SUMMANDS[other, edition]:
            continue
        # A base of other commodities is neither a zero nor a figure.
        status = row[f"{prefix}_status"]
        row |= {f"{prefix}_pct": None}
        if status not in {"suppressed", "value_missing", "incomplete_period", "not_covered"}:
            row |= {f"{prefix}_status": "series_break"}
        if prefix == "yoy":
            names = ("yoy_base", "yoy_change", "partner_contribution_pp", "commodity_contribution_pp", "yoy_obs_status")
            row |= dict.fromkeys(names)
            if "rank_base" in row:
                row["rank_base"] = None
    return row


def draw_edition_request(random: Random, world: World) -> Request:
    """Return a random request for figures of both editions."""
    newer = next(each for each in world.datasets if each.classification == NEWER)
    first, count = SPANS[newer.frequency]
    step = newer.period_months
    codes = [*HS_CODES[NEWER], *HS_CODES[OLDER], "TOTAL", "62", "85"]
    start, end = sorted(first + step * random.randrange(count) for _ in range(2))
    request = Request(
        resource=random.choice(("flows", "partners", "commodities", *WHOLE_SERIES)),
        world=world,
        dataset=newer,
        frequency=newer.frequency,
        flows=random.choice(("X", "M", "XM")),
        partners=random.choice((("all",), ("WLD",), ("DEU", "GBR"), ("WLD", "FRA"), ("EU",))),
        commodities=random.choice((("all",), tuple(dict.fromkeys(random.sample(codes, 4))))),
        levels=random.choice(((6,), (2,), (2, 6))),
        periods=random.choice(("all", ((start, end + step - 1),))),
    )
    if request.resource in WHOLE_SERIES:
        # Citus does not distribute a time series of a group over several datasets.
        partners = ("WLD", "FRA") if request.partners in {("all",), ("EU",)} else request.partners
        request = replace(request, partners=partners, commodities=random.choice((("TOTAL",), ("62", "85"))), levels=())
    # Before both datasets are known the request would have codes of one edition alone.
    first_day = max(dataset.releases[0].published_on for dataset in world.datasets)
    days = {release.published_on for dataset in world.datasets for release in dataset.releases}
    days = sorted(day for day in days if day >= first_day)
    return replace(request, as_of=random.choice((None, None, *days)))
