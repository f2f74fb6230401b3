"""SDMX structure messages, written by pysdmx: SDMX-ML 2.1 and 3.0, SDMX-JSON 2.0."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format as MessageFormat

from service.api.resolution.reference_data import Reference
from service.models import Dataset
from service.resources.sdmx.codelists import Codelist
from service.resources.sdmx.messages.structures import codelist, concept_scheme, data_structure, dataflow, header

STRUCTURE_WRITERS = {
    "structure": MessageFormat.STRUCTURE_SDMX_ML_2_1,
    "structure30": MessageFormat.STRUCTURE_SDMX_ML_3_0,
    "structure31": MessageFormat.STRUCTURE_SDMX_ML_3_1,
    "structure-json": MessageFormat.STRUCTURE_SDMX_JSON_2_0_0,
}
VERSION_3_FORMATS = ("structure30", "structure31")
_MATCH_PARENT = re.compile(r"[A-Za-z][A-Za-z0-9_-]*").fullmatch
"""The parents that the schema of SDMX-ML 3 allows; it allows none that begins with a digit, as codes of HS do."""
ParentCodes = Mapping[str, Mapping[str, str]]
"""The parent of each code, by code list."""


def structure_message(
    reference: Reference,
    datasets: Iterable[Dataset],
    codelists: Mapping[str, Codelist],
    *,
    artefact_types: Iterable[str],
    codelist_ids: Iterable[str],
    format_name: str,
    constraints: Iterable[Any] = (),
) -> bytes:
    """Return a message with the artefacts of `artefact_types` for `datasets`; `codelist_ids` select the code lists."""
    types, selected_ids = set(artefact_types), sorted(codelist_ids)
    artefacts: list[Any] = list(constraints)
    if "codelist" in types:
        artefacts += [codelist(codelists[name]) for name in selected_ids]
    if "conceptscheme" in types:
        artefacts.append(concept_scheme())
    structures = {dataset.code: data_structure(reference, dataset, codelists) for dataset in datasets}
    if "datastructure" in types:
        artefacts += structures.values()
    if "dataflow" in types:
        artefacts += [dataflow(dataset, structures[dataset.code]) for dataset in datasets]
    parents = _parent_codes(codelists[name] for name in selected_ids) if "codelist" in types else {}
    return write_structures(artefacts, header(reference), format_name=format_name, parents=parents)


def write_structures(artefacts: list[Any], message_header: Any, *, format_name: str, parents: ParentCodes) -> bytes:
    """Return a structure message with SDMX artefacts.

    pysdmx has no parents of codes in its model, so this function adds them to the message (`parents`, by code list and
    code). In SDMX-JSON it removes the empty lists that pysdmx writes, because the standard forbids them.
    """
    text = write_sdmx(artefacts, STRUCTURE_WRITERS[format_name], header=message_header, prettyprint=False)
    assert text is not None
    if format_name == "structure-json":
        message = json.loads(text)
        for each in message["data"].get("codelists", ()):
            for code in each.get("codes", ()):
                if code["id"] in parents.get(each["id"], {}):
                    code["parent"] = parents[each["id"]][code["id"]]
        return json.dumps(_remove_empty_lists(message), ensure_ascii=False).encode()
    return _add_parents(text.encode(), parents, is_version_3=format_name in VERSION_3_FORMATS)


def _parent_codes(codelists: Iterable[Codelist]) -> dict[str, dict[str, str]]:
    return {
        each.id: {entry.code: entry.parent for entry in each.entries() if entry.parent is not None}
        for each in codelists
    }


def _add_parents(message: bytes, parents: ParentCodes, *, is_version_3: bool) -> bytes:
    root = etree.fromstring(message, etree.XMLParser(resolve_entities=False, huge_tree=True))
    for relationship in list(root.iter("{*}MeasureRelationship")):
        # An optional element, without which the attributes belong to the only measure; sdmx1 cannot read it.
        relationship.getparent().remove(relationship)
    for codelist_element in root.iter("{*}Codelist"):
        parent_by_code = parents.get(codelist_element.get("id"), {})
        for code in codelist_element.iter("{*}Code"):
            parent = parent_by_code.get(code.get("id"))
            if parent is None or (is_version_3 and not _MATCH_PARENT(parent)):
                continue
            element = etree.SubElement(code, code.tag.replace("}Code", "}Parent"))
            if is_version_3:
                element.text = parent
            else:
                etree.SubElement(element, "Ref", id=parent)
    content: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _remove_empty_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _remove_empty_lists(each) for name, each in value.items() if each != []}
    return [_remove_empty_lists(each) for each in value] if isinstance(value, list) else value
