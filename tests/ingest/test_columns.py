"""A tidy file read by columns says what it says read row by row, and what is wrong with it is the same."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from service.errors import BadFile
from service.ingest.catalog.catalog import Catalog
from service.ingest.catalog.mapping_file import Mapping
from service.ingest.formats import csv_blocks
from service.ingest.formats.csv_blocks import Block, csv_parts
from service.ingest.formats.text_file import csv_rows
from service.ingest.pipeline.load_report import Report
from service.ingest.sources.tidy.column_parser import read_block
from service.ingest.sources.tidy.row_parser import RowReader
from service.ingest.staging.arrow_columns import STATUSES, in_columns
from service.models import Dataset

COLUMNS = {
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
HEADER = "month,side,country,good,value,count,unit,kg,status,remark"
GOOD = "2024-01,X,CHN,01,125,1.5,NO,2,A,"
CATALOG = Catalog(Dataset(frequency="M"), {"CHN": 7, "日本": 8}, {"01": 3, "02": 4})


def meanings(encoding="utf-8", delimiter=","):
    return Mapping(
        dataset={},
        classification={},
        goods=(),
        columns=COLUMNS,
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


def said(read, path, mapping):
    """Return the figures of a file and what was found wrong with it."""
    report = Report("file.csv")
    figures = []
    try:
        for batch in read(path, mapping, report):
            figures += [tuple(row.values()) for row in batch.to_pylist()]
    except BadFile as error:
        return [str(defect) for defect in error.defects]
    assert set(STATUSES) == set("AEMPQ")
    return sorted(figures, key=lambda row: row[-1]), [str(defect) for defect in report.defects], report.lines()


def by_rows(path, mapping, report):
    rows = csv_rows(path, name="file.csv", encoding=mapping.encoding, delimiter=mapping.delimiter)
    _, header = next(rows)
    yield from in_columns(RowReader(mapping, CATALOG, header, report).records(rows))


def by_columns(path, mapping, report):
    parts = csv_parts(path, name="file.csv", encoding=mapping.encoding, delimiter=mapping.delimiter)
    _, header = next(next(parts))
    reader = RowReader(mapping, CATALOG, header, report)
    for part in parts:
        yield from read_block(part, reader) if isinstance(part, Block) else in_columns(reader.records(part))


CELLS = [
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
def nearly_good(draw):
    """Draw a row that is in order but for a cell or two."""
    row = GOOD.split(",")
    for place in draw(st.lists(st.integers(0, len(CELLS) - 1), min_size=1, max_size=2)):
        row[place] = draw(st.sampled_from(CELLS[place]))
    return ",".join(row)


lines = st.lists(
    st.one_of(st.just(GOOD), nearly_good(), nearly_good(), st.sampled_from([HEADER, "", " ", "a,b", GOOD + ","])),
    max_size=12,
)
ends = st.sampled_from(["\n", "\n", "\r\n", "\r"])


@pytest.mark.parametrize(("place", "cell"), [(place, cell) for place, cells in enumerate(CELLS) for cell in cells])
def test_a_cell_between_others_means_by_columns_what_it_means_by_rows(tmp_path, place, cell):
    row = GOOD.split(",")
    row[place] = cell
    path = tmp_path / "file.csv"
    path.write_text("\n".join([HEADER, GOOD, ",".join(row), GOOD, ""]), encoding="utf-8")

    assert said(by_columns, path, meanings()) == said(by_rows, path, meanings())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=lines, end=ends, last=st.sampled_from(["", "\n", '"']), size=st.sampled_from([1, 40, 200, 1 << 22]))
@example(lines=[GOOD] * 3 + [GOOD.replace("CHN", '"CHN\n"')] + [GOOD] * 3, end="\n", last="", size=40)
def test_columns_say_what_rows_say(tmp_path, monkeypatch, lines, end, last, size):
    monkeypatch.setattr(csv_blocks, "BLOCK", size)
    path = tmp_path / "file.csv"
    path.write_bytes((end.join([HEADER, *lines]) + end + last).encode())

    assert said(by_columns, path, meanings()) == said(by_rows, path, meanings())


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16", "utf-7", "latin-1"])
@pytest.mark.parametrize("text", [GOOD, GOOD.replace("CHN", "日本"), GOOD + "ÃƒÂ©", GOOD + "+AGE-"])
def test_columns_say_what_rows_say_in_any_encoding(tmp_path, encoding, text):
    path = tmp_path / "file.csv"
    for written in ("utf-8", "cp932", "utf-16"):
        path.write_bytes(f"{HEADER}\n{GOOD}\n{text}\n".encode(written, "replace"))

        assert said(by_columns, path, meanings(encoding)) == said(by_rows, path, meanings(encoding))


def test_rows_that_are_in_order_are_read_by_columns(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}\n{GOOD}\n" + GOOD.replace("2024-01", "2024-02") + "\n")

    parts = list(csv_parts(path, name="file.csv", encoding="utf-8", delimiter=","))

    assert [isinstance(part, Block) for part in parts] == [False, True]
    assert [type(part.columns([0], of=10, words=[0])) for part in parts[1:]] == [dict]


def test_a_line_that_is_longer_than_any_may_be_is_refused_as_by_rows(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(f"{HEADER}\n{GOOD}\n{GOOD}{'x' * (1 << 20)}\n{GOOD}\n")

    assert said(by_columns, path, meanings()) == said(by_rows, path, meanings())
    assert "is longer than" in said(by_columns, path, meanings())[0]
