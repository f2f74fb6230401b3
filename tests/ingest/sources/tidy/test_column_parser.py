"""A tidy file parsed by columns has the same figures and the same errors as one parsed by rows."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from service.errors import InvalidFile
from service.ingest.catalog.catalog import Catalog
from service.ingest.catalog.mapping_file import TidyMapping
from service.ingest.formats import csv_blocks
from service.ingest.formats.csv_blocks import CsvBlock, csv_parts
from service.ingest.formats.text_file import csv_rows
from service.ingest.pipeline.load_report import LoadReport
from service.ingest.sources.tidy.column_parser import parse_block
from service.ingest.sources.tidy.row_parser import RowParser
from service.ingest.staging.arrow_columns import STATUSES_WEAKEST_FIRST, record_batches
from service.models import Dataset

COLUMN_MAPPING = {
    "period": "month",
    "flow": "side",
    "partner": "country",
    "commodity": "good",
    "value": "value",
    "quantity": "count",
    "quantity_unit": "unit",
    "net_weight_kg": "kg",
    "obs_status": "status",
}
CSV_HEADER = "month,side,country,good,value,count,unit,kg,status,remark"
VALID_ROW = "2024-01,X,CHN,01,125,1.5,NO,2,A,"
CATALOG = Catalog(Dataset(frequency="M"), {"CHN": 7, "日本": 8}, {"01": 3, "02": 4})


def build_mapping(encoding="utf-8", delimiter=","):
    return TidyMapping(
        dataset={},
        classification={},
        commodities=(),
        columns=COLUMN_MAPPING,
        flows={},
        partners={},
        partner_scheme=None,
        statuses={"p": "P"},
        default_status="A",
        encoding=encoding,
        delimiter=delimiter,
        stage="final",
        published_pattern=None,
        files=(),
    )


def parse_outcome(parse, path, mapping):
    """Return the figures of a file and what was found wrong with it."""
    report = LoadReport("file.csv")
    figures = []
    try:
        for batch in parse(path, mapping, report):
            figures += batch.to_pylist()
    except InvalidFile as error:
        return [str(defect) for defect in error.file_errors]
    assert set(STATUSES_WEAKEST_FIRST) == set("AEMPQ")
    return sorted(figures, key=lambda row: row["line"]), [str(defect) for defect in report.errors], report.warnings()


def parse_rows(path, mapping, report):
    rows = csv_rows(path, name="file.csv", encoding=mapping.encoding, delimiter=mapping.delimiter)
    _, header = next(rows)
    yield from record_batches(RowParser(mapping, CATALOG, header, report).parse_rows(rows))


def parse_columns(path, mapping, report):
    parts = csv_parts(path, name="file.csv", encoding=mapping.encoding, delimiter=mapping.delimiter)
    _, header = next(next(parts))
    reader = RowParser(mapping, CATALOG, header, report)
    for part in parts:
        yield from parse_block(part, reader) if isinstance(part, CsvBlock) else record_batches(reader.parse_rows(part))


CELL_VALUES = [
    ["2024-01", "2024-02", "2024/01", " 2024-01", "2024-13", ""],
    ["X", "M", "x", ""],
    ["CHN", "日本", "CHX", " CHN ", '"CHN"'],
    ["01", "02", "1", '"0\n1"'],
    ["125", "0", "-7", "007", "1.0", "1.5", "1_0", "", " 5", "9" * 16, "9" * 17, "0x10", "１２", "+5", "1e3"],
    ["1.5", "", "-2", ".5", "5.", "1" * 30, "0.00000000000000000001", "1.0000000000000000000000"],
    ["NO", "", " KG", "m²"],
    ["2", "", "0.001", "x"],
    ["A", "p", "M", "Q", "?", ""],
    ["", "fine", "été", "a\tb", "\0", "\x7f"],
]


@st.composite
def nearly_valid_rows(draw):
    """Draw a row that is in order but for a cell or two."""
    row = VALID_ROW.split(",")
    for place in draw(st.lists(st.integers(0, len(CELL_VALUES) - 1), min_size=1, max_size=2)):
        row[place] = draw(st.sampled_from(CELL_VALUES[place]))
    return ",".join(row)


csv_lines = st.lists(
    st.one_of(
        st.just(VALID_ROW),
        nearly_valid_rows(),
        nearly_valid_rows(),
        st.sampled_from([CSV_HEADER, "", " ", "a,b", VALID_ROW + ","]),
    ),
    max_size=12,
)
line_ends = st.sampled_from(["\n", "\n", "\r\n", "\r"])


@pytest.mark.parametrize(
    ("place", "cell"), [(place, cell) for place, cells in enumerate(CELL_VALUES) for cell in cells]
)
def test_column_and_row_parsers_agree_on_each_cell_value(tmp_path, place, cell):
    row = VALID_ROW.split(",")
    row[place] = cell
    path = tmp_path / "file.csv"
    path.write_text("\n".join([CSV_HEADER, VALID_ROW, ",".join(row), VALID_ROW, ""]), encoding="utf-8")

    assert parse_outcome(parse_columns, path, build_mapping()) == parse_outcome(parse_rows, path, build_mapping())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=csv_lines,
    end=line_ends,
    file_end=st.sampled_from(["", "\n", '"']),
    block_size=st.sampled_from([1, 40, 200, 1 << 22]),
)
@example(
    lines=[VALID_ROW] * 3 + [VALID_ROW.replace("CHN", '"CHN\n"')] + [VALID_ROW] * 3,
    end="\n",
    file_end="",
    block_size=40,
)
def test_column_and_row_parsers_agree(tmp_path, monkeypatch, lines, end, file_end, block_size):
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", block_size)
    path = tmp_path / "file.csv"
    path.write_bytes((end.join([CSV_HEADER, *lines]) + end + file_end).encode())

    assert parse_outcome(parse_columns, path, build_mapping()) == parse_outcome(parse_rows, path, build_mapping())


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16", "utf-7", "latin-1"])
@pytest.mark.parametrize("text", [VALID_ROW, VALID_ROW.replace("CHN", "日本"), VALID_ROW + "ÃƒÂ©", VALID_ROW + "+AGE-"])
def test_column_and_row_parsers_agree_in_any_encoding(tmp_path, encoding, text):
    path = tmp_path / "file.csv"
    for written in ("utf-8", "cp932", "utf-16"):
        path.write_bytes(f"{CSV_HEADER}\n{VALID_ROW}\n{text}\n".encode(written, "replace"))

        assert parse_outcome(parse_columns, path, build_mapping(encoding)) == parse_outcome(
            parse_rows, path, build_mapping(encoding)
        )


def test_valid_rows_are_parsed_by_the_column_parser(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(f"{CSV_HEADER}\n{VALID_ROW}\n" + VALID_ROW.replace("2024-01", "2024-02") + "\n")

    parts = list(csv_parts(path, name="file.csv", encoding="utf-8", delimiter=","))

    assert [isinstance(part, CsvBlock) for part in parts] == [False, True]
    assert [type(part.columns([0], column_count=10, dictionary_indexes=[0])) for part in parts[1:]] == [dict]


def test_column_and_row_parsers_reject_overlong_lines(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(f"{CSV_HEADER}\n{VALID_ROW}\n{VALID_ROW}{'x' * (1 << 20)}\n{VALID_ROW}\n")

    assert parse_outcome(parse_columns, path, build_mapping()) == parse_outcome(parse_rows, path, build_mapping())
    assert "is longer than" in parse_outcome(parse_columns, path, build_mapping())[0]
