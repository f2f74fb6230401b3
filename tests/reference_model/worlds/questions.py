"""Random requests, and their query strings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle
from random import Random

from tests.reference_model.figures import FISCAL_YEAR_STARTS, REQUEST_MONTHS
from tests.reference_model.growth import period_text
from tests.reference_model.requests import Request
from tests.reference_model.vintages import change_days
from tests.reference_model.worlds.world import PARTNERS, SPANS, Dataset, World

RATES = ("USD", "EUR", "JPY")
RESOURCES = ("flows", "series", "partners", "commodities", "balances", "revisions", "mirror", "comparative-advantage")
VARIANTS = 3
"""Variants of a random request: they differ from it in flows, periods and day."""


def draw_requests(random: Random, world: World, count: int) -> list[Request]:
    """Return random requests, each different from the others: one of each resource in turn, and variants of it."""
    requests: dict[tuple[str, ...], Request] = {}
    for resource in cycle(RESOURCES):
        drawn = draw_request(random, world, resource)
        similar = [drawn, *(vary_request(random, drawn) for _ in range(VARIANTS))]
        requests |= {(each.resource, *query_string(each).values()): each for each in similar}
        if len(requests) >= count:
            break
    return list(requests.values())[:count]


def draw_request(random: Random, world: World, resource: str | None = None) -> Request:
    """Return a random request for figures of a world."""
    dataset = random.choice(world.datasets)
    resource = resource or random.choice(RESOURCES)
    frequency, year_start = _draw_frequency(random, dataset, [dataset.period_months])
    request = Request(
        resource=resource,
        world=world,
        dataset=dataset,
        frequency=frequency,
        flows=random.choice(("X", "M", "XM")),
        partners=_draw_partners(random, dataset, resource),
        commodities=_draw_commodities(random, world, resource),
        levels=random.choice(((), (1,), (2,), (1, 2))),
        periods=_draw_periods(random, dataset, frequency, year_start),
        year_start=year_start,
    )
    if request.partners == request.commodities == ("all",):
        request = replace(request, commodities=("TOTAL",))
    if resource == "series" and request.commodities == ("all",):
        request = replace(request, partners=request.partners[:1])
    if resource == "mirror":
        others = [each for each in world.datasets if each.reporter != dataset.reporter]
        if not others:
            return draw_request(random, world, "balances")
        request = replace(request, partners=(), other_dataset=random.choice(others))
        steps = [each.period_months for each in (dataset, request.other_dataset)]
        frequency, year_start = _draw_frequency(random, dataset, steps)
        periods = _draw_periods(random, dataset, frequency, year_start, named=False)
        request = replace(request, frequency=frequency, year_start=year_start, periods=periods)
    if resource == "comparative-advantage":
        return _draw_advantage(random, request)
    if resource == "balances":
        request = replace(request, flows="XM")
    return _draw_options(random, request)


def vary_request(random: Random, request: Request) -> Request:
    """Return a request like another one, for other flows, periods and at times another day.

    The service answers it by the same statement, which it compiles once: most of the time of a first answer.
    """
    periods = request.periods
    if not isinstance(periods, str):
        periods = _draw_periods(random, request.dataset, request.frequency, request.year_start, named=False)
    flows = request.flows
    if request.resource not in {"balances", "comparative-advantage"} and len(flows) == 1:
        flows = random.choice("XM")
    day = request.as_of
    if day is not None:
        day = random.choice(change_days(request.dataset)) + timedelta(days=random.choice((-1, 0, 1)))
    return replace(request, periods=periods, flows=flows, as_of=day)


def _draw_advantage(random: Random, request: Request) -> Request:
    """Return a request for comparative advantage, in a currency, and at times with a fixed world."""
    reporters = [dataset.reporter for dataset in request.world.datasets]
    fixed = random.sample(reporters, random.randint(1, len(reporters)))
    options = {"world": ",".join(sorted({*fixed, request.dataset.reporter}))} if random.random() < 0.4 else {}
    return replace(request, flows="X", partners=("WLD",), currency=random.choice(RATES), options=options, levels=(1, 2))


def _draw_options(random: Random, request: Request) -> Request:
    if random.random() < 0.3:
        day = random.choice(change_days(request.dataset)) + timedelta(days=random.choice((-1, 0, 0, 1)))
        request = replace(request, as_of=day)
    if request.dataset.currency in RATES and random.random() < 0.3:
        fx = random.choice((None, None, "average", "end", "2019-06-15"))
        request = replace(request, currency=random.choice(RATES), fx=fx)
    if random.random() < 0.15 and request.resource != "mirror":
        day = random.choice((date(2019, 12, 31), date(2020, 2, 1), date(2020, 6, 30), date(2020, 7, 1)))
        request = replace(request, composition=day)
    return request


def _draw_partners(random: Random, dataset: Dataset, resource: str) -> tuple[str, ...]:
    if random.random() < {"partners": 0.6, "series": 0, "revisions": 0}.get(resource, 0.2):
        return ("all",)
    printed = {cell[1] for release in dataset.releases for cell in release.printed}
    groups = ["EU", "USMCA"] if resource != "revisions" or "EU" not in printed else ["USMCA"]
    known = [*(each for each in PARTNERS if each != "XX9" or each in printed), "WLD", *groups, *groups]
    return tuple(dict.fromkeys(random.sample(known, random.randint(1, 3))))


def _draw_commodities(random: Random, world: World, resource: str) -> tuple[str, ...]:
    if random.random() < (0.6 if resource == "commodities" else 0.2):
        return ("all",)
    return tuple(dict.fromkeys(random.sample([*world.commodities, "TOTAL", "TOTAL"], random.randint(1, 2))))


def _draw_frequency(random: Random, dataset: Dataset, stored_months: Sequence[int]) -> tuple[str, int]:
    """Return a frequency whose periods are sums of stored ones, and the months from January to the start of years."""
    year_starts = dict.fromkeys(REQUEST_MONTHS, 0) | {"F": FISCAL_YEAR_STARTS[dataset.reporter]}
    frequencies = [
        each
        for each, length in REQUEST_MONTHS.items()
        if all(length % months == year_starts[each] % months == 0 for months in stored_months)
    ]
    frequency = random.choice(frequencies)
    return frequency, year_starts[frequency]


def _draw_periods(
    random: Random, dataset: Dataset, frequency: str, year_start: int, *, named: bool = True
) -> str | tuple[tuple[int, int], ...]:
    first, count = SPANS[dataset.frequency]
    step, last = REQUEST_MONTHS[frequency], first + count * dataset.period_months
    chance = random.random()
    if chance < 0.2 and named:
        return "latest" if chance < 0.12 else "all"
    start, end = sorted(random.randrange(first - step, last + step) for _ in range(2))
    end = min(end, start + 9 * step)
    start, end = (month - (month - year_start) % step for month in (start, end))
    if chance < 0.6:
        return ((start, start + step - 1),)
    return ((start, end + step - 1),)


def query_string(request: Request) -> dict[str, str]:
    """Return the parameters of a request, in the words of the service."""
    dataset = request.dataset
    known = {"XX9": f"{dataset.code}:XX9"}
    query = {
        "reporter": dataset.reporter,
        "dataset": dataset.code,
        "frequency": request.frequency,
        "flow": ",".join(request.flows),
        "partner": ",".join(known.get(each, each) for each in request.partners),
        "commodity": ",".join(request.commodities),
        "period": _period_parameter(request),
        "limit": "10000",
    }
    if "all" in request.commodities and request.levels:
        query["level"] = ",".join(map(str, request.levels))
    if request.resource == "balances":
        del query["flow"]
    if request.resource == "comparative-advantage":
        query = {name: value for name, value in query.items() if name not in {"flow", "partner"}}
    if request.resource == "mirror":
        query |= {"partner": request.other_dataset.reporter, "mirror_dataset": request.other_dataset.code}
    optional = {"as_of": request.as_of, "currency": request.currency, "composition": request.composition}
    if request.currency is not None:
        optional["fx"] = request.fx
    return query | {name: str(value) for name, value in optional.items() if value is not None} | request.options


def _period_parameter(request: Request) -> str:
    if isinstance(request.periods, str):
        return request.periods
    step = REQUEST_MONTHS[request.frequency]
    return ",".join(
        f"{period_text(start, request.frequency)}..{period_text(end - step + 1, request.frequency)}"
        for start, end in request.periods
    )
