"""Facts from other sources than the reporter's figures: the figures of the partner, and new trade measures."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.periods import first_day, parse_period
from service.domain.text import format_area, format_date, format_growth, format_money, format_percent, format_sentence
from service.resources.omitted.facts import FACT_FLOW_NAMES, Fact, FactFigure, FactRow, SeriesFacts

YEAR_MONTHS = 12
OPPOSITE_FLOWS = {"X": "M", "M": "X"}
NO_SERIES_PARAMETERS = dict.fromkeys(("flow", "commodity", "frequency", "dataset", "classification"))


def partner_figures(facts: SeriesFacts) -> Iterator[Fact]:
    """Yield a fact on the figure that the partner reports for the same trade; none where the partner reports none.

    The fact also has the discrepancy between both reports, in the period and over the 12 months before it.
    """
    if not _is_reporter(facts, facts.row["partner"]):
        return
    parsed = parse_period(facts.period)
    first = str(parsed.shift(-YEAR_MONTHS))
    link = facts.link("/v1/mirror", period=f"{first}..{facts.period}")
    rows = facts.rows(link)
    row = next((each for each in rows if each["period"] == facts.period), None)
    if row is None or row["mirror_value"] is None:
        return
    yield Fact("partner_figures", _mirror_sentence(facts, row, rows), link, _mirror_figures(row, rows))


def _is_reporter(facts: SeriesFacts, partner: str) -> bool:
    reference = facts.context.reference
    reporters = {area.id for area in reference.areas.values() if area.code == partner}
    return partner != WORLD_CODE and any(reference.datasets_by_reporter.get(each) for each in reporters)


def _mirror_sentence(facts: SeriesFacts, row: FactRow, rows: Sequence[FactRow]) -> str:
    flow_name = FACT_FLOW_NAMES[OPPOSITE_FLOWS[facts.row["flow"]]]
    commodity = "" if facts.row["commodity"] == TOTAL_CODE else f" of {facts.row['commodity_name']}"
    reporter = format_area(facts.context.find_area("reporter", facts.row["reporter"]).name)
    value = format_money(row["mirror_value"], row["currency"])
    growth = "" if row["mirror_yoy_pct"] is None else f", {format_growth(row['mirror_yoy_pct'])} from a year earlier"
    sentence = (
        f"{format_area(facts.row['partner_name'])} itself reports {flow_name}{commodity} "
        f"{'from' if flow_name == 'imports' else 'to'} {reporter} of {value}{growth}"
    )
    if row["gap_pct"] is not None:
        sentence += f"; that is {_gap_phrase(row['gap_pct'])} than the figure of {reporter}"
        usual = _usual_gap_pct(row, rows)
        sentence += "" if usual is None else f", against {_gap_phrase(usual)} over the 12 months before"
    return format_sentence(sentence)


def _gap_phrase(gap_pct: float) -> str:
    return f"{format_percent(abs(gap_pct))} {'more' if gap_pct >= 0 else 'less'}"


def _usual_gap_pct(row: FactRow, rows: Sequence[FactRow]) -> float | None:
    """Return the discrepancy of the sums of both sides over the periods before; null where one is missing."""
    earlier = [each for each in rows if each["period"] < row["period"]]
    if not earlier or any(each["gap"] is None for each in earlier):
        return None
    value = sum(each["value"] for each in earlier)
    return 100 * sum(each["gap"] for each in earlier) / value if value > 0 else None


def _mirror_figures(row: FactRow, rows: Sequence[FactRow]) -> tuple[FactFigure, ...]:
    key = row["period"]
    figures = [
        FactFigure("mirror_value", row["mirror_value"], row["currency"], key),
        FactFigure("mirror_yoy_pct", row["mirror_yoy_pct"], "%", key),
        FactFigure("gap_pct", row["gap_pct"], "%", key),
    ]
    usual = _usual_gap_pct(row, rows)
    if usual is not None:
        figures.append(FactFigure("usual_gap_pct", round(usual, 4), "%"))
    return tuple(figures)


def begun_measures(facts: SeriesFacts) -> Iterator[Fact]:
    """Yield a fact on each trade measure on the series that took effect after the base period of its growth began.

    Measures that took effect after the end of the period are left out.
    """
    parsed = parse_period(facts.period)
    base_start = first_day(parsed.first_month - YEAR_MONTHS)
    last_day = first_day(parsed.first_month + parsed.months) - timedelta(days=1)
    partner = None if facts.row["partner"] == WORLD_CODE else facts.row["partner"]
    for row in facts.rows(facts.link("/v1/measures", **NO_SERIES_PARAMETERS, partner=partner)):
        in_force_on = None if row["in_force_on"] is None else date.fromisoformat(row["in_force_on"])
        if in_force_on is None or not base_start < in_force_on <= last_day or not _affects(facts, row):
            continue
        sentence = f"{row['title']} began on {format_date(row['in_force_on'])}, between the two compared periods."
        if in_force_on >= first_day(parsed.first_month):
            sentence = f"{row['title']} began on {format_date(row['in_force_on'])}, within the period."
        figures = (FactFigure("in_force_on", row["in_force_on"], "date"),)
        yield Fact("measure", sentence, f"/v1/measures/{row['measure']}", figures)


def _affects(facts: SeriesFacts, measure: FactRow) -> bool:
    """Return whether a measure affects the flow, and the commodity where the series is not the total."""
    codes = {commodity.split(":")[1] for commodity in measure["goods"]}
    is_affected = facts.row["commodity"] == TOTAL_CODE or not codes or facts.row["commodity"] in codes
    return facts.row["flow"] in measure["flows"] and is_affected
