"""SDMX data messages: SDMX-ML and SDMX-CSV by pysdmx."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from lxml import etree
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format as MessageFormat
from pysdmx.io.pd import PandasDataset

from service.resources.sdmx.codelists import Codelist, codelists_of_dataset
from service.resources.sdmx.identifiers import (
    ALL_DIMENSIONS,
    DIMENSIONS,
    OBSERVATION_ATTRIBUTE,
    PRIMARY_MEASURE,
    SERIES_ATTRIBUTES,
    TIME_DIMENSION,
    UNIT_MULTIPLIER,
)
from service.resources.sdmx.messages.structures import MessageContext, header, message_schema

if TYPE_CHECKING:
    from service.resources.sdmx.service import SdmxData, Vintage

DATA_WRITERS = {
    "generic": MessageFormat.DATA_SDMX_ML_2_1_GEN,
    "specific": MessageFormat.DATA_SDMX_ML_2_1_STR,
    "generic-series": MessageFormat.DATA_SDMX_ML_2_1_GENTS,
    "specific-series": MessageFormat.DATA_SDMX_ML_2_1_STRTS,
    "xml30": MessageFormat.DATA_SDMX_ML_3_0,
    "xml31": MessageFormat.DATA_SDMX_ML_3_1,
    "csv": MessageFormat.DATA_SDMX_CSV_1_0_0,
    "csv20": MessageFormat.DATA_SDMX_CSV_2_0_0,
    "csv21": MessageFormat.DATA_SDMX_CSV_2_1_0,
}
XML_FORMATS = ("generic", "specific", "generic-series", "specific-series", "xml30", "xml31")
NOT_A_NUMBER = "NaN"
"""The SDMX value of a missing or suppressed figure."""


def data_message(data: "SdmxData", format_name: str, *, labels: bool = False) -> bytes:
    """Return a data message with the observations, which must be sorted by series.

    In XML each vintage is a data set of its own. `labels` adds the name after each code, in CSV only.
    """
    if format_name not in XML_FORMATS:
        text = _write(data, data.vintages[0], format_name, labels=labels)
        return text.encode()
    first, *others = (_vintage_element(data, vintage, format_name) for vintage in data.vintages)
    for root in others:
        first.append(next(child for child in root if child.tag.endswith("DataSet")))
    content: bytes = etree.tostring(first, encoding="utf-8", xml_declaration=True)
    return content


def _vintage_element(data: "SdmxData", vintage: "Vintage", format_name: str) -> etree._Element:
    root = etree.fromstring(
        _write(data, vintage, format_name).encode(), etree.XMLParser(resolve_entities=False, huge_tree=True)
    )
    data_set = next(child for child in root if child.tag.endswith("DataSet"))
    scope = next((name for name in data_set.attrib if name.endswith("dataScope")), None)
    if scope is not None:
        data_set.set(scope, "DataStructure")  # the library writes the identifier of the structure
    if vintage.valid_from is not None:
        prefix = "" if format_name.startswith("generic") else f"{{{root.nsmap['ss']}}}"
        data_set.set(f"{prefix}validFromDate", str(vintage.valid_from))
        if vintage.valid_to is not None:
            data_set.set(f"{prefix}validToDate", str(vintage.valid_to))
    if data.is_series_only:
        _remove_observations(data_set)
    return root


def _remove_observations(data_set: etree._Element) -> None:
    """Leave series alone: the library writes no series without an observation."""
    for observation in list(data_set.iter("{*}Obs")):
        observation.getparent().remove(observation)


def _write(data: "SdmxData", vintage: "Vintage", format_name: str, *, labels: bool = False) -> str:
    frame = _data_frame(data, vintage)
    # Readers of 2.1 look for the data structure; later formats name the dataflow.
    context: MessageContext = "datastructure" if format_name.startswith(("generic", "specific")) else "dataflow"
    schema = message_schema(data.reference, data.dataset, data.codelists, frame.columns, context=context)
    if labels:
        frame = _add_labels(frame, data)
    options: dict[str, Any] = {}
    if format_name in XML_FORMATS:
        is_flat = data.is_flat and not format_name.endswith("series")
        dimension = ALL_DIMENSIONS if is_flat else TIME_DIMENSION
        options = {
            "header": header(data.reference),
            "dimension_at_observation": dimension,
            "prettyprint": False,
        }
    text = write_sdmx([PandasDataset(structure=schema, data=frame)], DATA_WRITERS[format_name], **options)
    assert text is not None
    return text


def _data_frame(data: "SdmxData", vintage: "Vintage") -> pd.DataFrame:
    """Return the observations as text columns."""
    columns: dict[str, Sequence[str]] = {
        name: [observation.series[index] for observation in vintage.observations]
        for index, name in enumerate(DIMENSIONS)
    }
    columns[TIME_DIMENSION] = [observation.period or "" for observation in vintage.observations]
    columns[PRIMARY_MEASURE] = [
        NOT_A_NUMBER if observation.value is None else str(observation.value) for observation in vintage.observations
    ]
    count = len(vintage.observations)
    if data.detail == "full":
        columns[OBSERVATION_ATTRIBUTE] = [observation.status or "" for observation in vintage.observations]
    if data.detail in {"full", "nodata"}:
        columns |= {name: [value] * count for name, value in series_attributes(data).items()}
    return pd.DataFrame(columns)


def series_attributes(data: "SdmxData") -> dict[str, str]:
    """Return the attributes that all series of the message have in common, such as the currency."""
    return dict(zip(SERIES_ATTRIBUTES, (data.dataset.currency, UNIT_MULTIPLIER, "0"), strict=True))


def _add_labels(frame: pd.DataFrame, data: "SdmxData") -> pd.DataFrame:
    """Return the frame with `CODE: Name` in place of codes."""
    names = code_names(data)
    return frame.assign(
        **{
            name: [f"{code}: {names[name][code]}" if code in names[name] else code for code in frame[name]]
            for name in names
            if name in frame.columns
        }
    )


def code_names(data: "SdmxData") -> dict[str, Mapping[str, str]]:
    """Return the names of the codes of each dimension and attribute."""
    codelists: Mapping[str, Codelist] = data.codelists
    return {
        name: {entry.code: entry.name for entry in codelists[codelist_id].entries()}
        for name, codelist_id in codelists_of_dataset(data.reference, data.dataset).items()
    }
