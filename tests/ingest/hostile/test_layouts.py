"""Rows and headers that are not those of the layout refuse their file."""

import pytest

from tests.ingest.hostile.layouts import CSV, JSON, LAYOUTS

HEADERS = {name: layout for name, layout in CSV.items() if name != "japan-customs-totals"}
"""The layouts whose first line names the columns."""


def lines(layout):
    return layout.raw.splitlines(keepends=True)


def with_cells(layout, change):
    """Return the file with its second line changed, as a list of cells."""
    header, row, *rest = lines(layout)
    end = b"\r\n" if row.endswith(b"\r\n") else b"\n"
    return b"".join([header, b",".join(change(row.rstrip().split(b","))) + end, *rest])


@pytest.mark.parametrize("layout", CSV.values(), ids=CSV)
def test_a_header_alone_is_no_release(refuse, layout):
    raw = b"".join(lines(layout)[: layout.line - 1])

    assert refuse(layout, raw)[1:] == ["  holds no figure"]


@pytest.mark.parametrize("layout", HEADERS.values(), ids=HEADERS)
def test_the_header_again_among_the_rows_refuses_the_file(refuse, layout):
    raw = layout.raw + layout.raw

    found = refuse(layout, raw)

    assert f"  line {len(lines(layout)) + 1}: is the header again: the file is put together from several" in found


def test_the_header_of_d41ma_again_refuses_it(refuse):
    layout = LAYOUTS["japan-customs-totals"]

    found = refuse(layout, layout.raw + layout.raw)

    assert '  line 9, column Years/Months: "Years/Months" is no period of this dataset, which reads 2024-01' in found


@pytest.mark.parametrize(
    "change",
    [lambda row: [*row, b"1", b"2"], lambda row: row[:-2]],
    ids=["too many cells", "too few cells"],
)
@pytest.mark.parametrize("layout", HEADERS.values(), ids=HEADERS)
def test_rows_of_another_length_than_the_header_refuse_the_file(refuse, layout, change):
    (found,) = refuse(layout, with_cells(layout, change))[1:]

    assert found.startswith("  line 2: has ")
    assert found.endswith(f" cells where the header has {len(lines(layout)[0].split(b','))}")


OTHERS = {
    "tidy": "japan-customs",
    "japan-customs": "us-census",
    "japan-customs-totals": "japan-customs",
    "comtrade": "baci",
    "us-census": "comtrade",
    "baci": "tidy",
}


@pytest.mark.parametrize(("layout", "other"), OTHERS.items(), ids=OTHERS)
def test_a_file_of_another_source_is_refused_by_its_header(refuse, layout, other):
    found = refuse(LAYOUTS[layout], LAYOUTS[other].raw)

    assert any(word in " ".join(found) for word in ("that of another source", "there is no column"))


@pytest.mark.parametrize("layout", HEADERS.values(), ids=HEADERS)
def test_a_column_that_is_there_twice_refuses_the_file(refuse, layout):
    header, *rows = lines(layout)
    end = header[len(header.rstrip()) :]
    twice = header.rstrip() + b"," + layout.column.encode() + end
    wider = [row.rstrip().removesuffix(b",") + b",5" + end for row in rows]

    (found,) = refuse(layout, b"".join([twice, *wider]))[1:]

    assert layout.column in found
    assert "two columns" in found or "twice" in found


@pytest.mark.parametrize("layout", CSV.values(), ids=CSV)
def test_the_same_cell_twice_refuses_the_file(refuse, layout):
    rows = lines(layout)
    raw = layout.raw + rows[layout.line - 1].replace(b"7391", b"7392")

    found = refuse(layout, raw)[1]

    assert found == f"  line {len(rows) + 1}: speaks of the same cell as line {layout.line}"


def test_the_same_cell_twice_in_json_refuses_the_file(refuse):
    census, comtrade = JSON["us-census, JSON"], JSON["comtrade, JSON"]

    for layout, raw in (
        (census, census.text.replace('["85", "7480"', '["85", "5700"')),
        (comtrade, comtrade.text.replace('"partnerCode": 842', '"partnerCode": 156')),
    ):
        assert "speaks of the same cell as line" in refuse(layout, raw.encode())[1]


def test_at_most_a_hundred_defects_of_each_kind_are_listed_and_all_are_counted(refuse):
    layout = LAYOUTS["tidy"]
    bad = [f"2024-01,export,USA,all,x{number}\n" for number in range(150)]
    late = [f"2024-{month},export,USA,all,1\n" for month in range(13, 99)]

    first, *found = refuse(layout, layout.raw + "".join(bad + late).encode())

    assert first == "tradeflows: file.csv: 236 defects"
    assert (sum("not a number" in line for line in found), sum("is no period" in line for line in found)) == (100, 86)


def test_endless_figures_of_one_cell_are_refused_before_they_are_all_read(refuse):
    layout = LAYOUTS["tidy"]
    row = lines(layout)[1].replace(b"7391", b"7392")

    first, *more = refuse(layout, layout.raw + 400_000 * row)

    # Two cells, and the first 250,000 rows: the others are not looked at.
    assert first == "tradeflows: file.csv: 1 defect"
    assert more == [
        "  line 12: speaks of the same cell as line 2, 4, 5, 6, 7, 8, 9, 10, 11",
    ]
