"""JSON that is parsed item by item equals JSON parsed as a whole, in constant memory."""

import json
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.errors import InvalidFile
from service.ingest.formats import json_stream
from service.ingest.formats.json_stream import json_items

json_strings = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
json_scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | json_strings
)
json_values = st.recursive(
    json_scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(json_strings, inner, max_size=3)
)


def parse_items(folder, content, **options):
    path = folder / "file.json"
    path.write_bytes(content)
    return list(json_items(path, name="file.json", api="an office", **options))


@pytest.fixture
def small_chunks(monkeypatch):
    """Have files read in pieces of seven bytes, so that their ends fall everywhere."""
    monkeypatch.setattr(json_stream, "READ_CHUNK_BYTES", 7)


@pytest.mark.usefixtures("small_chunks")
@given(rows=st.lists(json_values, max_size=4), escaped=st.booleans(), indent=st.sampled_from([None, 1]))
@example(rows=[1234567890123456789, 12.5, "中国"], escaped=False, indent=None)
def test_streamed_items_equal_complete_parsing(tmp_path, rows, escaped, indent):
    def as_read(content):
        return json.loads(content, parse_int=str, parse_float=str)

    content = json.dumps(rows, ensure_ascii=escaped, indent=indent)
    within = json.dumps({"count": len(rows), "data": rows, "error": [""]}, ensure_ascii=escaped, indent=indent)

    try:
        found = parse_items(tmp_path, content.encode()), parse_items(tmp_path, within.encode(), array_key="data")
    except InvalidFile as error:
        assert "encoded twice" in str(error.file_errors[0])  # noqa: PT017 - letters that happen to look like it
    else:
        assert found == (as_read(content), as_read(content))


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b'[["\xe4\xb8"]]', "is not utf-8 near byte 4: invalid continuation byte"),
        (b"[1, 2] 3", "it continues after its end"),
        (b'[{"a": 1, "a": 2}]', "an object has a key twice"),
        (b"[1, 2", "is missing before"),
        ('["\u00e4\u00b8\u00ad"]'.encode(), "was encoded twice"),
    ],
)
def test_errors_are_reported_at_any_chunk_boundary(tmp_path, content, rule):
    with pytest.raises(InvalidFile) as refused:
        parse_items(tmp_path, content)

    assert rule in str(refused.value.file_errors[0])


def test_memory_is_independent_of_file_size(tmp_path):
    row = json.dumps({"partnerCode": 156, "cmdCode": "8542", "primaryValue": 12.5, "cmdDesc": "Circuits " * 20})
    path = tmp_path / "file.json"
    path.write_text('{"data": [' + ",".join([row] * 100_000) + "]}")
    assert path.stat().st_size > 20_000_000

    tracemalloc.start()
    found = sum(1 for _ in json_items(path, name="file.json", api="an office", array_key="data"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == 100_000
    assert peak < 8_000_000
