"""Files that cannot be had, or that are given twice."""

import os
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from service.db.migration_lock import MIGRATION_LOCK
from tests.ingest.hostile.layouts import LAYOUTS

TIDY = LAYOUTS["tidy"]


def load(command, *files):
    return command("load", "tidy", *files, "--mapping", command.folder / "mapping.toml", "--published", "2024-03-28")


@pytest.mark.parametrize(
    ("file", "rule"), [("", "is a directory"), ("absent.csv", "does not exist")], ids=["a directory", "an absent file"]
)
def test_what_is_no_file_is_a_command_that_is_not_written_right(command, file, rule):
    ended = load(command, command.folder / file)

    assert (ended.status, rule in ended.lines[-1]) == (2, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_a_command_that_is_not_written_right(command):
    path = command.folder / "secret.csv"
    path.write_bytes(TIDY.raw)
    path.chmod(0)

    ended = load(command, path)

    assert (ended.status, "is not readable" in ended.lines[-1]) == (2, True)


def test_a_file_that_breaks_while_it_is_read_is_refused(command):
    before = command.digest()
    ended = load(command, "/proc/self/mem")  # what a program has at its address 0 cannot be read

    assert (ended.status, ended.lines) == (
        65,
        ["tradeflows: mem: 1 defect", "  the file cannot be read: Input/output error"],
    )
    assert command.digest() == before


def test_a_file_that_vanishes_after_the_command_has_begun_is_refused(command):
    before, path = command.digest(), command.folder / "vanishing.csv"
    path.write_bytes(TIDY.raw)
    with command.engine.begin() as connection:
        # As long as somebody migrates, a load waits: it has looked at its arguments by then.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        ended = []
        loading = threading.Thread(target=lambda: ended.append(load(command, path)))
        loading.start()
        while not connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert loading.is_alive()
        path.unlink()
    loading.join()

    assert (ended[0].status, ended[0].lines[1]) == (65, "  the file cannot be read: No such file or directory")
    assert command.digest() == before


def test_one_file_given_twice_is_refused(command):
    path = command.folder / "twice.csv"
    path.write_bytes(TIDY.raw)

    ended = load(command, path, path)

    assert (ended.status, ended.lines[1]) == (
        65,
        "  is the name of two files: a release knows its files by their names",
    )


def test_the_same_bytes_under_another_name_are_nothing_new(command):
    before = command.digest()

    ended = command.load(TIDY, TIDY.raw, name="renamed.csv", published="2024-02-01")

    assert (ended.status, ended.lines) == (0, ["renamed.csv: nothing new"])
    assert command.digest() == before


def test_of_a_file_with_two_datasets_neither_is_published_where_one_is_bad(refuse):
    layout = LAYOUTS["comtrade"]
    other = layout.text.splitlines()[1].replace('"392"', '"410"').replace("7391", "7_391")

    (found,) = refuse(layout, (layout.text + other + "\r\n").replace('"30"', '"31"').encode("cp1252"))[1:]

    assert found.startswith('  line 4, column primaryValue: "7_391" is not a number')


def test_a_dry_run_keeps_nothing_not_even_the_bytes(command):
    kept = {path for path in Path(command.folder / "home").rglob("*") if path.is_file()}
    ended = command.load(TIDY, TIDY.with_figure("8"), "--dry-run")

    assert ended.status == 0
    assert {path for path in Path(command.folder / "home").rglob("*") if path.is_file()} == kept


def test_the_bytes_of_a_refused_file_are_kept_whole_and_nothing_is_left_half_written(command, refuse):
    refuse(TIDY, TIDY.with_figure("8x"))

    assert not list((command.folder / "home").rglob("*.partial"))
