"""JSON that is read item by item says what it says as a whole, in memory that does not grow with it."""

import json
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.errors import BadFile
from service.ingest.formats import json_stream
from service.ingest.formats.json_stream import json_items

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
cells = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text
values = st.recursive(cells, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3))


def items(folder, content, **options):
    path = folder / "file.json"
    path.write_bytes(content)
    return list(json_items(path, name="file.json", api="an office", **options))


@pytest.fixture
def in_small_pieces(monkeypatch):
    """Have files read in pieces of seven bytes, so that their ends fall everywhere."""
    monkeypatch.setattr(json_stream, "CHUNK", 7)


@pytest.mark.usefixtures("in_small_pieces")
@given(rows=st.lists(values, max_size=4), escaped=st.booleans(), indent=st.sampled_from([None, 1]))
@example(rows=[1234567890123456789, 12.5, "中国"], escaped=False, indent=None)
def test_items_are_those_of_the_whole(tmp_path, rows, escaped, indent):
    def as_read(content):
        return json.loads(content, parse_int=str, parse_float=str)

    content = json.dumps(rows, ensure_ascii=escaped, indent=indent)
    within = json.dumps({"count": len(rows), "data": rows, "error": [""]}, ensure_ascii=escaped, indent=indent)

    try:
        found = items(tmp_path, content.encode()), items(tmp_path, within.encode(), under="data")
    except BadFile as error:
        assert "encoded twice" in str(error.defects[0])  # noqa: PT017 - letters that happen to look like it
    else:
        assert found == (as_read(content), as_read(content))


@pytest.mark.usefixtures("in_small_pieces")
@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b'[["\xe4\xb8"]]', "is not utf-8 near byte 4: invalid continuation byte"),
        (b"[1, 2] 3", "it goes on after its end"),
        (b'[{"a": 1, "a": 2}]', "an object has two values of one name"),
        (b"[1, 2", "is missing before"),
        ('["\u00e4\u00b8\u00ad"]'.encode(), "was encoded twice"),
    ],
)
def test_what_is_wrong_is_told_wherever_a_piece_ends(tmp_path, content, rule):
    with pytest.raises(BadFile) as refused:
        items(tmp_path, content)

    assert rule in str(refused.value.defects[0])


def test_memory_does_not_grow_with_the_file(tmp_path):
    row = json.dumps({"partnerCode": 156, "cmdCode": "8542", "primaryValue": 12.5, "cmdDesc": "Circuits " * 20})
    path = tmp_path / "file.json"
    path.write_text('{"data": [' + ",".join([row] * 100_000) + "]}")
    assert path.stat().st_size > 20_000_000

    tracemalloc.start()
    found = sum(1 for _ in json_items(path, name="file.json", api="an office", under="data"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == 100_000
    assert peak < 8_000_000
