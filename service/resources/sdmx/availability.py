"""Availability of data: an SDMX content constraint with the codes and periods that have figures."""

from typing import Any

from service.api.database.context import Context
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan
from service.domain.flows import FLOW_CODES
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import first_day
from service.errors import NotFound
from service.resources.sdmx.codelists import available_codelists, codelists_of_dataset
from service.resources.sdmx.identifiers import AGENCY, DIMENSIONS, TIME_DIMENSION, VERSION, sdmx_id
from service.resources.sdmx.key import find_dataset, parse_keys, resolve_scopes
from service.resources.sdmx.media_types import STRUCTURE_FORMATS
from service.resources.sdmx.queries import available_keys
from service.resources.sdmx.references import ARTEFACT_TYPES, CODES
from service.resources.sdmx.service import SdmxStructure

ALL_COMPONENTS = ("all", "*", "")
AVAILABILITY_REFERENCES = {
    "none": (),
    "all": ARTEFACT_TYPES,
    "datastructure": ("datastructure",),
    "conceptscheme": ("conceptscheme",),
    "codelist": ("codelist",),
    "dataflow": ("dataflow",),
    "children": ("dataflow",),
    "descendants": ("dataflow", "datastructure", *CODES),
}


def load_availability(context: Context, plan: Plan) -> SdmxStructure:
    """Return the constraint of a dataflow: the codes of each dimension, and the periods, of figures that match a key.

    :raises NotFound: the dataflow is unknown, or has no such figure.
    """
    parameters, reference = plan.request.parameters, context.reference
    dataset = find_dataset(reference, parameters["dataflow"])
    values: dict[str, set[str]] = {name: set() for name in DIMENSIONS}
    spans: list[tuple[int, int]] = []
    series_count = observation_count = 0
    commodities = reference.commodities(context.session, dataset.classification_id).commodity_by_id
    for key in parse_keys(parameters["key"], parameters.get("filters", {})):
        for frequency, scope in resolve_scopes(context, dataset, key, parameters).items():
            row = context.fetch(available_keys(scope)).rows[0]
            flows, partners, commodity_ids, first, last, observations, series = row
            if not observations:
                continue
            values["FREQ"].add(frequency)
            values["REPORTER"].add(sdmx_id(reference.areas[dataset.reporter_id].code))
            values["FLOW"].update(FLOW_CODES[flow] for flow in flows)
            values["PARTNER"].update(sdmx_id(reference.areas[partner].code) for partner in partners)
            values["COMMODITY"].update(sdmx_id(commodities[commodity].code) for commodity in commodity_ids)
            spans.append((first, last + MONTHS_PER_PERIOD[frequency]))
            series_count, observation_count = series_count + series, observation_count + observations
    if not spans:
        raise NotFound(f"The dataflow {dataset.code} has no observation of {parameters['key'] or 'all'}.")
    component = parameters["component"]
    names = [name for name in (*DIMENSIONS, TIME_DIMENSION) if component in (*ALL_COMPONENTS, name)]
    if not names:
        raise NotFound(
            f"There is no dimension {component[:100]}; there are {', '.join((*DIMENSIONS, TIME_DIMENSION))}."
        )
    constraint = _constraint(
        dataset.code,
        {name: sorted(values[name]) for name in names if name != TIME_DIMENSION},
        span=(min(first for first, _ in spans), max(end for _, end in spans)) if TIME_DIMENSION in names else None,
        counts=(series_count, observation_count),
    )
    return SdmxStructure(
        reference,
        [dataset],
        available_codelists(context.session, reference),
        AVAILABILITY_REFERENCES[parameters["references"]],
        set(codelists_of_dataset(reference, dataset).values()),
        [constraint],
    )


def _constraint(
    dataset_code: str, values: dict[str, list[str]], *, span: tuple[int, int] | None, counts: tuple[int, int]
) -> Any:
    from pysdmx.model import AvailabilityConstraint, ConstraintAttachment, CubeKeyValue, CubeRegion, CubeValue  # noqa: PLC0415 - the library takes 0.5 s to import
    from pysdmx.model.constraint import CubeTimeRange, TimePeriodBoundary  # noqa: PLC0415 - as above

    key_values = [CubeKeyValue(id=name, values=[CubeValue(value) for value in codes]) for name, codes in values.items()]
    if span is not None:
        start, end = (f"{first_day(month)}T00:00:00Z" for month in span)
        time_range = CubeTimeRange(
            start_period=TimePeriodBoundary(start), end_period=TimePeriodBoundary(end, is_inclusive=False)
        )
        key_values.append(CubeKeyValue(id=TIME_DIMENSION, time_range=time_range))
    urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={AGENCY}:{dataset_code}({VERSION})"
    return AvailabilityConstraint(
        constraint_attachment=ConstraintAttachment(data_provider=None, dataflows=[urn]),
        cube_region=CubeRegion(key_values=key_values),
        series_count=counts[0],
        obs_count=counts[1],
    )


AVAILABILITY = DocumentResource(load_availability, tuple(STRUCTURE_FORMATS))
