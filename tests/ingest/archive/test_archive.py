"""The next load removes temporary files of a killed load from the archive, but not those of a running one."""

from service.ingest.archive.temporary_files import partial_file
from tests.ingest.conftest import CSV_HEADER


def partial_files(folder):
    return [path.name for path in folder.glob("*.partial")]


def test_a_partial_file_of_a_killed_load_is_removed_by_the_next_load(load):
    archive = load.folder / "archive"
    archive.mkdir()
    (archive / "left.partial").write_bytes(b"half of a fi")

    load(CSV_HEADER + "2024-01,export,CHN,all,125\n")

    assert partial_files(archive) == []


def test_a_partial_file_of_a_running_load_is_preserved(load):
    archive = load.folder / "archive"
    archive.mkdir()

    with partial_file(archive) as other:
        load(CSV_HEADER + "2024-01,export,CHN,all,125\n")

        assert [other.name] == [str(path) for path in archive.glob("*.partial")]
    assert partial_files(archive) == []


def test_a_dry_run_does_not_change_the_archive(load):
    archive = load.folder / "archive"
    archive.mkdir()
    (archive / "left.partial").write_bytes(b"half of a fi")

    load(CSV_HEADER + "2024-01,export,CHN,all,125\n", dry_run=True)

    assert partial_files(archive) == ["left.partial"]
