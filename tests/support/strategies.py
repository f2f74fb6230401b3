"""Small worlds of figures, generated: two flows, a few partners and goods, some years, and a revision of the last."""

from dataclasses import dataclass
from itertools import count, product

from hypothesis import strategies as st

PARTNER_CODES = ("CHN", "USA", "KOR", "DEU")
COMMODITY_CODES = ("TOTAL", "A", "B", "A1")
YEARS = ("2018", "2019", "2020", "2021")
REVISED_YEARS = YEARS[-2:]
AMOUNTS = st.integers(min_value=0, max_value=10**12)
MISSING_FIGURES = st.sampled_from((None, (None, "Q")))
INSERT_EXCHANGE_RATES = """
    INSERT INTO exchange_rate (currency, day, per_euro)
    SELECT currency, make_date(year, month, day), round(per_euro * (1 + (year - 2017) * drift), 4)
    FROM (VALUES ('EUR', 1, 0), ('USD', 1.1, 0.01), ('JPY', 130, 0.07)) AS quoted (currency, per_euro, drift),
         generate_series(2018, 2021) AS year, (VALUES (1, 2), (12, 31)) AS ends (month, day)"""
_dataset_numbers = count(1)


@dataclass(frozen=True)
class TradeData:
    """Figures of a first release, and those of the years that a second one revises."""

    first_release: dict
    second_release: dict
    exhaustive: bool

    def publish(self, figures):
        """Publish both releases as a dataset of its own, and return the parameters that ask for it."""
        code = f"world-{next(_dataset_numbers)}"
        for cells, day in ((self.first_release, "2022-02-01"), (self.second_release, "2022-03-01")):
            figures(cells, code=code, published=day, exhaustive=self.exhaustive, currency="JPY")
        return {"reporter": "JPN", "dataset": code, "frequency": "A"}


@st.composite
def trade_data(draw):
    """Draw a world in which all trade with the World is known, of a size that parts are not a million times as large.

    Of anything else some is unknown. A double does not hold 4 decimals of a contribution of a billion points.
    """
    partners = draw(st.lists(st.sampled_from(PARTNER_CODES), unique=True, min_size=1))
    keys = list(product("XM", ("WLD", *partners), COMMODITY_CODES, YEARS))
    amounts = draw(st.lists(AMOUNTS, min_size=len(keys), max_size=len(keys)))
    cells = dict(zip(keys, amounts, strict=True))
    parts = st.sampled_from([key for key in keys if key[1:3] != ("WLD", "TOTAL")])
    for key in draw(st.sets(parts, max_size=6)):
        del cells[key]
    cells |= {
        key: value for key, value in draw(st.dictionaries(parts, MISSING_FIGURES, max_size=4)).items() if key in cells
    }
    revised = draw(st.dictionaries(st.sampled_from(keys), AMOUNTS, max_size=6))
    second = {key: revised.get(key, value) for key, value in cells.items() if key[3] in REVISED_YEARS}
    return TradeData(_enlarge_world_totals(cells), _enlarge_world_totals(second), draw(st.booleans()))


def _enlarge_world_totals(cells):
    return {key: value + 10**9 if key[1:3] == ("WLD", "TOTAL") else value for key, value in cells.items()}
