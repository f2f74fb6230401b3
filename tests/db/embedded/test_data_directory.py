"""The file that describes the data directory of the embedded PostgreSQL."""

import json

import pytest

from service.db.embedded.data_directory import DataDirectory, load_directory
from service.errors import SourceUnavailable


def test_a_file_of_an_earlier_version_is_read(tmp_path):
    description = {"folder": "/srv/data", "way": "account", "account": "postgres"}
    (tmp_path / "place.json").write_text(json.dumps(description))

    assert load_directory(tmp_path) == DataDirectory("/srv/data", "account", "postgres")


@pytest.mark.parametrize("text", ["", "[]", '"x"', "{}", '{"folder": "/srv/data"}', '{"folder": "/a", "mode": 1}'])
def test_a_damaged_file_is_named(tmp_path, text):
    (tmp_path / "place.json").write_text(text)

    with pytest.raises(SourceUnavailable, match=r"place\.json is damaged: it must have folder, run_mode and account"):
        load_directory(tmp_path)
