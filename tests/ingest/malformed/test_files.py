"""Files that do not exist, cannot be read, or are named twice."""

import os
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.support.ingest.source_layouts import LAYOUTS

TIDY_LAYOUT = LAYOUTS["tidy"]
COUNT_BLOCKED_SESSIONS = """
    SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'alembic_version'::regclass
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def load_tidy_files(command, *files):
    return command("load", "tidy", *files, "--mapping", command.folder / "mapping.toml", "--published", "2024-03-28")


@pytest.mark.parametrize(
    ("file", "rule"), [("", "is a directory"), ("absent.csv", "does not exist")], ids=["a directory", "an absent file"]
)
def test_a_missing_file_or_a_folder_is_a_usage_error(command, file, rule):
    ended = load_tidy_files(command, command.folder / file)

    assert (ended.status, rule in ended.lines[-1]) == (2, True)


@pytest.mark.account
@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_is_a_usage_error(command):
    path = command.folder / "secret.csv"
    path.write_bytes(TIDY_LAYOUT.content)
    path.chmod(0)

    ended = load_tidy_files(command, path)

    assert (ended.status, "is not readable" in ended.lines[-1]) == (2, True)


def test_a_read_error_rejects_the_file(command):
    before = command.database_digest()
    ended = load_tidy_files(command, "/proc/self/mem")  # what a program has at its address 0 cannot be read

    assert (ended.status, ended.lines) == (
        65,
        ["tradeflows: mem: 1 defect", "  the file cannot be read: Input/output error"],
    )
    assert command.database_digest() == before


def test_a_file_deleted_during_the_command_is_rejected(command):
    before, path = command.database_digest(), command.folder / "vanishing.csv"
    path.write_bytes(TIDY_LAYOUT.content)
    with command.engine.begin() as connection:
        # A load that cannot read the version of the schema waits, and has looked at its arguments by then.
        connection.execute(text("LOCK TABLE alembic_version"))
        ended = []
        loading = threading.Thread(target=lambda: ended.append(load_tidy_files(command, path)))
        loading.start()
        while not connection.scalar(text(COUNT_BLOCKED_SESSIONS)):
            assert loading.is_alive()
        path.unlink()
    loading.join()

    assert (ended[0].status, ended[0].lines[1]) == (65, "  the file cannot be read: No such file or directory")
    assert command.database_digest() == before


def test_a_repeated_file_argument_is_rejected(command):
    path = command.folder / "twice.csv"
    path.write_bytes(TIDY_LAYOUT.content)

    ended = load_tidy_files(command, path, path)

    assert (ended.status, ended.lines[1]) == (
        65,
        "  is the name of two files; rename one of them",
    )


def test_a_renamed_copy_is_a_duplicate_load(command):
    before = command.database_digest()

    ended = command.load_bytes(TIDY_LAYOUT, TIDY_LAYOUT.content, name="renamed.csv", published="2024-02-01")

    assert (ended.status, ended.lines) == (0, ["renamed.csv: nothing new"])
    assert command.database_digest() == before


def test_a_file_with_one_invalid_dataset_publishes_none(expect_rejection):
    layout = LAYOUTS["comtrade"]
    other = layout.text.splitlines()[1].replace('"392"', '"410"').replace("7391", "7_391")

    (found,) = expect_rejection(layout, (layout.text + other + "\r\n").replace('"30"', '"31"').encode("cp1252"))[1:]

    assert found.startswith('  line 4, column primaryValue: "7_391" is not a number')


def test_a_dry_run_archives_nothing(command):
    kept = {path for path in Path(command.folder / "home").rglob("*") if path.is_file()}
    ended = command.load_bytes(TIDY_LAYOUT, TIDY_LAYOUT.replace_figure("8"), "--dry-run")

    assert ended.status == 0
    assert {path for path in Path(command.folder / "home").rglob("*") if path.is_file()} == kept


def test_a_rejected_file_leaves_no_partial_file(command, expect_rejection):
    expect_rejection(TIDY_LAYOUT, TIDY_LAYOUT.replace_figure("8x"))

    assert not list((command.folder / "home").rglob("*.partial"))
