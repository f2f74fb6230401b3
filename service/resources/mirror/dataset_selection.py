"""Which dataset answers for each side."""

from collections.abc import Sequence

from service.api.resolution.dataset_selection import choose_dataset, matching_datasets
from service.domain.codes import TOTAL_CODE
from service.domain.flows import FLOWS
from service.domain.periods import resolve_ranges
from service.models import Area, Dataset
from service.resources.mirror.common_periods import replace_latest
from service.resources.mirror.queries import published_period_counts
from service.resources.mirror.request import MirrorRequest

ALL_MONTHS = (0, 32_767)


def select_datasets(request: MirrorRequest, reporter: Area, partner: Area) -> tuple[Dataset | None, Dataset | None]:
    """Return the reporter's dataset, that which answers anywhere else, and the partner's; null where there is none.

    The partner's is the one asked for, or else the one that has published most of what is asked, of equals the one
    that would answer for the partner anyway; where single goods are asked for, one of the reporter's edition first.

    :raises InvalidRequest: there is no such classification, or a side has no such dataset.
    """
    own = choose_dataset(request.session, request.reference, reporter, request.parameters)
    asked = dict(request.parameters) | ({} if own is None else {"classification": None})
    fitting = matching_datasets(request.session, request.reference, partner, asked, dataset_parameter="mirror_dataset")
    if not fitting:
        return own, None
    published = _count_published_periods(request, fitting)

    def preference(dataset: Dataset) -> tuple[bool, int]:
        single_goods = own is not None and request.parameters["commodity"] != (TOTAL_CODE,)
        comparable = not single_goods or (own is not None and dataset.classification_id == own.classification_id)
        return comparable, published.get(dataset.id, 0)

    return own, max(fitting, key=preference)


def _count_published_periods(request: MirrorRequest, datasets: Sequence[Dataset]) -> dict[int, int]:
    query = published_period_counts(
        [dataset.id for dataset in datasets],
        flows=[FLOWS[flow] for flow in request.partner_flows],
        month_ranges=resolve_ranges(
            replace_latest(request.periods, None), ALL_MONTHS, period_months=request.period_months
        ),
        as_of=request.as_of,
    )
    return {row.dataset_id: row.periods for row in request.session.execute(query)}
