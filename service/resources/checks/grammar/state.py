"""The state of reading a text: its context, and the subjects and periods that clauses inherit from earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from service.resources.checks.grammar.alternatives import NamedDimensions
from service.resources.checks.grammar.periods.mentions import PeriodMention
from service.resources.checks.grammar.subjects import Subject
from service.resources.checks.grammar.words.lexicon import Item


@dataclass(frozen=True)
class TextContext:
    """The facts about a text that are known before it is read.

    `reporter` is the reporter of the request, else the one that the text names, else an assumed one: the reporter with
    the most releases. It is null where nothing is loaded. `reporters` are the codes of the reporters with loaded
    figures. `newest_month` is the last month that the text can be about, as year * 12 + month - 1. `families` are the
    families of classifications in use, by reporter.
    """

    reporter: str | None
    reporters: frozenset[str]
    newest_month: int
    families: dict[str, tuple[str, ...]]
    is_reporter_assumed: bool = False


@dataclass
class ReadingState:
    """The state of reading: the subject and the period of earlier clauses, and the properties of the current sentence.

    `is_share` says that the previous number of the sentence is a share, and `share_subject` is its subject.
    `comparison` is the kind of growth that an earlier clause without a number states for later ones, as in `month on
    month, exports fell 24 %`. `is_earlier_year` says that the clause before states that time, as in `a year earlier,
    exports were 6.55 trillion`. `is_series_clear` says that the clauses on the current subject name it in words that
    the grammar understands. `has_unknown_partner` says that the sentence has a partner that the grammar does not know.
    `has_forecast` says that the clause before is a forecast without a number. `place` is the area that a clause states
    for the next ones, as in `In Vietnam, imports fell`. `text` is the whole text, `items` are the items of the current
    sentence.
    """

    subject: Subject | None = None
    earlier_subject: Subject | None = None
    sentence_subject: Subject | None = None
    period: PeriodMention | None = None
    sentence_period: PeriodMention | None = None
    reporter: str | None = None
    direction: int = 0
    is_adjusted: bool = False
    blocks: set[str] = field(default_factory=set)
    currency: str | None = None
    flow: str | None = None
    has_quantity: bool = False
    is_share: bool = False
    share_subject: Subject | None = None
    comparison: str | None = None
    is_earlier_year: bool = False
    is_later_period: bool = False
    is_series_clear: bool = True
    has_unknown_partner: bool = False
    has_forecast: bool = False
    place: str | None = None
    base: PeriodMention | None = None
    is_base_known: bool = True
    text: str = ""
    items: Sequence[Item] = ()
    areas: list[str] = field(default_factory=list)
    named: NamedDimensions = field(default_factory=NamedDimensions)
