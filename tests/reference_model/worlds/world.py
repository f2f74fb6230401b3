"""Small worlds of trade figures, drawn at random: reporters, their datasets, and the releases of each dataset."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

MONTHS_PER_PERIOD = {"M": 1, "Q": 3, "A": 12}
REPORTERS = ("JPN", "KOR", "CHN")
PARTNERS = ("DEU", "FRA", "GBR", "MEX", "JPN", "KOR", "XX9")
"""Partners of a world. The United Kingdom leaves the EU, Mexico joins the USMCA, and XX9 is an unmapped code."""
LEAVES = ("A1", "A2", "B1", "Z9")
"""Commodities without parts. Z9 is an unmapped code."""
PARENTS = {"A": "TOTAL", "B": "TOTAL", "UNMAPPED": "TOTAL", "A1": "A", "A2": "A", "B1": "B", "Z9": "UNMAPPED"}
LEVELS = {"TOTAL": 0, "A": 1, "B": 1, "UNMAPPED": 1, "A1": 2, "A2": 2, "B1": 2, "Z9": 2}
HS_CODES = {
    "H5": ("010121", "030510", "620111", "620191", "854231"),
    "H6": ("010121", "030910", "620120", "854231"),
}
"""Codes of two editions of HS that worlds of editions have."""
SPANS = {"M": (2018 * 12 + 6, 26), "Q": (2018 * 12, 12), "A": (2014 * 12, 8)}
"""First month and number of the periods of a world, by frequency."""
CURRENCIES = ("JPY", "USD", "EUR", "XBT")
"""Currencies of datasets; the last one has no exchange rates."""

Cell = tuple[str, str, str, int]
"""Flow, partner, commodity, and first month of the period."""


class PrintedFigure(NamedTuple):
    """Value in units of the dataset, null for an unknown one, status, and quantity in kilograms, null for none."""

    value: int | None
    status: str
    quantity: int | None = None


def commodity_level(code: str) -> int:
    """Return the level of a commodity; of a code of HS that is the number of its digits."""
    return LEVELS.get(code, len(code))


def parent_commodity(code: str) -> str:
    """Return the commodity above one; of a code of HS its first digits, or the total."""
    return PARENTS.get(code) or code[:-2] or "TOTAL"


@dataclass(eq=False)
class Release:
    """One publication: the figures that its file prints."""

    code: str
    published_on: date
    covers: str
    printed: dict[Cell, PrintedFigure]
    withdrawn_on: date | None = None


@dataclass(eq=False)
class Dataset:
    """A dataset of one reporter, with its releases in the order of publication."""

    code: str
    reporter: str
    frequency: str
    classification: str
    currency: str
    unit_exponent: int
    is_exhaustive: bool
    releases: list[Release]

    @property
    def period_months(self) -> int:
        """Return the length of a stored period in months."""
        return MONTHS_PER_PERIOD[self.frequency]


@dataclass(eq=False)
class World:
    """Datasets of several reporters in one classification."""

    number: int
    datasets: list[Dataset]

    @property
    def commodities(self) -> list[str]:
        """Return the commodities of the classification: those of the code list, and what the files print besides."""
        has_unmapped = any(
            cell[2] == "Z9" for dataset in self.datasets for release in dataset.releases for cell in release.printed
        )
        return [code for code in LEVELS if has_unmapped or code not in {"UNMAPPED", "Z9"}]


def draw_world(number: int, seed: int) -> World:
    """Return a world that is determined by its number and the seed."""
    random = Random(f"{seed} {number}")
    reporters = random.sample(REPORTERS, random.randint(1, 3))
    frequencies = [random.choice("MMMQA")] * len(reporters)
    if random.random() < 0.2:
        frequencies = [random.choice("MQA") for _ in reporters]
    pairs = zip(reporters, frequencies, strict=True)
    return World(number, [_draw_dataset(random, number, reporter, frequency) for reporter, frequency in pairs])


def _draw_dataset(random: Random, number: int, reporter: str, frequency: str) -> Dataset:
    code = f"w{number}-{reporter.lower()}-{frequency.lower()}"
    is_exhaustive = random.random() < 0.65
    covers = "complete" if is_exhaustive or random.random() < 0.5 else "selection"
    return Dataset(
        code=code,
        reporter=reporter,
        frequency=frequency,
        classification=f"W{number}",
        currency=random.choices(CURRENCIES, (4, 3, 2, 1))[0],
        unit_exponent=random.choice((0, 0, 3)),
        is_exhaustive=is_exhaustive,
        releases=_draw_releases(random, code, reporter, frequency, is_exhaustive=is_exhaustive, covers=covers),
    )


def _draw_releases(
    random: Random, code: str, reporter: str, frequency: str, *, is_exhaustive: bool, covers: str
) -> list[Release]:
    first, count = SPANS[frequency]
    periods = [first + MONTHS_PER_PERIOD[frequency] * n for n in range(count)]
    gaps = {period for period in periods if random.random() < random.choice((0, 0.08))}
    truth = _draw_truth(random, reporter, periods, is_exhaustive=is_exhaustive)
    releases: list[Release] = []
    day = date(2022, 1, 10)
    for n in range(random.randint(2, 4)):
        window = periods if n == 0 else _draw_window(random, periods)
        if n:
            _revise(random, truth)
        printed = {
            cell: figure
            for cell, figure in truth.items()
            if cell[3] in window and cell[3] not in gaps and random.random() > 0.01
        }
        if covers == "selection" and n:
            series = random.sample(sorted({cell[:3] for cell in printed}), len({cell[:3] for cell in printed}) // 2)
            printed = {cell: figure for cell, figure in printed.items() if cell[:3] in series}
        day += timedelta(days=random.randint(3, 40))
        if printed:
            releases.append(Release(f"{code}-{day}", day, covers, printed))
    if len(releases) > 1 and random.random() < 0.3:
        withdrawn = random.choice(releases)
        withdrawn.withdrawn_on = withdrawn.published_on + timedelta(days=random.randint(1, 60))
    return releases


def _draw_window(random: Random, periods: list[int]) -> list[int]:
    start = random.randrange(len(periods))
    return periods[start : start + random.randint(1, len(periods))]


def _draw_truth(random: Random, reporter: str, periods: list[int], *, is_exhaustive: bool) -> dict[Cell, PrintedFigure]:
    """Draw a figure of each cell that a file prints."""
    partners = [each for each in random.sample(PARTNERS, random.randint(2, 5)) if each != reporter]
    commodities = random.sample(LEAVES, random.randint(1, 4))
    flows = random.choice(("X", "XM", "XM", "XM"))
    if not is_exhaustive or random.random() < 0.3:
        partners.append("WLD")
    if random.random() < 0.3:
        partners.append("EU")
    if not is_exhaustive or random.random() < 0.3:
        commodities += random.sample(("TOTAL", "A"), random.randint(1, 2))
    size = random.choice((10, 1000, 10**9))
    absent, zero, unknown = (random.choice((0, rate)) for rate in (0.15, 0.1, 0.02))
    truth: dict[Cell, PrintedFigure] = {}
    for flow in flows:
        for partner in partners:
            for commodity in commodities:
                missing_series = random.random() < absent
                for period in periods:
                    if missing_series or random.random() < absent:
                        continue
                    is_larger = (partner == "WLD") + (commodity == "TOTAL")
                    truth[flow, partner, commodity, period] = _draw_figure(random, size * 9**is_larger, zero, unknown)
    return truth


def _draw_figure(random: Random, size: int, zero: float, unknown: float) -> PrintedFigure:
    if random.random() < unknown:
        return PrintedFigure(None, random.choice("QM"))
    value = 0 if random.random() < zero else random.randint(1, size)
    return _weighed_figure(value, random.choices("APE", (8, 3, 1))[0])


def _weighed_figure(value: int, status: str) -> PrintedFigure:
    """Return a figure with a quantity that depends on its value: at times zero, at times none."""
    return PrintedFigure(value, status, None if value % 10 == 9 else value // 3)


def _revise(random: Random, truth: dict[Cell, PrintedFigure]) -> None:
    """Change some figures, and remove some."""
    for cell, printed in list(truth.items()):
        chance = random.random()
        if chance < 0.15:
            truth[cell] = _weighed_figure((printed.value or 0) + random.randint(0, 9), "A")
        if chance > 0.98:
            del truth[cell]
