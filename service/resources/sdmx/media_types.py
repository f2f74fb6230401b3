"""The media types of SDMX messages, and content negotiation."""

from collections.abc import Mapping

from flask import request

from service.api.contract.formats import Format
from service.errors import NotAcceptable, ParameterError

STRUCTURE_FORMATS = {
    "structure": Format(
        "application/vnd.sdmx.structure+xml;version=2.1", "The artefacts, as an SDMX-ML 2.1 structure message."
    ),
    "structure30": Format(
        "application/vnd.sdmx.structure+xml;version=3.0.0", "The artefacts, as an SDMX-ML 3.0 structure message."
    ),
    "structure31": Format(
        "application/vnd.sdmx.structure+xml;version=3.1.0", "The artefacts, as an SDMX-ML 3.1 structure message."
    ),
    "structure-json": Format("application/vnd.sdmx.structure+json;version=2.0.0", "The artefacts, as SDMX-JSON 2.0."),
}
DATA_FORMATS = {
    "generic": Format("application/vnd.sdmx.genericdata+xml;version=2.1", "The series, as SDMX-ML generic data."),
    "specific": Format(
        "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
        "The series, as SDMX-ML data specific to their structure.",
    ),
    "generic-series": Format(
        "application/vnd.sdmx.generictimeseriesdata+xml;version=2.1", "The series, as SDMX-ML generic time series."
    ),
    "specific-series": Format(
        "application/vnd.sdmx.structurespecifictimeseriesdata+xml;version=2.1",
        "The series, as SDMX-ML time series specific to their structure.",
    ),
    "xml30": Format("application/vnd.sdmx.data+xml;version=3.0.0", "The series, as SDMX-ML 3.0."),
    "xml31": Format("application/vnd.sdmx.data+xml;version=3.1.0", "The series, as SDMX-ML 3.1."),
    "csv": Format("application/vnd.sdmx.data+csv;version=1.0.0", "The observations, as SDMX-CSV 1.0."),
    "csv20": Format("application/vnd.sdmx.data+csv;version=2.0.0", "The observations, as SDMX-CSV 2.0."),
    "csv21": Format("application/vnd.sdmx.data+csv;version=2.1.0", "The observations, as SDMX-CSV 2.1."),
    "json": Format("application/vnd.sdmx.data+json;version=1.0.0", "The series, as SDMX-JSON 1.0."),
    "json20": Format("application/vnd.sdmx.data+json;version=2.0.0", "The series, as SDMX-JSON 2.0."),
}
LABELS_SUFFIX = "+labels"
"""Ending of the name of a format that has names beside codes."""
VERSION_3_ORDER = ("xml30", "csv20", "json20", "structure30", "structure-json")
"""The formats that SDMX 3.0 prefers, the default first."""
_ALIASES = {
    "*/*": "",
    "application/*": "",
    "application/xml": "+xml",
    "text/xml": "+xml",
    "application/json": "+json",
    "text/csv": "+csv",
    "text/*": "+csv",
}
"""General media types, with the ending of the media types of SDMX that they stand for."""


def media_type(media_format: Format) -> str:
    """Return the media type of a format, without its version."""
    return media_format.media_type.partition(";")[0]


def is_csv(format_name: str) -> bool:
    """Return whether a format is SDMX-CSV."""
    return format_name.startswith("csv")


def negotiate_sdmx_format(formats: Mapping[str, Format], *, is_version_3: bool = False) -> str:
    """Return the name of the format that the Accept header prefers.

    If the header states a version of a format, no other version is returned. `is_version_3` says that the request is
    for SDMX REST 2.2, which prefers the formats of SDMX 3.0.

    :raises NotAcceptable: the header accepts none of `formats`.
    """
    names = sorted(formats, key=_version_3_rank) if is_version_3 else list(formats)
    for accepted_type, quality in request.accept_mimetypes or [("*/*", 1)]:
        base_type, version = _parse_media_type(accepted_type)
        for name in names:
            if quality and _matches(formats[name], base_type, version):
                return name
    supported = [media_format.media_type for media_format in formats.values()]
    reason = f"the supported media types are {' and '.join(supported)}"
    raise NotAcceptable(ParameterError("Accept", request.headers.get("Accept", ""), reason, supported))


def requests_labels() -> bool:
    """Return whether the Accept header requests the names of codes in addition to the codes."""
    return any("labels=both" in value.replace(" ", "").lower() for value, _ in request.accept_mimetypes)


def _version_3_rank(name: str) -> tuple[int, str]:
    return VERSION_3_ORDER.index(name) if name in VERSION_3_ORDER else len(VERSION_3_ORDER), name


def _parse_media_type(text: str) -> tuple[str, str | None]:
    """Return a media type without parameters, and its version; null without one."""
    base_type, *parameters = (part.strip().lower() for part in text.split(";"))
    versions = [
        value.strip('" ') for name, _, value in (each.partition("=") for each in parameters) if name == "version"
    ]
    return "*/*" if base_type == "*" else base_type, versions[0] if versions else None


def _matches(media_format: Format, base_type: str, version: str | None) -> bool:
    own_type, own_version = _parse_media_type(media_format.media_type)
    if base_type in _ALIASES:
        return own_type.endswith(_ALIASES[base_type])
    return own_type == base_type and (version is None or _same_version(version, own_version or ""))


def _same_version(first: str, second: str) -> bool:
    """Return whether two versions are equal, as 3.0 and 3.0.0 are."""
    shorter, longer = sorted((first.split("."), second.split(".")), key=len)
    return longer == shorter + ["0"] * (len(longer) - len(shorter))
