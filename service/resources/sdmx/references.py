"""References between types of artefacts, and the parameter `references`."""

from typing import NamedTuple


class TypeReferences(NamedTuple):
    """The references of a type of artefact.

    `own` are the types that a request for the type returns. `children` are the types that it references, `parents`
    those that reference it; `descendants` and `ancestors` include indirect references.
    """

    own: tuple[str, ...]
    children: tuple[str, ...] = ()
    descendants: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    ancestors: tuple[str, ...] = ()


CODES = ("codelist", "conceptscheme")
REFERENCED_TYPES = {
    "dataflow": TypeReferences(("dataflow",), ("datastructure",), ("datastructure", *CODES)),
    "datastructure": TypeReferences(("datastructure",), CODES, CODES, ("dataflow",), ("dataflow",)),
    "codelist": TypeReferences(("codelist",), parents=("datastructure",), ancestors=("datastructure", "dataflow")),
    "conceptscheme": TypeReferences(
        ("conceptscheme",), parents=("datastructure",), ancestors=("datastructure", "dataflow")
    ),
    "structure": TypeReferences(("dataflow", "datastructure", *CODES)),
}
EMPTY_TYPES = (
    *("agencyscheme", "categorisation", "categoryscheme", "contentconstraint", "dataconstraint", "dataconsumerscheme"),
    *("dataproviderscheme", "hierarchicalcodelist", "hierarchy", "metadataflow", "metadatastructure"),
    *("organisationscheme", "provisionagreement", "reportingtaxonomy", "structureset", "valuelist"),
)
"""Types of the standard of which there are no artefacts."""
ARTEFACT_TYPES = ("dataflow", "datastructure", *CODES)
REFERENCES = (
    *("none", "parents", "parentsandsiblings", "ancestors", "children", "descendants", "all"),
    *ARTEFACT_TYPES,
)
"""Values of the parameter `references`; the type of an artefact includes those alone."""


def referenced_types(artefact_type: str, references: str) -> tuple[str, ...]:
    """Return the types of further artefacts that a request for `artefact_type` includes.

    `references` is the value of the query parameter, such as `children`.
    """
    types = REFERENCED_TYPES[artefact_type]
    if references in ARTEFACT_TYPES:
        return (references,)
    return {
        "none": (),
        "children": types.children,
        "descendants": types.descendants,
        "parents": types.parents,
        "parentsandsiblings": (*types.parents, *(CODES if types.parents else ())),
        "ancestors": types.ancestors,
        "all": ARTEFACT_TYPES,
    }[references]
