"""Responses with SDMX messages, for the paths of SDMX REST 1.5 and 2.2."""

from typing import Any

from flask import Response

from service.api.database.request_context import require_bulk_scope
from service.api.responses.respond import respond
from service.resources.sdmx.availability import AVAILABILITY
from service.resources.sdmx.media_types import (
    DATA_FORMATS,
    LABELS_SUFFIX,
    STRUCTURE_FORMATS,
    is_csv,
    negotiate_sdmx_format,
    requests_labels,
)
from service.resources.sdmx.service import DATA, STRUCTURE


def data_response(dataflow: str, key: str, parameters: dict[str, Any], *, is_version_3: bool = False) -> Response:
    """Return a message with the observations of a dataflow that match a key."""
    require_bulk_scope("a message of SDMX data")
    from service.resources.sdmx.rendering import render_data  # noqa: PLC0415 - the library of messages takes 0.5 s to import

    format_name = negotiate_sdmx_format(DATA_FORMATS, is_version_3=is_version_3)
    if is_csv(format_name) and requests_labels():
        format_name += LABELS_SUFFIX
    all_parameters = parameters | {"dataflow": dataflow, "key": key}
    return respond(DATA, all_parameters, render=render_data, format_name=format_name)


def structure_response(
    artefact_type: str,
    parameters: dict[str, Any],
    *,
    agency: str = "all",
    name: str = "all",
    version: str = "latest",
    is_version_3: bool = False,
) -> Response:
    """Return a message with the artefacts of a type and a name."""
    from service.resources.sdmx.rendering import render_structure  # noqa: PLC0415 - as above

    format_name = negotiate_sdmx_format(STRUCTURE_FORMATS, is_version_3=is_version_3)
    path = {"artefact_type": artefact_type, "agency": agency, "name": name, "version": version}
    return respond(
        STRUCTURE,
        {"references": parameters["references"], **path},
        render=render_structure,
        format_name=format_name,
    )


def availability_response(
    dataflow: str, key: str, component: str, parameters: dict[str, Any], *, is_version_3: bool = False
) -> Response:
    """Return a message with the codes and periods of the figures that match a key."""
    from service.resources.sdmx.rendering import render_structure  # noqa: PLC0415 - as above

    format_name = negotiate_sdmx_format(STRUCTURE_FORMATS, is_version_3=is_version_3)
    all_parameters = parameters | {"dataflow": dataflow, "key": key, "component": component}
    return respond(AVAILABILITY, all_parameters, render=render_structure, format_name=format_name)
