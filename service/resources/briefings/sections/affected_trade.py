"""Trade in goods that a measure affects, in the period and since."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.resources.briefings.data_source import WHAT_IS_KNOWN, Facts, Row
from service.resources.briefings.request import FLOWS, MAIN_PARTNERS, Asked
from service.resources.briefings.sections.event_sentences import since_words
from service.resources.briefings.sections.partners import Partners
from service.resources.briefings.statement import Statement, missing, numbers_of, of_figure
from service.resources.briefings.text import amount, goods_words, growth_words, of_whom

SECTION = "measures"
SURE = {
    "exact": "The code is that of the goods which the measure names.",
    "broader": "By an official table the code holds the goods which the measure names, beside others.",
    "indicative": "No official table says that these are the goods which the measure names.",
}
"""How sure it is that figures are of what a measure affects, where no note says so."""
IN_PERIOD = ("value", "yoy_base", "yoy_pct", "partner_share_pct")


@dataclass(frozen=True)
class Affected:
    """A commodity that stands for goods of a measure, in one flow."""

    measure: Row
    flow: str
    classification: str
    commodity: str
    certainty: str

    def key(self, partner: str) -> str:
        """Return the id of the statement on trade in it with a partner."""
        return f"measure-{self.measure['measure']}-{self.flow}-{partner}-{self.commodity}"

    def named(self, row: Row) -> str:
        """Return `exports of semiconductor machinery etc to China`."""
        whom = "" if row["partner"] == "WLD" else f" {of_whom(self.flow, row['partner_name'])}"
        return f"{self.flow} of {goods_words(row)}{whom}"


@dataclass(frozen=True)
class Trade:
    """What is told of trade in a commodity that a measure affects."""

    facts: Facts
    asked: Asked
    affected: Affected

    def rows(self, partners: Partners) -> list[Row]:
        """Return the figures of the period with the World, and with each partner that the measure names, or main ones.

        None where the period is not published, or not by such goods.
        """
        named = self.affected.measure["partners"] or [row["partner"] for row in partners.rows[:MAIN_PARTNERS]]
        link = self._link(",".join(["WLD", *named]))
        found = {row["partner"]: row for row in self.facts.rows_at(link) if row["value"] is not None}
        return [found[code] for code in ("WLD", *named) if code in found]

    def missing(self, *, link: str) -> Statement:
        """State that there are no figures of it."""
        of_what = f"{self.affected.commodity} ({self.affected.classification})"
        sentence = (
            f"{self.affected.flow.capitalize()} of {of_what}, which a measure affects, are not loaded for "
            f"{self.asked.when}."
        )
        return missing(self.affected.key("WLD"), sentence, link=link)

    def in_period(self, row: Row) -> Statement:
        """State the figures of the period; those with the World with how sure it is that they are of such goods."""
        said = f"In {self.asked.when} {self.affected.named(row)} were {amount(row)}, {growth_words(row)}."
        if row["partner"] == "WLD":
            said += f" {self.affected.measure['mapping_note'] or SURE[self.affected.certainty]}"
        link = self._link(row["partner"])
        return of_figure(row, self.affected.key(row["partner"]), SECTION, said, link, IN_PERIOD)

    def since(self, row: Row) -> Iterator[Statement]:
        """Yield what trade came to since the measure took effect, against before; nothing before it did."""
        link = self.facts.link_beside(
            f"/v1/measures/{self.affected.measure['measure']}/trade",
            *WHAT_IS_KNOWN,
            partner=row["partner"],
            flow=FLOWS[self.affected.flow],
            commodity=self.affected.commodity,
            classification=self.affected.classification,
            until=self.asked.last_month,
        )
        for around in self.facts.rows_at(link):
            if around["months_since"]:
                key = f"{self.affected.key(row['partner'])}-since"
                sentence, names = since_words(around, trade=self.affected.named(around), flow=self.affected.flow)
                numbers = numbers_of(around, names)
                yield Statement(key, SECTION, sentence, link, numbers, obs_status=around["obs_status"])

    def _link(self, partner: str) -> str:
        question = {"flow": FLOWS[self.affected.flow], "classification": self.affected.classification}
        return self.facts.link(f"/v1/commodities/{self.affected.commodity}", partner=partner, **question)
