"""Tidy files as Parquet and as workbooks, made in a test."""

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pyarrow as pa
from pyarrow import parquet

TIDY_COLUMNS = ("month", "direction", "country", "good", "value")
EXPORT_ROW = ("2024-01", "export", "CHN", "all", 7391)
IMPORT_ROW = ("2024-01", "import", "USA", "all", 30)


def build_parquet(*rows, columns=TIDY_COLUMNS, types=None, **options):
    """Return the bytes of a Parquet file; `types` are those of columns whose values do not determine them."""
    kinds = types or {}
    arrays = {name: pa.array(cells, kinds.get(name)) for name, *cells in zip(columns, *rows, strict=True)}
    target = BytesIO()
    parquet.write_table(pa.table(arrays), target, **options)
    return target.getvalue()


def build_workbook(*rows, columns=TIDY_COLUMNS, change=lambda _workbook: None):
    """Return the bytes of a workbook with one sheet, changed before it is saved."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "Figures"
    for row in (columns, *rows):
        workbook.active.append(row)
    change(workbook)
    target = BytesIO()
    workbook.save(target)
    return target.getvalue()


SHEET_PART, SHARED_STRINGS_PART = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_SPREADSHEET_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHARED_STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def change_parts(raw, **changes):
    """Return a workbook with changed parts: functions of the earlier content by name, or null for a removed part."""
    target = BytesIO()
    named = {
        "sheet": SHEET_PART,
        "strings": SHARED_STRINGS_PART,
        "sheets": "xl/workbook.xml",
        "types": "[Content_Types].xml",
    }
    with ZipFile(BytesIO(raw)) as original, ZipFile(target, "w", ZIP_DEFLATED) as changed:
        parts = {name: original.read(name) for name in original.namelist()}
        for name, change in changes.items():
            parts[named.get(name, name)] = change(parts.get(named.get(name, name), b""))
        for name, content in parts.items():
            if content is not None:
                changed.writestr(name, content)
    return target.getvalue()


def use_shared_strings(raw):
    """Return a workbook with its texts in a table of shared strings, as other programs than openpyxl write them."""
    with ZipFile(BytesIO(raw)) as archive:
        texts = re.findall(rb"<is><t>(.*?)</t></is>", archive.read(SHEET_PART))
    table = b"".join(b"<si><t>%s</t></si>" % text for text in texts)
    numbers = iter(range(len(texts)))
    own = f'<Override PartName="/{SHARED_STRINGS_PART}" ContentType="{_SHARED_STRINGS_TYPE}"/></Types>'.encode()
    return change_parts(
        raw,
        strings=lambda _none: b'<sst xmlns="%s">%s</sst>' % (_SPREADSHEET_NAMESPACE.encode(), table),
        sheet=lambda xml: re.sub(
            rb't="inlineStr"><is><t>.*?</t></is>', lambda _found: b't="s"><v>%d</v>' % next(numbers), xml
        ),
        types=lambda xml: xml.replace(b"</Types>", own),
    )
