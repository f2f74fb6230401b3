"""The forms of SDMX messages, and which of them a request accepts."""

from collections.abc import Mapping

from flask import request

from service.api.serialization.formats import Form
from service.errors import Fault, NotAcceptable

STRUCTURE = {
    "structure": Form(
        "application/vnd.sdmx.structure+xml;version=2.1", "The artefacts, as an SDMX-ML structure message."
    ),
}
DATA = {
    "generic": Form("application/vnd.sdmx.genericdata+xml;version=2.1", "The series, as SDMX-ML generic data."),
    "specific": Form(
        "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
        "The series, as SDMX-ML data specific to their structure.",
    ),
    "csv": Form("application/vnd.sdmx.data+csv;version=1.0.0", "The observations, as SDMX-CSV 1.0."),
}
_GENERAL = {"*/*": 0, "application/*": 0, "application/xml": 0, "text/xml": 0, "text/*": -1, "text/csv": -1}
"""Which form is meant by types that name none: the first, or the last."""


def media_type(form: Form) -> str:
    """Return the media type of a form, without its version."""
    return form.media_type.partition(";")[0]


def form_accepted(forms: Mapping[str, Form]) -> str:
    """Return the name of the one of `forms` that the Accept header likes best, whatever version it asks for.

    :raises NotAcceptable: it likes none.
    """
    names = list(forms)
    by_type = {media_type(form): name for name, form in forms.items()}
    for accepted, quality in request.accept_mimetypes or [("*/*", 1)]:
        kind = accepted.partition(";")[0].strip().lower()
        if quality and kind in by_type:
            return by_type[kind]
        if quality and kind in _GENERAL:
            return names[_GENERAL[kind]]
    given = [form.media_type for form in forms.values()]
    asked = request.headers.get("Accept", "")
    raise NotAcceptable(Fault("Accept", asked, f"the answer is given as {' or '.join(given)}", given))
