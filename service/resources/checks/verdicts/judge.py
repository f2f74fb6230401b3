"""The verdict on each claim: its readings compared with the figures as known on the day of the text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from service.api.database.context import Context
from service.resources.checks.claims import Claim, Reading
from service.resources.checks.grammar.periods.resolution import shift_period
from service.resources.checks.verdicts.comparison import (
    agrees,
    is_close,
    is_truncated,
    is_usual_revision,
    printed_number,
    satisfies_bound,
)
from service.resources.checks.verdicts.exchange import (
    EARLIER_BUSINESS_DAYS,
    RELEASE_LAG_BUSINESS_DAYS,
    Rate,
    RateReader,
)
from service.resources.checks.verdicts.figures import (
    Cell,
    FigureReader,
    datasets_by_other_valuation,
    has_later_release,
    has_revisions,
    monthly_datasets,
    next_release_days,
    period_end,
)
from service.resources.checks.verdicts.reading_figures import RECORDS, is_rank_certain, reading_cell, reading_figure

PROVISIONAL_STATUSES = frozenset({"P", "E"})
FIRST_MEASURES = frozenset(each for each in RECORDS if each.endswith(("rise", "decline", "surplus", "deficit")))
COUNTED_UNITS = frozenset({"months", "rank"})
"""Units of whole numbers, of which a neighbouring one is simply wrong."""
DIFFERENCES = frozenset({"off", "contradicted"})
MAX_FITTING_READINGS = 5
VERDICTS = ("holds", "near", "off", "contradicted", "cannot_be_checked")


@dataclass(frozen=True)
class Outcome:
    """A reading with the official figure and the printed number.

    `figure` is null where it is not known. `rate` is the exchange rate of a converted amount; null for other numbers.
    """

    reading: Reading
    cell: Cell
    figure: Decimal | None
    printed: Decimal
    rate: Rate | None = None


@dataclass(frozen=True)
class Verdict:
    """The verdict on a claim, its reason, the outcome that decided it, and the outcomes of its other readings.

    `latest` is the outcome by the newest figures; null where it equals the outcome by the figures as known on the day
    of the text.
    """

    claim: Claim
    verdict: str
    reason: str | None = None
    outcome: Outcome | None = None
    candidates: tuple[Outcome, ...] = ()
    latest: Outcome | None = None


@dataclass
class Judge:
    """Judge of the claims of one text, by the figures as known on the day `published`; null for the newest figures."""

    context: Context
    published: date | None
    reader: FigureReader
    rates: RateReader
    _datasets: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def judge(self, claims: Sequence[Claim]) -> list[Verdict]:
        """Return the verdict on each claim."""
        self._load(reading for claim in claims for reading in claim.readings)
        first_verdicts = [self._judge_claim(claim) for claim in claims if claim.conversion_source is None]
        self._load(
            reading
            for verdict in first_verdicts
            if verdict.verdict in DIFFERENCES
            for reading in verdict.claim.alternatives()
        )
        own_verdicts = iter(self._judge_alternatives(verdict) for verdict in first_verdicts)
        verdicts: list[Verdict] = []
        for claim in claims:
            source = None if claim.conversion_source is None else verdicts[claim.conversion_source]
            verdicts.append(next(own_verdicts) if source is None else self._judge_conversion(claim, source))
        return verdicts

    def _load(self, readings: Iterable[Reading]) -> None:
        """Read the figures of readings in few requests."""
        pairs = [(reading, cell) for reading in dict.fromkeys(readings) for cell in self._cells(reading)]
        self.reader.load(cell for _, cell in pairs)
        if self.published is not None:
            self.reader.load(self._newest_cell(cell) for _, cell in pairs)
            missing = [cell for reading, cell in pairs if reading_figure(self.reader, reading, cell) is None]
            self.reader.load(later for cell in missing for later in self._cells_of_next_releases(cell))

    def _judge_alternatives(self, verdict: Verdict) -> Verdict:
        """Return the verdict, `ambiguous` for a difference that another reading of the sentence explains."""
        if verdict.verdict not in DIFFERENCES or verdict.outcome is None:
            return verdict
        claim = verdict.claim
        is_approximate = verdict.verdict == "contradicted" and claim.quantity.unit not in COUNTED_UNITS
        is_explained = is_close if is_approximate else agrees
        fitting = [
            outcome
            for reading in claim.alternatives()
            for outcome in self._outcomes(claim, reading)
            if outcome.figure is not None and is_explained(claim.quantity, outcome.printed, outcome.figure)
        ]
        if not fitting:
            return verdict
        return Verdict(claim, "cannot_be_checked", "ambiguous", verdict.outcome, tuple(fitting[:MAX_FITTING_READINGS]))

    def _judge_claim(self, claim: Claim) -> Verdict:
        if claim.reason is not None:
            return Verdict(claim, "cannot_be_checked", claim.reason)
        outcomes = [outcome for reading in claim.readings for outcome in self._outcomes(claim, reading)]
        known_outcomes = [outcome for outcome in outcomes if outcome.figure is not None]
        if not known_outcomes:
            return Verdict(
                claim, "cannot_be_checked", self._reason_without_figure(claim.readings[0]), next(iter(outcomes), None)
            )
        for outcome in known_outcomes:
            if agrees(claim.quantity, outcome.printed, _figure(outcome)):
                return self._holding_verdict(claim, outcome)
        return self._differing_verdict(claim, known_outcomes, is_complete=len(known_outcomes) == len(outcomes))

    def _holding_verdict(self, claim: Claim, outcome: Outcome) -> Verdict:
        if outcome.reading.measure == "rank" and not self._is_rank_known(outcome):
            return Verdict(claim, "cannot_be_checked", "not_covered", outcome)
        if claim.level_direction and self._level_direction(claim, outcome) != claim.level_direction:
            return Verdict(claim, "cannot_be_checked", "other_direction", outcome)
        late = self.published is not None and outcome.cell.as_of != self.published
        reason = "first_release_after" if late else None
        return Verdict(claim, "holds", reason, outcome, latest=self._latest(outcome))

    def _level_direction(self, claim: Claim, outcome: Outcome) -> int:
        """Return the direction in which a value moved on the year before, or on the month before; 0 for none."""
        measure = "balance_size_change" if outcome.reading.measure == "balance" else "yoy_change"
        if claim.is_on_month:
            measure = "pop_pct"
        row = self.reader.row(outcome.cell)
        if row is None or (claim.is_on_month and "pop_pct" not in row):
            return 0
        change = reading_figure(self.reader, replace(outcome.reading, measure=measure), outcome.cell)
        return 0 if change is None else (change > 0) - (change < 0)

    def _differing_verdict(self, claim: Claim, known_outcomes: Sequence[Outcome], *, is_complete: bool) -> Verdict:
        main, candidates = known_outcomes[0], tuple(known_outcomes[1:])
        for outcome in known_outcomes:
            reason = self._explanation(claim, outcome)
            if reason is not None:
                return Verdict(claim, "near", reason, outcome, latest=self._latest(outcome))
        close = [outcome for outcome in known_outcomes if is_close(claim.quantity, outcome.printed, _figure(outcome))]
        if close and claim.quantity.unit not in COUNTED_UNITS and claim.is_confident:
            return Verdict(claim, "off", None, close[0], latest=self._latest(close[0]))
        is_bounded = any(satisfies_bound(claim.quantity, each.printed, _figure(each)) for each in known_outcomes)
        if not (claim.is_confident and is_complete) or is_bounded or self._is_undecided(main):
            return Verdict(claim, "cannot_be_checked", "ambiguous", main, candidates)
        return Verdict(claim, "contradicted", None, main, candidates, latest=self._latest(main))

    def _is_undecided(self, outcome: Outcome) -> bool:
        """Return whether a difference of a streak or record proves nothing.

        A streak may be longer than the data. A record that goes back further than the text says is true as well, and
        texts count the months since the first month of another sign differently. A record of all times is 0 months.
        """
        if outcome.reading.measure == "streak_length" and _figure(outcome) * outcome.printed < 0:
            return False
        if outcome.reading.measure == "rank":
            return _figure(outcome) < outcome.printed and not self._is_rank_known(outcome)
        if outcome.reading.measure == "streak_length" and not outcome.reading.flow.startswith("balance"):
            return not self._is_streak_start_known(outcome)
        if outcome.reading.measure in FIRST_MEASURES:
            return abs(_figure(outcome) - outcome.printed) <= 1 and _figure(outcome) != 0
        is_ever = outcome.printed == 0
        return outcome.reading.measure in RECORDS and _figure(outcome) > outcome.printed and not is_ever

    def _explanation(self, claim: Claim, outcome: Outcome) -> str | None:
        """Return the one change that explains a difference; null where none does."""
        quantity, printed, figure = claim.quantity, outcome.printed, _figure(outcome)
        if quantity.unit in COUNTED_UNITS or quantity.growth_word or figure * printed < 0:
            return None
        latest = self._latest(outcome)
        if latest is not None and latest.figure is not None and agrees(quantity, printed, latest.figure):
            return "later_release"
        if self._holds_on_revised_base(claim, outcome):
            return "base_revised"
        if is_truncated(quantity, printed, figure):
            return "truncated"
        if self._holds_at_other_valuation(claim, outcome):
            return "other_valuation"
        row = self.reader.row(outcome.cell) or {}
        is_provisional = row.get("obs_status", "P") in PROVISIONAL_STATUSES
        is_usual = is_provisional and is_usual_revision(quantity, printed, figure)
        return "within_revision" if is_usual and has_revisions(self.context, outcome.cell) else None

    def _holds_on_revised_base(self, claim: Claim, outcome: Outcome) -> bool:
        """Return whether growth agrees over the base as it is known today."""
        if outcome.reading.measure != "yoy_pct" or self.published is None:
            return False
        row, latest = self.reader.row(outcome.cell), self.reader.row(self._newest_cell(outcome.cell))
        if not row or not latest or row["value"] is None or not latest["yoy_base"]:
            return False
        growth = 100 * (Decimal(row["value"]) / Decimal(latest["yoy_base"]) - 1)
        return agrees(claim.quantity, outcome.printed, growth)

    def _holds_at_other_valuation(self, claim: Claim, outcome: Outcome) -> bool:
        """Return whether a figure agrees in a dataset of the reporter with another valuation of the flow."""
        cells = [
            replace(outcome.cell, dataset=code)
            for code in datasets_by_other_valuation(self.context, outcome.reading.reporter, outcome.reading.flow)
        ]
        figures = [reading_figure(self.reader, outcome.reading, cell) for cell in cells]
        return any(each is not None and agrees(claim.quantity, outcome.printed, each) for each in figures)

    def _is_rank_known(self, outcome: Outcome) -> bool:
        """Return whether no partner without a figure can have a higher rank; else the true rank may be lower."""
        row = self.reader.row(outcome.cell)
        return row is not None and is_rank_certain(self.reader, row, outcome.cell)

    def _is_streak_start_known(self, outcome: Outcome) -> bool:
        """Return whether the series shows growth of the other direction before a streak; else it may be longer."""
        period = shift_period(outcome.reading.period, months=-abs(int(_figure(outcome))))
        row = self.reader.row(replace(outcome.cell, period=period))
        return row is not None and row["yoy_pct"] is not None

    def _judge_conversion(self, claim: Claim, source: Verdict) -> Verdict:
        """Return the verdict on an amount that repeats the one before it in another currency."""
        outcome, amount = source.outcome, source.claim.quantity
        if outcome is None or outcome.figure is None or claim.quantity.currency is None:
            return Verdict(claim, "cannot_be_checked", source.reason or "ambiguous")
        base = amount.currency or self._currency(outcome.cell)
        days = [self.published] if self.published else self._release_days(outcome.reading)
        earlier_days = EARLIER_BUSINESS_DAYS if self.published else RELEASE_LAG_BUSINESS_DAYS
        currency, period = claim.quantity.currency, outcome.reading.period
        rates = list(self.rates.rates(base, currency, period, days, earlier_days=earlier_days))
        if not rates:
            return Verdict(claim, "cannot_be_checked", "not_covered", outcome)
        sign = 1 if outcome.printed >= 0 else -1
        printed = sign * abs(claim.quantity.number * claim.quantity.scale)
        conversions = [
            replace(outcome, printed=printed, figure=outcome.printed * rate.rate, rate=rate) for rate in rates
        ]
        fitting = [each for each in conversions if agrees(claim.quantity, printed, _figure(each))]
        usual = [each for each in fitting if each.rate is not None and each.rate.is_usual]
        if usual and source.verdict == "holds":
            return Verdict(claim, "holds", source.reason, usual[0])
        if fitting and source.verdict in {"holds", "near"}:
            return Verdict(claim, "near", "other_rate" if not usual else source.reason, fitting[0])
        close = [each for each in conversions if is_close(claim.quantity, printed, _figure(each))]
        if close or source.verdict not in {"holds", "near"}:
            verdict = "off" if source.verdict in {"holds", "near", "off"} else source.verdict
            return Verdict(
                claim, verdict, None if verdict != "cannot_be_checked" else source.reason, (close or conversions)[0]
            )
        return Verdict(claim, "contradicted", None, conversions[0], tuple(conversions[1:]))

    def _outcomes(self, claim: Claim, reading: Reading) -> Iterator[Outcome]:
        """Yield the outcome of a reading; of an amount in another currency, one for the rate of each usual day."""
        cells = list(self._cells(reading))
        currency = claim.quantity.currency
        for cell in cells:
            known_cell = cell
            figure = reading_figure(self.reader, reading, cell)
            if figure is None and cell.as_of is not None:
                known_cell, figure = self._first_published(reading, cell)
            if figure is None and cell is not cells[-1]:
                continue
            printed = printed_number(claim.quantity, reading)
            if figure is not None and claim.quantity.unit == "currency" and currency is not None:
                own_currency = self._currency(known_cell)
                if own_currency != currency:
                    yield from self._converted(reading, known_cell, figure, printed, own_currency, currency)
                    return
            yield Outcome(reading, known_cell, figure, printed)
            return

    def _converted(
        self, reading: Reading, cell: Cell, figure: Decimal, printed: Decimal, base: str, currency: str
    ) -> Iterator[Outcome]:
        days = [self.published] if self.published else self._release_days(reading)
        rates = [rate for rate in self.rates.rates(base, currency, reading.period, days) if rate.is_usual]
        for rate in rates:
            yield Outcome(reading, cell, figure * rate.rate, printed, rate)
        if not rates:
            yield Outcome(reading, cell, None, printed)

    def _cells(self, reading: Reading) -> Iterable[Cell]:
        """Return the cells that can have the figure of a reading: one for each monthly dataset that has its code."""
        family = reading.commodity.partition("/")[0] if "/" in reading.commodity else None
        if reading.reporter not in self._datasets:
            self._datasets[reading.reporter] = monthly_datasets(self.context, reading.reporter)
        datasets = self._datasets[reading.reporter]
        codes = [code for code, dataset_family in datasets if family in {None, dataset_family}]
        names: list[str | None] = [None, *codes] if family is None and len(datasets) > 1 else list(codes)
        if len(datasets) == 1:
            names = [None]
        return [reading_cell(reading, name, self.published) for name in names]

    def _first_published(self, reading: Reading, cell: Cell) -> tuple[Cell, Decimal | None]:
        """Return the cell as of the first release after the text that has its figure; null where none has."""
        for later in self._cells_of_next_releases(cell):
            figure = reading_figure(self.reader, reading, later)
            if figure is not None:
                return later, figure
        return cell, None

    def _cells_of_next_releases(self, cell: Cell) -> list[Cell]:
        """Return the cell as of each release after the text; none where the text precedes the end of the period."""
        assert cell.as_of is not None
        if period_end(cell.period, reporter=cell.reporter) > cell.as_of:
            return []
        return [replace(cell, as_of=day) for day in next_release_days(self.context, cell.reporter, cell.as_of)]

    def _newest_cell(self, cell: Cell) -> Cell:
        """Return the cell as known today: the same where nothing was published after its day."""
        is_newest = cell.as_of is not None and not has_later_release(self.context, cell.reporter, cell.as_of)
        return cell if is_newest else replace(cell, as_of=None)

    def _release_days(self, reading: Reading) -> list[date]:
        """Return the day of the first release after the end of a period."""
        return next_release_days(self.context, reading.reporter, period_end(reading.period, reporter=reading.reporter))[
            :1
        ]

    def _currency(self, cell: Cell) -> str:
        row = self.reader.row(cell)
        return "" if row is None else str(row["currency"])

    def _latest(self, outcome: Outcome) -> Outcome | None:
        """Return the outcome on the newest figures; null where it does not differ."""
        cell = self._newest_cell(outcome.cell)
        if cell == outcome.cell or outcome.rate is not None:
            return None
        figure = reading_figure(self.reader, outcome.reading, cell)
        return None if figure is None or figure == outcome.figure else replace(outcome, cell=cell, figure=figure)

    def _reason_without_figure(self, reading: Reading) -> str:
        if reading.measure in RECORDS and any(self.reader.row(cell) is not None for cell in self._cells(reading)):
            return "not_enough_history"
        if self.published is not None:
            for cell in self._cells(reading):
                if reading_figure(self.reader, reading, self._newest_cell(cell)) is not None:
                    return "not_published_by_then"
            if period_end(reading.period, reporter=reading.reporter) > self.published:
                return "not_published_by_then"
        return "not_covered"


def _figure(outcome: Outcome) -> Decimal:
    assert outcome.figure is not None
    return outcome.figure
