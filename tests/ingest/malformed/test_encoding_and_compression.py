"""Files with damaged, truncated or wrongly encoded bytes are refused."""

import gzip
import json
import zlib

import pytest

from tests.support.ingest.source_layouts import CSV_LAYOUTS, JSON_LAYOUTS, LAYOUTS

TRUNCATED_MESSAGE = "the compressed file is damaged or truncated"
MAX_TEXT_LINE_BYTES = 1 << 20


def gzip_bytes(raw):
    return gzip.compress(raw, mtime=0)


def corrupt_checksum(raw):
    """Return bytes whose check sum at the end no longer fits."""
    return raw[:-8] + bytes([raw[-8] ^ 1]) + raw[-7:]


DAMAGES = {
    "empty": (lambda _raw: b"", "the file is empty"),
    "blank lines alone": (lambda _raw: b"\n\n\n", "the file is empty"),
    "gzip cut off in its figures": (lambda raw: gzip_bytes(raw)[: len(gzip_bytes(raw)) // 2], TRUNCATED_MESSAGE),
    "gzip cut off in its check sum": (lambda raw: gzip_bytes(raw)[:-5], TRUNCATED_MESSAGE),
    "gzip with a bit flipped": (lambda raw: corrupt_checksum(gzip_bytes(raw)), TRUNCATED_MESSAGE),
    "gzip with garbage after its end": (lambda raw: gzip_bytes(raw) + b"garbage", TRUNCATED_MESSAGE),
    "gzip with zeros after its end": (lambda raw: gzip_bytes(raw) + b"\0" * 512, TRUNCATED_MESSAGE),
    "gzip in gzip": (lambda raw: gzip_bytes(gzip_bytes(raw)), ""),
    "no more than the mark of gzip": (lambda _raw: b"\x1f\x8b", TRUNCATED_MESSAGE),
    "an archive of another kind": (lambda raw: b"PK\x03\x04" + raw, ""),
    "UTF-16": (lambda raw: raw.decode("utf-8", "replace").encode("utf-16"), ""),
    "NUL": (lambda raw: raw.replace(b"7391", b"73\x0091"), ""),
    "escape sequence of a terminal": (lambda raw: raw.replace(b"7391", b"\x1b[2J"), ""),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_damaged_file_is_rejected(expect_rejection, layout, damage):
    harm, rule = DAMAGES[damage]

    first, *found = expect_rejection(layout, harm(layout.content))

    assert first == f"tradeflows: {layout.name}: 1 defect"
    assert any(line.strip().startswith(rule) for line in found), found


@pytest.fixture(scope="module")
def bombs():
    """Return compressed bytes, less than 210 KB each, that unpack to 200 MB or to very many parts."""
    four_megabytes = (b"0" * 99_999 + b"\n") * 40
    one = zlib.compressobj(wbits=31)
    return {
        "200 MB in 200 KB": b"".join(one.compress(four_megabytes) for _ in range(50)) + one.flush(),
        "200 MB in fifty parts": gzip_bytes(four_megabytes) * 50,
        "200 MB of blanks": gzip_bytes(b" " * 4_000_000) * 50,
        "many parts of nothing": gzip_bytes(b"") * 10_001,
    }


TOO_LARGE_MESSAGE = "  the file decompresses to more than 200 times its size"
LONG_CELL_MESSAGE = "  line 4: has a cell of more than 10000 characters"
TRAILING_DATA_MESSAGE = "  the file is not JSON of the International Trade API: it continues after its end"
TOO_MANY_PARTS_MESSAGE = "  the file has more than 10000 members"


@pytest.mark.parametrize(
    ("layout", "bomb", "rule"),
    [
        ("tidy", "200 MB in 200 KB", LONG_CELL_MESSAGE),
        ("tidy", "200 MB in fifty parts", LONG_CELL_MESSAGE),
        ("tidy", "many parts of nothing", TOO_MANY_PARTS_MESSAGE),
        ("us-census, JSON", "200 MB in 200 KB", TRAILING_DATA_MESSAGE),
        ("us-census, JSON", "200 MB in fifty parts", TRAILING_DATA_MESSAGE),
        ("us-census, JSON", "200 MB of blanks", TOO_LARGE_MESSAGE),
        ("us-census, JSON", "many parts of nothing", TOO_MANY_PARTS_MESSAGE),
    ],
)
def test_a_decompression_bomb_is_rejected_before_expansion(expect_rejection, bombs, layout, bomb, rule):
    assert len(bombs[bomb]) < 210_000

    assert expect_rejection(LAYOUTS[layout], gzip_bytes(LAYOUTS[layout].content) + bombs[bomb])[1:] == [rule]


def count_lines(raw):
    return len(raw.splitlines())


@pytest.mark.parametrize("layout", CSV_LAYOUTS.values(), ids=CSV_LAYOUTS)
def test_a_number_truncated_at_the_end_of_the_file_is_rejected(expect_rejection, layout):
    cut = layout.content.rstrip(b'\r\n," ')[:-1]

    (found,) = expect_rejection(layout, cut)[1:]

    assert found.startswith(f"  line {count_lines(cut)}: ")
    assert found.endswith(" the last line has no line end; the file may be truncated")


@pytest.mark.parametrize("layout", JSON_LAYOUTS.values(), ids=JSON_LAYOUTS)
def test_truncated_json_is_rejected(expect_rejection, layout):
    (found,) = expect_rejection(layout, layout.content[:-40])[1:]

    assert found.startswith("  the file is not JSON of ")


@pytest.mark.parametrize("layout", CSV_LAYOUTS.values(), ids=CSV_LAYOUTS)
def test_lone_carriage_returns_are_rejected(expect_rejection, layout):
    raw = layout.content.replace(b"\r\n", b"\n").replace(b"\n", b"\r")

    assert expect_rejection(layout, raw)[1:] == ["  line 1: has a carriage return without a line feed"]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_both_line_endings_and_gzip_are_accepted(parse_file, layout):
    unix = layout.content.replace(b"\r\n", b"\n")

    for harmless in (
        unix,
        unix.replace(b"\n", b"\r\n"),
        gzip_bytes(layout.content),
        gzip_bytes(layout.content[:99]) + gzip_bytes(layout.content[99:]),
    ):
        checked = parse_file(layout, harmless)
        assert (checked.status, checked.figure_count) == (0, 2), checked


@pytest.mark.parametrize("layout", CSV_LAYOUTS.values(), ids=CSV_LAYOUTS)
def test_an_unclosed_quote_is_rejected(expect_rejection, layout):
    (found,) = expect_rejection(layout, layout.content + b'"2024-01,1,2,3\n')[1:]

    assert found == f"  line {count_lines(layout.content) + 1}: the file is not valid CSV: unexpected end of data"


@pytest.mark.parametrize("layout", CSV_LAYOUTS.values(), ids=CSV_LAYOUTS)
def test_an_endless_line_is_rejected_with_bounded_memory(expect_rejection, layout):
    (found,) = expect_rejection(layout, layout.content + b"9" * (MAX_TEXT_LINE_BYTES + 1))[1:]

    line = count_lines(layout.content) + 1
    assert found == f"  line {line}: is longer than {MAX_TEXT_LINE_BYTES} bytes"


UTF8_LAYOUTS = {
    name: layout for name, layout in LAYOUTS.items() if layout.encoding == "utf-8" and not layout.text.isascii()
}
OTHER_ENCODING_LAYOUTS = {
    name: layout
    for name, layout in LAYOUTS.items()
    if layout.encoding != "utf-8" and not layout.text.isascii() and not name.startswith("comtrade")
}


@pytest.mark.parametrize("layout", UTF8_LAYOUTS.values(), ids=UTF8_LAYOUTS)
def test_utf8_with_a_byte_order_mark_is_accepted(parse_file, layout):
    assert parse_file(layout, b"\xef\xbb\xbf" + layout.content).status == 0


@pytest.mark.parametrize(
    ("layout", "wrong_encoding"),
    [
        *((layout, "cp1252") for layout in UTF8_LAYOUTS.values()),
        (LAYOUTS["tidy"], "latin-1"),
        (LAYOUTS["tidy"], "cp932"),
    ],
)
def test_double_encoded_text_is_rejected(expect_rejection, layout, wrong_encoding):
    (found,) = expect_rejection(layout, layout.content.decode(wrong_encoding).encode())[1:]

    assert found.endswith("was encoded twice: it is UTF-8 that was decoded in another encoding")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "with a byte order mark"])
@pytest.mark.parametrize("layout", OTHER_ENCODING_LAYOUTS.values(), ids=OTHER_ENCODING_LAYOUTS)
def test_utf8_is_rejected_for_layouts_in_another_encoding(expect_rejection, layout, mark):
    (found,) = expect_rejection(layout, mark + layout.text.encode())[1:]

    assert f"is UTF-8, but files of this layout are {layout.encoding}" in found or f"is not {layout.encoding}" in found


def test_double_encoded_cp932_text_is_rejected(expect_rejection):
    layout = LAYOUTS["japan-customs-totals"]

    (found,) = expect_rejection(layout, layout.content.decode("latin-1").encode())[1:]

    assert found.startswith("  line 1: ")
    assert "is UTF-8, but files of this layout are cp932" in found


@pytest.mark.parametrize(
    ("layout", "encoding"),
    [("tidy", "cp932"), ("tidy", "gb18030"), ("us-census", "cp1252")],
)
def test_a_wrong_encoding_is_reported_with_line_and_bytes(expect_rejection, layout, encoding):
    chosen = LAYOUTS[layout]

    (found,) = expect_rejection(chosen, chosen.text.encode(encoding))[1:]

    line = next(n for n, text in enumerate(chosen.text.splitlines(), 1) if not text.isascii())
    assert found.startswith(f'  line {line}: "')
    assert "is not utf-8 at byte" in found


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ("comtrade, JSON", "[]"),
        ("comtrade, JSON", '{"data": 5}'),
        ("comtrade, JSON", '{"data": [5]}'),
        ("comtrade, JSON", '{"data": [{"period": "2022"}]}'),
        ("comtrade, JSON", '{"data": []} {"data": []}'),
        ("comtrade, JSON", '{"data": [], "data": []}'),
        ("comtrade, JSON", '{"data": [], 5: 6}'),
        ("comtrade, JSON", '{"data": null}'),
        ("comtrade, JSON", "{}"),
        ("us-census, JSON", "[]"),
        ("us-census, JSON", "[5]"),
        ("us-census, JSON", '[["CTY_CODE"],]'),
        ("us-census, JSON", '[["CTY_CODE"] ["5700"]]'),
        ("us-census, JSON", '["' + "0" * (MAX_TEXT_LINE_BYTES + 1)),
        ("us-census, JSON", '[{"CTY_CODE": "5700"}]'),
        ("us-census, JSON", '[["CTY_CODE", "GEN_VAL_MO", "YEAR", "MONTH"], [["5700"], 1, "2024", "01"]]'),
        ("us-census, JSON", "[" * 100_000),
        ("us-census, JSON", '[["CTY_CODE"], ["\\ud800"]]'),
    ],
)
def test_json_of_another_structure_is_rejected(expect_rejection, layout, text):
    assert len(expect_rejection(LAYOUTS[layout], text.encode())) == 2


def test_json_with_duplicate_names_is_rejected(expect_rejection):
    layout = LAYOUTS["comtrade, JSON"]

    (found,) = expect_rejection(
        layout, layout.replace_first('"primaryValue": 30', '"primaryValue": 30, "primaryValue": 31')
    )[1:]

    assert found.endswith("an object has a key twice")


def test_escaped_mojibake_in_json_is_accepted(parse_file):
    layout = LAYOUTS["comtrade, JSON"]
    plain = json.dumps(json.loads(layout.text), ensure_ascii=True).encode()

    assert parse_file(layout, plain).status == 0


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("layout", ["comtrade", "comtrade, legacy"])
def test_comtrade_files_are_utf8_or_cp1252(parse_file, layout, encoding):
    checked = parse_file(LAYOUTS[layout], LAYOUTS[layout].text.encode(encoding))

    assert (checked.status, checked.figure_count) == (0, 2), checked
