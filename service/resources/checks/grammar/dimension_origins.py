"""The origin of each dimension of a claim: its sentence, an earlier one, the day of publication, or a default."""

from collections.abc import Iterator
from typing import Any

from service.resources.checks.claims import DimensionOrigin
from service.resources.checks.grammar.clauses import Clause
from service.resources.checks.grammar.periods.mentions import PeriodMention
from service.resources.checks.grammar.state import ReadingState, TextContext
from service.resources.checks.grammar.subjects import Subject

AREA_KINDS = ("area", "adjective")


def dimension_origins(
    clause: Clause,
    subject: Subject,
    mention: PeriodMention | None,
    period_origin: str,
    state: ReadingState,
    *,
    reporter: str,
    context: TextContext,
) -> tuple[DimensionOrigin, ...]:
    """Return, for each dimension of a claim, its origin and the words of the sentence that state it.

    The dimensions are reporter, partner, flow, commodity and period. `mention` is the period as the text names it, null
    where it names none, and `period_origin` is the origin of this mention, such as `text` or `previous sentence`.
    """
    return (
        _reporter_origin(clause, state, reporter=reporter, context=context),
        *_subject_origins(clause, subject, state),
        _period_origin(clause, mention, period_origin, state),
    )


def _reporter_origin(clause: Clause, state: ReadingState, *, reporter: str, context: TextContext) -> DimensionOrigin:
    words = _words(clause, state, AREA_KINDS, reporter)
    if words is not None:
        return DimensionOrigin("reporter", "text", words)
    is_earlier = state.reporter is not None or context.reporter is None
    return DimensionOrigin("reporter", "previous sentence" if is_earlier else "default")


def _subject_origins(clause: Clause, subject: Subject, state: ReadingState) -> Iterator[DimensionOrigin]:
    values = {
        "partner": (AREA_KINDS, subject.partner),
        "flow": (("flow", "balance"), subject.flow or subject.balance),
        "commodity": (("commodity",), subject.commodity),
    }
    for name, (kinds, value) in values.items():
        words = None if value is None else _words(clause, state, kinds, value)
        origin = "text" if words is not None else "default" if value is None else "previous sentence"
        yield DimensionOrigin(name, origin, words)


def _period_origin(clause: Clause, mention: PeriodMention | None, origin: str, state: ReadingState) -> DimensionOrigin:
    words = None if mention is None else _words(clause, state, ("period",), mention)
    if mention is not None and mention.year is None and origin == "text":
        origin = "published"
    return DimensionOrigin("period", origin, None if words is None else words.removesuffix("."))


def _words(clause: Clause, state: ReadingState, kinds: tuple[str, ...], value: Any) -> str | None:
    """Return the words of the clause, else of its sentence, that state a value; null where none do."""
    for item in (*clause.items, *state.items):
        if item.kind in kinds and item.value == value:
            return state.text[item.start : item.end]
    return None
