"""The checks of a mapping file: unknown and missing keys, codes, schemes and encodings."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.domain.flows import FLOWS
from service.domain.suggestions import closest_words
from service.domain.text_rules import DATASET_CODE_RULE, VALID_DATASET_CODE, text_error
from service.errors import FileError
from service.ingest.catalog.number_format import number_format_errors

DATASET_KEYS = (
    "code",
    "title",
    "source",
    "reporter",
    "frequency",
    "classification",
    "currency",
    "unit_exponent",
    "export_valuation",
    "import_valuation",
    "trade_system",
    "exhaustive",
    "attribution",
)
REQUIRED_COLUMNS = ("period", "flow", "partner", "commodity", "value")
MAPPED_COLUMNS = (*REQUIRED_COLUMNS, "quantity", "quantity_unit", "net_weight_kg", "obs_status")
PARTNER_SCHEMES = ("iso3", "iso2", "m49", "comtrade", "us-census", "jp-customs")
COVERAGES = ("complete", "selection")


def mapping_errors(tables: Mapping[str, Any], *, is_archived: bool = False) -> list[FileError]:
    """Return the errors in the tables of a mapping file.

    The texts of [dataset] are not checked in an archived mapping, because an earlier version allowed other codes.
    """
    dataset, columns = tables.get("dataset", {}), tables.get("columns", {})
    return [
        *(FileError(f"[dataset] lacks {key}") for key in DATASET_KEYS if key not in dataset),
        *(_unknown_key(key, "dataset", DATASET_KEYS) for key in dataset if key not in DATASET_KEYS),
        *(FileError(f"[columns] lacks {key}") for key in REQUIRED_COLUMNS if key not in columns),
        *(_unknown_key(key, "columns", MAPPED_COLUMNS) for key in columns if key not in MAPPED_COLUMNS),
        *(
            FileError(f"is not a flow; use one of {', '.join(FLOWS)}", value=str(flow))
            for flow in tables.get("flow", {}).values()
            if flow not in FLOWS
        ),
        *(() if is_archived else dataset_errors(dataset)),
        *text_errors(tables.get("classification", {}), "classification"),
        *number_format_errors(tables.get("numbers", {})),
        *_choice_errors(tables),
    ]


def dataset_errors(dataset: Mapping[str, Any]) -> Iterator[FileError]:
    """Yield the errors in the texts of the table [dataset]: an invalid code, a control character, a text too long."""
    code = dataset.get("code", "")
    if "code" in dataset and not VALID_DATASET_CODE.fullmatch(str(code)):
        yield FileError(f"is not a dataset code; {DATASET_CODE_RULE}", value=str(code))
    yield from text_errors(dataset, "dataset")


def text_errors(table: Mapping[str, Any], name: str) -> Iterator[FileError]:
    """Yield an error for each text in the table [name] that has a control character or is too long."""
    for key, text in table.items():
        if isinstance(text, str) and (rule := text_error(text)):
            yield FileError(f"{rule} as {key} of [{name}]", value=text)


def _choice_errors(tables: Mapping[str, Any]) -> Iterator[FileError]:
    partner, file = tables.get("partner", {}), tables.get("file", {})
    scheme, encoding, covers = partner.get("scheme"), file.get("encoding", "utf-8"), file.get("covers", "complete")
    if scheme is not None and scheme not in PARTNER_SCHEMES:
        yield FileError(f"is not a scheme of [partner]; use one of {', '.join(PARTNER_SCHEMES)}", value=str(scheme))
    if covers not in COVERAGES:
        yield FileError(f"is not a coverage of [file]; use one of {', '.join(COVERAGES)}", value=str(covers))
    if not _is_encoding(encoding):
        yield FileError("is not an encoding of [file]; use utf-8, cp1252, cp932 or the like", value=str(encoding))


def _is_encoding(name: Any) -> bool:
    try:
        "".encode(name)
    except (LookupError, TypeError, ValueError):
        return False
    return True


def _unknown_key(key: str, table: str, known_keys: tuple[str, ...]) -> FileError:
    suggestions = closest_words(key, known_keys)
    hint = f"; did you mean {', '.join(suggestions)}?" if suggestions else ""
    return FileError(f"is not a key of [{table}]{hint}", value=key)
