"""The media types of SDMX messages, and content negotiation."""

from collections.abc import Mapping

from flask import request

from service.api.contract.formats import Format
from service.errors import NotAcceptable, ParameterError

STRUCTURE_FORMATS = {
    "structure": Format(
        "application/vnd.sdmx.structure+xml;version=2.1", "The artefacts, as an SDMX-ML structure message."
    ),
}
DATA_FORMATS = {
    "generic": Format("application/vnd.sdmx.genericdata+xml;version=2.1", "The series, as SDMX-ML generic data."),
    "specific": Format(
        "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
        "The series, as SDMX-ML data specific to their structure.",
    ),
    "csv": Format("application/vnd.sdmx.data+csv;version=1.0.0", "The observations, as SDMX-CSV 1.0."),
}
_GENERIC_MEDIA_TYPES = {"*/*": 0, "application/*": 0, "application/xml": 0, "text/xml": 0, "text/*": -1, "text/csv": -1}
"""Index of the default format for general media types: 0 is the first format, -1 the last."""


def media_type(media_format: Format) -> str:
    """Return the media type of a format, without its version."""
    return media_format.media_type.partition(";")[0]


def negotiate_sdmx_format(formats: Mapping[str, Format]) -> str:
    """Return the name of the format that the Accept header prefers; versions of media types are ignored.

    :raises NotAcceptable: the header accepts none of `formats`.
    """
    names = list(formats)
    name_by_type = {media_type(media_format): name for name, media_format in formats.items()}
    for accepted_type, quality in request.accept_mimetypes or [("*/*", 1)]:
        base_type = accepted_type.partition(";")[0].strip().lower()
        if quality and base_type in name_by_type:
            return name_by_type[base_type]
        if quality and base_type in _GENERIC_MEDIA_TYPES:
            return names[_GENERIC_MEDIA_TYPES[base_type]]
    supported = [media_format.media_type for media_format in formats.values()]
    reason = f"the supported media types are {' and '.join(supported)}"
    raise NotAcceptable(ParameterError("Accept", request.headers.get("Accept", ""), reason, supported))
