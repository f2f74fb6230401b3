"""Files beyond the bounds, and paths that are no regular files, are refused in one line."""

import os
import socket

import pytest

from service.errors import InvalidFile
from service.ingest.validation import bounds
from tests.ingest.conftest import CSV_HEADER

ROW = "2024-01,export,CHN,all,5\n"


def refusal(load, *contents, **options):
    with pytest.raises(InvalidFile) as raised:
        load(*contents, **options)
    return str(raised.value.file_errors[0])


def test_columns_cells_and_empty_lines_are_bounded(load):
    many_columns = CSV_HEADER.strip() + ",x" * bounds.MAX_COLUMNS + "\n" + ROW
    long_cell = CSV_HEADER + f"2024-01,export,CHN,{'x' * (bounds.MAX_CELL_CHARACTERS + 1)},5\n"
    long_quoted_cell = CSV_HEADER + f'2024-01,export,CHN,"{"x" * (bounds.MAX_CELL_CHARACTERS + 1)}",5\n'
    empty_lines = CSV_HEADER + ROW + "\n" * (bounds.MAX_EMPTY_LINES + 1) + ROW

    found = [refusal(load, content) for content in (many_columns, long_cell, long_quoted_cell, empty_lines)]

    assert found == [
        "line 1: has more than 1000 columns",
        *["line 2: has a cell of more than 10000 characters"] * 2,
        "line 10003: is one of more than 10000 empty lines",
    ]


def test_rows_and_time_of_a_file_are_bounded(load, monkeypatch):
    monkeypatch.setattr(bounds, "MAX_FILE_FIGURES", 1)
    assert refusal(load, CSV_HEADER + ROW + ROW.replace("CHN", "USA")) == "has more than 1 figures; split the file"
    monkeypatch.setattr(bounds, "MAX_FILE_FIGURES", 10)
    monkeypatch.setattr(bounds, "MAX_PARSE_S", -1.0)
    assert "takes longer than" in refusal(load, CSV_HEADER + ROW)


def test_only_regular_files_with_printable_names_are_loaded(load, tmp_path):
    folder, elsewhere = load.folder, tmp_path / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / "2024-02-28.csv").write_text(CSV_HEADER + ROW)
    os.mkfifo(folder / "2024-02-01.csv")
    (folder / "2024-02-02.csv").symlink_to("/dev/zero")
    (folder / "2024-02-03.csv").symlink_to(elsewhere / "2024-02-28.csv")
    (folder / "2024-02-04.csv").symlink_to(folder / "2024-02-04.csv")
    (folder / "2024-02-05.csv").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "2024-02-06.csv"))
    names = [f"2024-02-0{n}.csv" for n in range(1, 8)] + ["2024-02-08\n.csv", "2024-02-09\udcff.csv"]
    for name in names[7:]:
        (folder / name).write_text(CSV_HEADER + ROW)

    found = []
    for name in names:
        with pytest.raises(InvalidFile) as raised:
            load.load_files([folder / name])
        found.append(str(raised.value.file_errors[0]))
        str(raised.value).encode()

    assert found[0] == "is a named pipe, not a regular file"
    assert found[1] == "is a device, not a regular file"
    assert found[2] == "is a link to a file in another folder; load that file itself"
    assert "cannot be read" in found[3]
    assert found[4:6] == ["is a folder, not a regular file", "is a socket, not a regular file"]
    assert "cannot be read" in found[6]
    assert found[7:] == ["the file name has a control character; rename it"] * 2
