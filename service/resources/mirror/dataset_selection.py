"""Which dataset answers for each side."""

from collections.abc import Sequence

from service.api.resolution.dataset_selection import choose_dataset, fitting_datasets
from service.api.resolution.reference_data import TOTAL
from service.domain.flows import FLOWS
from service.domain.periods import ranges_within
from service.models import Area, Dataset
from service.resources.mirror.common_periods import with_latest
from service.resources.mirror.queries import periods_published
from service.resources.mirror.request import Question

ANY_MONTH = (0, 32_767)


def both_datasets(question: Question, reporter: Area, partner: Area) -> tuple[Dataset | None, Dataset | None]:
    """Return the reporter's dataset, that which answers anywhere else, and the partner's; null where there is none.

    The partner's is the one asked for, or else the one that has published most of what is asked, of equals the one
    that would answer for the partner anyway; where single goods are asked for, one of the reporter's edition first.

    :raises InvalidRequest: there is no such classification, or a side has no such dataset.
    """
    own = choose_dataset(question.session, question.reference, reporter, question.asked)
    asked = dict(question.asked) | ({} if own is None else {"classification": None})
    fitting = fitting_datasets(question.session, question.reference, partner, asked, named_by="mirror_dataset")
    if not fitting:
        return own, None
    published = _periods_published(question, fitting)

    def preference(dataset: Dataset) -> tuple[bool, int]:
        single_goods = own is not None and question.asked["commodity"] != (TOTAL,)
        comparable = not single_goods or (own is not None and dataset.classification_id == own.classification_id)
        return comparable, published.get(dataset.id, 0)

    return own, max(fitting, key=preference)


def _periods_published(question: Question, datasets: Sequence[Dataset]) -> dict[int, int]:
    query = periods_published(
        [dataset.id for dataset in datasets],
        flows=[FLOWS[flow] for flow in question.mirrored],
        within=ranges_within(with_latest(question.periods, None), ANY_MONTH, step=question.step),
        as_of=question.as_of,
    )
    return {row.dataset_id: row.periods for row in question.session.execute(query)}
