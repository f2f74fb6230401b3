"""Paths of SDMX REST 1.5 and 2.2 whose last parts may be left out, which then have the defaults of the standard."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request

from service.api.parameters.strict_parser import load_parameters
from service.errors import InvalidRequest, NotFound, ParameterError
from service.resources.sdmx.identifiers import DIMENSIONS, TIME_DIMENSION
from service.resources.sdmx.message_responses import availability_response, data_response, structure_response
from service.resources.sdmx.references import EMPTY_TYPES, REFERENCED_TYPES
from service.resources.sdmx.schemas import (
    AvailabilityParams,
    DataParams,
    StructureParams,
    Version3AvailabilityParams,
    Version3DataParams,
)

blueprint = Blueprint("sdmx_paths", __name__, url_prefix="/sdmx")
CONTEXTS = ("dataflow", "datastructure", "*")
ALL_RESOURCES = ("all", "*")
NO_ATTRIBUTES = ("none", "msd")
"""Values of `attributes` without an attribute; `msd` means those of reference metadata, of which there are none."""
FILTER_PATTERN = re.compile(r"c\[(\w+)\]")
TIME_OPERATORS = {"ge": "startPeriod", "gt": "startPeriod", "le": "endPeriod", "lt": "endPeriod"}


@blueprint.get("/2.1/<any(data, availableconstraint):resource>/<flow>/<path:parts>")
@blueprint.get("/2.1/<any(availableconstraint):resource>/<flow>")
def get_observations(resource: str, flow: str, parts: str = "") -> Response:
    """Return data or, for the resource `availableconstraint`, the available codes and periods, by SDMX REST 1.5.

    `parts` is the end of the path, `key/provider/component` for availability and `key/provider` for data; parts that
    are left out have the defaults of the standard.
    """
    key, provider, component = _path_parts(parts, ("all", "all", "all"))
    _check_provider(provider)
    if resource == "data":
        return data_response(flow, key, load_parameters(DataParams(), request.args))
    return availability_response(flow, key, component, load_parameters(AvailabilityParams(), request.args))


@blueprint.get("/2.1/<artefact_type>")
@blueprint.get("/2.1/<artefact_type>/<path:parts>")
def get_artefacts(artefact_type: str, parts: str = "") -> Response:
    """Return structural artefacts, such as code lists, by SDMX REST 1.5.

    `parts` is the end of the path, `agency/name/version/item`; parts that are left out have the defaults of the
    standard. The item has no effect: a scheme or code list is always returned as a whole.
    """
    agency, name, version, _item = _path_parts(parts, ("all", "all", "latest", "all"))
    if name == "latest":  # pandaSDMX leaves out the name before the version
        name = "all"
    _check_artefact_type(artefact_type)
    parameters = load_parameters(StructureParams(), request.args)
    return structure_response(artefact_type, parameters, agency=agency, name=name, version=version)


@blueprint.get("/3.0/structure")
@blueprint.get("/3.0/structure/<artefact_type>")
@blueprint.get("/3.0/structure/<artefact_type>/<path:parts>")
def get_version_3_artefacts(artefact_type: str = "*", parts: str = "") -> Response:
    """Return structural artefacts, such as code lists, by SDMX REST 2.2.

    `parts` is the end of the path, `agency/name/version/item`; parts that are left out have the defaults of the
    standard. The item has no effect: a scheme or code list is always returned as a whole.
    """
    agency, name, version, _item = _path_parts(parts, ("*", "*", "~", "*"))
    artefact_type = "structure" if artefact_type in ALL_RESOURCES else artefact_type
    _check_artefact_type(artefact_type)
    parameters = load_parameters(StructureParams(), request.args)
    return structure_response(artefact_type, parameters, agency=agency, name=name, version=version, is_version_3=True)


@blueprint.get("/3.0/<any(data, availability):resource>")
@blueprint.get("/3.0/<any(data, availability):resource>/<context>")
@blueprint.get("/3.0/<any(data, availability):resource>/<context>/<path:parts>")
def get_version_3_observations(resource: str, context: str = "*", parts: str = "") -> Response:
    """Return data or, for the resource `availability`, the available codes and periods, by SDMX REST 2.2.

    `context` is `dataflow`, `datastructure` or `*`. `parts` is the end of the path,
    `agency/flow/version/key/component`; parts that are left out have the defaults of the standard.
    """
    if context not in CONTEXTS:
        raise NotFound(f"There is no context {context[:100]}; there are {', '.join(CONTEXTS)}.")
    agency, flow, version, key, component = _path_parts(parts, ("*", "*", "~", "*", "*"))
    reference = ",".join((agency, flow, version))
    arguments, filters = _split_filters(request.args.items(multi=True))
    if resource == "data":
        parameters = load_parameters(Version3DataParams(), arguments)
        # A day of the standard's own parameter counts for the extension of SDMX 2.1 too.
        parameters["as_of"] = parameters.pop("as_of_day", None) or parameters.get("as_of")
        if parameters.pop("attributes") in NO_ATTRIBUTES and parameters["detail"] == "full":
            parameters["detail"] = "dataonly"
        if parameters.pop("measures") == "none":
            parameters["detail"] = "nodata" if parameters["detail"] == "full" else "serieskeysonly"
        return data_response(reference, key, parameters | {"filters": filters}, is_version_3=True)
    parameters = load_parameters(Version3AvailabilityParams(), arguments)
    return availability_response(reference, key, component, parameters | {"filters": filters}, is_version_3=True)


def _path_parts(path: str, defaults: Sequence[str]) -> list[str]:
    """Return the parts of a path, with the default of each that is missing.

    :raises NotFound: there are more parts than defaults.
    """
    parts = path.rstrip("/").split("/") if path.strip("/") else []
    if len(parts) > len(defaults):
        raise NotFound(f"The path has {len(parts) - len(defaults)} parts more than the standard allows.")
    return [part or default for part, default in zip(parts, defaults, strict=False)] + list(defaults[len(parts) :])


def _check_provider(provider: str) -> None:
    names = {part.upper() for part in re.split(r"[,+]", provider)}
    if not names & {"ALL", "*", "TRADEFLOWS"}:
        raise NotFound(f"There are no data of the provider {provider[:100]}; the provider is TRADEFLOWS.")


def _check_artefact_type(artefact_type: str) -> None:
    if artefact_type in EMPTY_TYPES:
        raise NotFound(f"There are no artefacts of the type {artefact_type}.")
    if artefact_type not in REFERENCED_TYPES:
        raise NotFound(f"There is no resource {artefact_type[:100]}; there are {', '.join(REFERENCED_TYPES)}, data.")


def _split_filters(arguments: Any) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the parameters apart from component filters, and the codes by dimension; periods become parameters.

    :raises InvalidRequest: a filter has an operator or a component that is not supported.
    """
    texts: dict[str, str] = {}
    filters: dict[str, tuple[str, ...]] = {}
    for name, text in arguments:
        match = FILTER_PATTERN.fullmatch(name)
        if match is None:
            texts[name] = text
        elif match[1] == TIME_DIMENSION:
            texts |= _period_bounds(name, text)
        elif match[1] in DIMENSIONS and not re.match(r"(ne|lt|le|gt|ge|co|nc|sw|ew):", text):
            filters[match[1]] = tuple(part.removeprefix("eq:") for part in text.split(","))
        else:
            reason = f"filters are lists of codes of {', '.join(DIMENSIONS)}, and bounds of {TIME_DIMENSION}"
            raise InvalidRequest(ParameterError(name, text, reason))
    return texts, filters


def _period_bounds(name: str, text: str) -> dict[str, str]:
    bounds: dict[str, str] = {}
    for part in re.split(r"[+ ]", text):
        operator, separator, period = part.partition(":")
        if not separator:
            bounds |= {"startPeriod": part, "endPeriod": part}
        elif operator == "eq":
            bounds |= {"startPeriod": period, "endPeriod": period}
        elif operator in TIME_OPERATORS and operator in {"ge", "le"}:
            bounds[TIME_OPERATORS[operator]] = period
        else:
            raise InvalidRequest(ParameterError(name, text, "periods have the operators eq, ge and le"))
    return bounds
