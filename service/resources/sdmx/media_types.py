"""The forms of SDMX messages, and which of them a request accepts."""

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
"""Which form is meant by types that name none: the first, or the last."""


def media_type(media_format: Format) -> str:
    """Return the media type of a form, without its version."""
    return media_format.media_type.partition(";")[0]


def negotiate_sdmx_format(formats: Mapping[str, Format]) -> str:
    """Return the name of the one of `forms` that the Accept header likes best, whatever version it asks for.

    :raises NotAcceptable: it likes none.
    """
    names = list(formats)
    by_type = {media_type(form): name for name, form in formats.items()}
    for accepted, quality in request.accept_mimetypes or [("*/*", 1)]:
        kind = accepted.partition(";")[0].strip().lower()
        if quality and kind in by_type:
            return by_type[kind]
        if quality and kind in _GENERIC_MEDIA_TYPES:
            return names[_GENERIC_MEDIA_TYPES[kind]]
    given = [form.media_type for form in formats.values()]
    asked = request.headers.get("Accept", "")
    raise NotAcceptable(ParameterError("Accept", asked, f"the answer is given as {' or '.join(given)}", given))
