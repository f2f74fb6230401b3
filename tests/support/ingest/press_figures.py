"""Figures as printed by the press, the figures of the service, and the tolerance between the two."""

import csv
from dataclasses import dataclass
from decimal import Decimal

PARTNER_CODES = {"World": "WLD", "China": "CHN", "USA": "USA"}
PRESS_FLOW_CODES = {"export": "X", "import": "M"}
COMMODITY_CODES = {
    "Total": "TOTAL",
    "Motor vehicles": "MOTOR-VEHICLES",
    "Semicon machinery etc": "SEMICON-MACHINERY-ETC",
    "Foodstuff": "FOODSTUFF",
}
BILLION = 1_000_000_000
JANUARY_TOLERANCE_PP, OTHER_MONTHS_TOLERANCE_PP = 0.15, 0.35
"""Growth: figures of Januaries are those first published; those of other months are differences of publications of the
year to date, in which later revisions lie."""
FIRST_RELEASE_TOLERANCE_PCT, REVISED_TOLERANCE_PCT = 0.05, 0.3
"""Values: by how many percent each flow may differ from what was printed. Files of first publications were collected
up to a week after the day; those of revisions hold the last one alone, where a line cites one of a day before it."""
TEXT_COLUMNS = ("month", "stage", "flow", "partner", "commodity", "measure", "unit")
ROUNDING_BY_NOTE = {"(rounded 9.65 tn)": 5, "(rounded 1.77 tn)": 5}
"""Half of the last digit that was printed, in billions, where the press rounded further."""


@dataclass(frozen=True)
class PressFigure:
    """A line of press_facts.csv."""

    id: int
    month: str
    stage: str
    flow: str
    partner: str
    commodity: str
    measure: str
    value: Decimal
    unit: str

    @property
    def request_path(self):
        return "/v1/balances" if self.flow == "balance" else "/v1/flows"

    @property
    def query(self):
        """Return the request for the figure: of first publications, of years, or of totals as revised later."""
        question = {"reporter": "JPN", "partner": PARTNER_CODES[self.partner], "period": self.month}
        question |= {"commodity": COMMODITY_CODES[self.commodity], "frequency": "A" if len(self.month) == 4 else "M"}
        if self.flow in PRESS_FLOW_CODES:
            question["flow"] = PRESS_FLOW_CODES[self.flow]
        if self.stage.startswith("revised"):
            question["dataset"] = "jpn-totals-m"
        if self.measure == "usd_value":
            question |= {"currency": "USD", "fx": "2024-02-21"}
        return question

    def service_figure(self, row):
        """Return the figure of a response row, in the unit of the printed figure."""
        if self.measure == "yoy":
            return row["yoy_pct"]
        return row["balance" if self.flow == "balance" else "value"] / BILLION

    def tolerance(self, row):
        """Return the tolerance of the printed figure in its unit; that of a balance depends on both flows."""
        if self.measure == "yoy":
            return JANUARY_TOLERANCE_PP if self.month.endswith("-01") else OTHER_MONTHS_TOLERANCE_PP
        rounding = next((half for words, half in ROUNDING_BY_NOTE.items() if words in self.unit), self._rounding_error)
        both = [row["exports_value"], row["imports_value"]] if self.flow == "balance" else [row["value"]]
        flow_tolerance_pct = REVISED_TOLERANCE_PCT if self.stage.startswith("revised") else FIRST_RELEASE_TOLERANCE_PCT
        return rounding + sum(both) * flow_tolerance_pct / 100 / BILLION

    @property
    def _rounding_error(self):
        return float(Decimal(5).scaleb(self.value.as_tuple().exponent - 1))


def read_press_figures(shared):
    """Return all lines of the file, by their number."""
    with (shared / "press" / "press_facts.csv").open() as file:
        return [
            PressFigure(int(line["id"]), value=Decimal(line["value"]), **{name: line[name] for name in TEXT_COLUMNS})
            for line in csv.DictReader(file)
        ]
