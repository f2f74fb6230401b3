"""Tables and JSON on standard output."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from service.domain.text_rules import printable

TableRow = Mapping[str, Any]


def print_rows(rows: Sequence[TableRow], *, as_json: bool) -> None:
    """Print rows, all with the same column names, as a table with a header or as a JSON array."""
    if as_json:
        print_json(rows)
        return
    for line in table_lines(rows):
        click.echo(line)


def print_json(value: Any) -> None:
    """Print a value as JSON; dates as ISO 8601."""
    click.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def print_facts(facts: TableRow) -> None:
    """Print one row as lines of names and values; null values and empty lists are left out."""
    nonempty = {name: value for name, value in facts.items() if value is not None and value != []}
    width = max(map(len, nonempty), default=0)
    for name, value in nonempty.items():
        click.echo(f"{name:{width}}  {_cell(value)}")


def table_lines(rows: Sequence[TableRow]) -> list[str]:
    """Return the lines of a table: a header, then a line for each row; numbers are aligned to the right.

    Without rows there are no lines.
    """
    if not rows:
        return []
    names = list(rows[0])
    cells = [names, *([_cell(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[position]) for line in cells) for position in range(len(names))]
    is_number = [all(_is_number(row[name]) for row in rows) for name in names]
    lines = (
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, is_number, strict=True)
        )
        for line in cells
    )
    return [line.rstrip() for line in lines]


def print_document(document: Mapping[str, Any]) -> None:
    """Print a response of the API: the values that all rows share, a table of the other values, and the sources.

    Fields with objects are left out. The sources and a note on further rows go to standard error. A response whose
    `data` is not a list of objects is printed as JSON.
    """
    rows = document.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        print_json(document)
        return
    _print_api_rows([{name: row[name] for name in row if not _is_nested(name, rows)} for row in rows])
    meta = document.get("meta", {})
    notes = [] if rows else [f"No rows: {meta.get('empty_reason') or 'nothing is published for this request'}."]
    notes += [source["attribution"] for source in meta.get("sources", [])]
    notes += [f"As of {meta['as_of']}."] if meta.get("as_of") else []
    if document.get("links", {}).get("next"):
        notes.append(f"There are more rows than these {len(rows)}: --limit, or --format csv for all rows.")
    for note in notes:
        click.echo(note, err=True)


def _is_nested(name: str, rows: Sequence[TableRow]) -> bool:
    """Return whether a field has objects, which do not fit in a cell."""
    values = [value for row in rows for value in (row[name] if isinstance(row[name], list) else [row[name]])]
    return any(isinstance(value, dict) for value in values)


def _print_api_rows(rows: Sequence[TableRow]) -> None:
    names = list(rows[0]) if rows else []
    shared = {name: rows[0][name] for name in names if all(row[name] == rows[0][name] for row in rows)}
    print_facts(shared)
    varying = [name for name in names if name not in shared]
    if varying:
        if shared:
            click.echo()
        for line in table_lines([{name: row[name] for name in varying} for row in rows]):
            click.echo(line)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _cell(value: Any) -> str:
    """Return a value as a cell: empty for null, lists separated by commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return printable(", ".join(map(str, value)) if isinstance(value, list) else str(value))
