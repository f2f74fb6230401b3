"""What a killed load left unfinished in the archive is removed by the next one; what is being written stays."""

from service.ingest.archive.temporary_files import partial_file
from tests.ingest.conftest import HEADER


def unfinished(folder):
    return [path.name for path in folder.glob("*.partial")]


def test_an_unfinished_file_of_a_load_that_was_killed_is_removed_by_the_next_load(load):
    archive = load.folder / "archive"
    archive.mkdir()
    (archive / "left.partial").write_bytes(b"half of a fi")

    load(HEADER + "2024-01,export,CHN,all,125\n")

    assert unfinished(archive) == []


def test_a_file_that_another_load_is_writing_stays(load):
    archive = load.folder / "archive"
    archive.mkdir()

    with partial_file(archive) as other:
        load(HEADER + "2024-01,export,CHN,all,125\n")

        assert [other.name] == [str(path) for path in archive.glob("*.partial")]
    assert unfinished(archive) == []


def test_a_dry_run_leaves_the_archive_as_it_is(load):
    archive = load.folder / "archive"
    archive.mkdir()
    (archive / "left.partial").write_bytes(b"half of a fi")

    load(HEADER + "2024-01,export,CHN,all,125\n", dry_run=True)

    assert unfinished(archive) == ["left.partial"]
