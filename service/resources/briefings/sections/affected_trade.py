"""Statements on the trade that a measure affects, in the period and after the event."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.text import describe_growth, format_commodity, format_value, row_partner_phrase
from service.resources.briefings.data_source import VINTAGE_PARAMETERS, BriefingData, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_DETAILED_PARTNERS, BriefingRequest
from service.resources.briefings.sections.event_sentences import describe_event_trade
from service.resources.briefings.sections.partners import PartnerRows
from service.resources.briefings.statement import Statement, missing_statement, numbers_from_row, statement_for_row

MEASURES_SECTION = "measures"
CERTAINTY_SENTENCES = {
    "exact": "The code is that of the goods which the measure names.",
    "broader": "By an official table the code holds the goods which the measure names, beside others.",
    "indicative": "No official table says that these are the goods which the measure names.",
}
"""Sentences on the certainty of the mapping from goods to commodity code, for measures without a note."""
AFFECTED_TRADE_COLUMNS = ("value", "yoy_base", "yoy_pct", "partner_share_pct")


@dataclass(frozen=True)
class AffectedFlow:
    """One flow, exports or imports, of a commodity that a trade measure affects."""

    measure: ResponseRow
    flow: str
    classification: str
    commodity: str
    certainty: str

    def statement_id(self, partner: str) -> str:
        """Return the id of the statement on this flow with a partner. `partner` is the partner's code."""
        return f"measure-{self.measure['measure']}-{self.flow}-{partner}-{self.commodity}"

    def describe(self, row: ResponseRow) -> str:
        """Return the trade in a row of figures in words, such as `exports of semiconductor machinery etc to China`."""
        partner = "" if row["partner"] == "WLD" else f" {row_partner_phrase(self.flow, row)}"
        return f"{self.flow} of {format_commodity(row)}{partner}"


@dataclass(frozen=True)
class AffectedTradeSection:
    """The builder of the statements on one flow of one commodity that a trade measure affects."""

    briefing_data: BriefingData
    request: BriefingRequest
    affected_flow: AffectedFlow

    def fetch_rows(self, partners: PartnerRows) -> list[ResponseRow]:
        """Return the figures of trade with the World and with each affected partner in the briefing's period.

        For a measure that names no partners, the main partners are used. The list is empty where no figures of the
        period or of the commodity are published.
        """
        codes = self.affected_flow.measure["partners"] or [
            row["partner"] for row in partners.rows[:MAX_DETAILED_PARTNERS]
        ]
        link = self._link(",".join(["WLD", *codes]))
        rows = {row["partner"]: row for row in self.briefing_data.fetch_rows_by_url(link) if row["value"] is not None}
        return [rows[code] for code in ("WLD", *codes) if code in rows]

    def not_loaded_statement(self, *, link: str) -> Statement:
        """Return the statement that no figures of the affected flow are loaded."""
        commodity = f"{self.affected_flow.commodity} ({self.affected_flow.classification})"
        sentence = (
            f"{self.affected_flow.flow.capitalize()} of {commodity}, which a measure affects, are not loaded for "
            f"{self.request.period_name}."
        )
        return missing_statement(self.affected_flow.statement_id("WLD"), sentence, link=link)

    def period_statement(self, row: ResponseRow) -> Statement:
        """Return the statement on trade with one partner in the briefing's period. `row` has its figures.

        The statement on the World also says how certainly the commodity code represents the goods of the measure.
        """
        sentence = (
            f"In {self.request.period_name} {self.affected_flow.describe(row)} were "
            f"{format_value(row)}, {describe_growth(row)}."
        )
        if row["partner"] == "WLD":
            note = self.affected_flow.measure["mapping_note"] or CERTAINTY_SENTENCES[self.affected_flow.certainty]
            sentence += f" {note}"
        key, link = self.affected_flow.statement_id(row["partner"]), self._link(row["partner"])
        return statement_for_row(row, key, MEASURES_SECTION, sentence, link, AFFECTED_TRADE_COLUMNS)

    def fetch_event_rows(self, partners: Sequence[str]) -> dict[str, ResponseRow]:
        """Return, by partner code, the rows that compare trade before and after the event of the measure.

        The event is its announcement or its entry into force. `partners` are codes.
        """
        rows = self.briefing_data.fetch_rows_by_url(self._event_link(",".join(partners))) if partners else []
        return {row["partner"]: row for row in rows}

    def event_statement(self, row: ResponseRow) -> Statement:
        """Return the statement that compares trade before and after the measure took effect or was announced.

        `row` is a row that `fetch_event_rows` returns.
        """
        sentence, names = describe_event_trade(
            row, trade=self.affected_flow.describe(row), flow=self.affected_flow.flow
        )
        key, link = f"{self.affected_flow.statement_id(row['partner'])}-since", self._event_link(row["partner"])
        numbers = numbers_from_row(row, names)
        return Statement(key, MEASURES_SECTION, sentence, link, numbers, obs_status=row["obs_status"])

    def _event_link(self, partner: str) -> str:
        return self.briefing_data.link_with_shared(
            f"/v1/measures/{self.affected_flow.measure['measure']}/trade",
            *VINTAGE_PARAMETERS,
            partner=partner,
            flow=FLOW_CODE_BY_NAME[self.affected_flow.flow],
            commodity=self.affected_flow.commodity,
            classification=self.affected_flow.classification,
            until=self.request.last_month,
        )

    def _link(self, partner: str) -> str:
        return self.briefing_data.link(
            f"/v1/commodities/{self.affected_flow.commodity}",
            partner=partner,
            flow=FLOW_CODE_BY_NAME[self.affected_flow.flow],
            classification=self.affected_flow.classification,
        )
