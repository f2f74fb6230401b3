"""Files with rows or headers of another layout are refused."""

import pytest

from tests.support.ingest.source_layouts import CSV_LAYOUTS, JSON_LAYOUTS, LAYOUTS

LAYOUTS_WITH_HEADER = {name: layout for name, layout in CSV_LAYOUTS.items() if name != "japan-customs-totals"}
"""The layouts whose first line names the columns."""


def split_lines(layout):
    return layout.content.splitlines(keepends=True)


def change_first_row(layout, change):
    """Return the file with its second line changed, as a list of cells."""
    header, row, *rest = split_lines(layout)
    end = b"\r\n" if row.endswith(b"\r\n") else b"\n"
    return b"".join([header, b",".join(change(row.rstrip().split(b","))) + end, *rest])


@pytest.mark.parametrize("layout", CSV_LAYOUTS.values(), ids=CSV_LAYOUTS)
def test_a_file_with_only_a_header_is_rejected(expect_rejection, layout):
    raw = b"".join(split_lines(layout)[: layout.line - 1])

    assert expect_rejection(layout, raw)[1:] == ["  has no figure"]


@pytest.mark.parametrize("layout", LAYOUTS_WITH_HEADER.values(), ids=LAYOUTS_WITH_HEADER)
def test_a_repeated_header_is_rejected(expect_rejection, layout):
    raw = layout.content + layout.content

    found = expect_rejection(layout, raw)

    assert (
        f"  line {len(split_lines(layout)) + 1}: repeats the header: the file was concatenated from several files"
        in found
    )


def test_a_repeated_header_of_d41ma_is_rejected(expect_rejection):
    layout = LAYOUTS["japan-customs-totals"]

    found = expect_rejection(layout, layout.content + layout.content)

    assert '  line 9, column Years/Months: "Years/Months" is not a period of this dataset; write it as 2024-01' in found


@pytest.mark.parametrize(
    "change",
    [lambda row: [*row, b"1", b"2"], lambda row: row[:-2]],
    ids=["too many cells", "too few cells"],
)
@pytest.mark.parametrize("layout", LAYOUTS_WITH_HEADER.values(), ids=LAYOUTS_WITH_HEADER)
def test_rows_with_a_different_cell_count_are_rejected(expect_rejection, layout, change):
    (found,) = expect_rejection(layout, change_first_row(layout, change))[1:]

    assert found.startswith("  line 2: has ")
    assert found.endswith(f" cells where the header has {len(split_lines(layout)[0].split(b','))}")


OTHER_SOURCE_BY_LAYOUT = {
    "tidy": "japan-customs",
    "japan-customs": "us-census",
    "japan-customs-totals": "japan-customs",
    "comtrade": "baci",
    "us-census": "comtrade",
    "baci": "tidy",
}


@pytest.mark.parametrize(("layout", "other"), OTHER_SOURCE_BY_LAYOUT.items(), ids=OTHER_SOURCE_BY_LAYOUT)
def test_a_file_of_another_source_is_rejected_by_its_header(expect_rejection, layout, other):
    found = expect_rejection(LAYOUTS[layout], LAYOUTS[other].content)

    assert any(word in " ".join(found) for word in ("is from another source", "there is no column"))


@pytest.mark.parametrize("layout", LAYOUTS_WITH_HEADER.values(), ids=LAYOUTS_WITH_HEADER)
def test_a_duplicate_column_is_rejected(expect_rejection, layout):
    header, *rows = split_lines(layout)
    end = header[len(header.rstrip()) :]
    twice = header.rstrip() + b"," + layout.column.encode() + end
    wider = [row.rstrip().removesuffix(b",") + b",5" + end for row in rows]

    found, *_ = expect_rejection(layout, b"".join([twice, *wider]))[1:]

    assert layout.column in found
    assert "two columns" in found or "twice" in found


@pytest.mark.parametrize("layout", CSV_LAYOUTS.values(), ids=CSV_LAYOUTS)
def test_a_duplicate_figure_is_rejected(expect_rejection, layout):
    rows = split_lines(layout)
    raw = layout.content + rows[layout.line - 1].replace(b"7391", b"7392")

    found = expect_rejection(layout, raw)[1]

    assert found == f"  line {len(rows) + 1}: has the same cell as line {layout.line}"


def test_a_duplicate_figure_in_json_is_rejected(expect_rejection):
    census, comtrade = JSON_LAYOUTS["us-census, JSON"], JSON_LAYOUTS["comtrade, JSON"]

    for layout, raw in (
        (census, census.text.replace('["85", "7480"', '["85", "5700"')),
        (comtrade, comtrade.text.replace('"partnerCode": 842', '"partnerCode": 156')),
    ):
        assert "has the same cell as line" in expect_rejection(layout, raw.encode())[1]


def test_each_defect_list_is_limited_to_a_hundred_and_counted(expect_rejection):
    layout = LAYOUTS["tidy"]
    bad = [f"2024-01,export,USA,all,x{number}\n" for number in range(150)]
    late = [f"2024-{month},export,USA,all,1\n" for month in range(13, 99)]

    first, *found = expect_rejection(layout, layout.content + "".join(bad + late).encode())

    assert first == "tradeflows: file.csv: 236 defects"
    assert (sum("not a number" in line for line in found), sum("is not a period" in line for line in found)) == (
        100,
        86,
    )


def test_endless_duplicates_are_rejected_before_the_end_of_the_file(expect_rejection):
    layout = LAYOUTS["tidy"]
    row = split_lines(layout)[1].replace(b"7391", b"7392")

    first, *more = expect_rejection(layout, layout.content + 400_000 * row)

    # Two cells, and the first 250,000 rows: the others are not looked at.
    assert first == "tradeflows: file.csv: 1 defect"
    assert more == [
        "  line 12: has the same cell as line 2, 4, 5, 6, 7, 8, 9, 10, 11",
    ]
