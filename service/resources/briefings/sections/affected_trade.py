"""Trade in goods that a measure affects, in the period and since."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.resources.briefings.data_source import VINTAGE_PARAMETERS, BriefingData, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_DETAILED_PARTNERS, BriefingRequest
from service.resources.briefings.sections.event_sentences import describe_event_trade
from service.resources.briefings.sections.partners import PartnerRows
from service.resources.briefings.statement import Statement, missing_statement, numbers_from_row, statement_for_row
from service.resources.briefings.text import describe_growth, format_commodity, format_value, partner_phrase

MEASURES_SECTION = "measures"
CERTAINTY_SENTENCES = {
    "exact": "The code is that of the goods which the measure names.",
    "broader": "By an official table the code holds the goods which the measure names, beside others.",
    "indicative": "No official table says that these are the goods which the measure names.",
}
"""How sure it is that figures are of what a measure affects, where no note says so."""
AFFECTED_TRADE_COLUMNS = ("value", "yoy_base", "yoy_pct", "partner_share_pct")


@dataclass(frozen=True)
class AffectedFlow:
    """A commodity that stands for goods of a measure, in one flow."""

    measure: ResponseRow
    flow: str
    classification: str
    commodity: str
    certainty: str

    def statement_id(self, partner: str) -> str:
        """Return the id of the statement on trade in it with a partner."""
        return f"measure-{self.measure['measure']}-{self.flow}-{partner}-{self.commodity}"

    def describe(self, row: ResponseRow) -> str:
        """Return `exports of semiconductor machinery etc to China`."""
        whom = "" if row["partner"] == "WLD" else f" {partner_phrase(self.flow, row['partner_name'])}"
        return f"{self.flow} of {format_commodity(row)}{whom}"


@dataclass(frozen=True)
class AffectedTradeSection:
    """What is told of trade in a commodity that a measure affects."""

    briefing_data: BriefingData
    request: BriefingRequest
    affected_flow: AffectedFlow

    def fetch_rows(self, partners: PartnerRows) -> list[ResponseRow]:
        """Return the figures of the period with the World, and with each partner that the measure names, or main ones.

        None where the period is not published, or not by such goods.
        """
        named = self.affected_flow.measure["partners"] or [
            row["partner"] for row in partners.rows[:MAX_DETAILED_PARTNERS]
        ]
        link = self._link(",".join(["WLD", *named]))
        found = {row["partner"]: row for row in self.briefing_data.fetch_rows_by_url(link) if row["value"] is not None}
        return [found[code] for code in ("WLD", *named) if code in found]

    def not_loaded_statement(self, *, link: str) -> Statement:
        """State that there are no figures of it."""
        of_what = f"{self.affected_flow.commodity} ({self.affected_flow.classification})"
        sentence = (
            f"{self.affected_flow.flow.capitalize()} of {of_what}, which a measure affects, are not loaded for "
            f"{self.request.period_name}."
        )
        return missing_statement(self.affected_flow.statement_id("WLD"), sentence, link=link)

    def period_statement(self, row: ResponseRow) -> Statement:
        """State the figures of the period; those with the World with how sure it is that they are of such goods."""
        said = (
            f"In {self.request.period_name} {self.affected_flow.describe(row)} were "
            f"{format_value(row)}, {describe_growth(row)}."
        )
        if row["partner"] == "WLD":
            said += (
                f" {self.affected_flow.measure['mapping_note'] or CERTAINTY_SENTENCES[self.affected_flow.certainty]}"
            )
        link = self._link(row["partner"])
        return statement_for_row(
            row, self.affected_flow.statement_id(row["partner"]), MEASURES_SECTION, said, link, AFFECTED_TRADE_COLUMNS
        )

    def event_statements(self, row: ResponseRow) -> Iterator[Statement]:
        """Yield what trade came to since the measure took effect, against before; nothing before it did."""
        link = self.briefing_data.link_with_shared(
            f"/v1/measures/{self.affected_flow.measure['measure']}/trade",
            *VINTAGE_PARAMETERS,
            partner=row["partner"],
            flow=FLOW_CODE_BY_NAME[self.affected_flow.flow],
            commodity=self.affected_flow.commodity,
            classification=self.affected_flow.classification,
            until=self.request.last_month,
        )
        for around in self.briefing_data.fetch_rows_by_url(link):
            if around["months_since"]:
                key = f"{self.affected_flow.statement_id(row['partner'])}-since"
                sentence, names = describe_event_trade(
                    around, trade=self.affected_flow.describe(around), flow=self.affected_flow.flow
                )
                numbers = numbers_from_row(around, names)
                yield Statement(key, MEASURES_SECTION, sentence, link, numbers, obs_status=around["obs_status"])

    def _link(self, partner: str) -> str:
        question = {
            "flow": FLOW_CODE_BY_NAME[self.affected_flow.flow],
            "classification": self.affected_flow.classification,
        }
        return self.briefing_data.link(f"/v1/commodities/{self.affected_flow.commodity}", partner=partner, **question)
