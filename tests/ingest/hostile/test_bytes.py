"""Bytes that are damaged, cut off, or in another encoding refuse their file, whatever it says."""

import gzip
import json
import zlib

import pytest

from tests.ingest.hostile.layouts import CSV, JSON, LAYOUTS

CUT_OFF = "the compressed file is damaged or cut off"
LONGEST = 1 << 20


def packed(raw):
    return gzip.compress(raw, mtime=0)


def with_bit_flipped(raw):
    """Return bytes whose check sum at the end no longer fits."""
    return raw[:-8] + bytes([raw[-8] ^ 1]) + raw[-7:]


ANY_FILE = {
    "empty": (lambda _raw: b"", "the file is empty"),
    "blank lines alone": (lambda _raw: b"\n\n\n", "the file is empty"),
    "gzip cut off in its figures": (lambda raw: packed(raw)[: len(packed(raw)) // 2], CUT_OFF),
    "gzip cut off in its check sum": (lambda raw: packed(raw)[:-5], CUT_OFF),
    "gzip with a bit flipped": (lambda raw: with_bit_flipped(packed(raw)), CUT_OFF),
    "gzip with garbage after its end": (lambda raw: packed(raw) + b"garbage", CUT_OFF),
    "gzip with zeros after its end": (lambda raw: packed(raw) + b"\0" * 512, CUT_OFF),
    "gzip in gzip": (lambda raw: packed(packed(raw)), ""),
    "no more than the mark of gzip": (lambda _raw: b"\x1f\x8b", CUT_OFF),
    "an archive of another kind": (lambda raw: b"PK\x03\x04" + raw, ""),
    "UTF-16": (lambda raw: raw.decode("utf-8", "replace").encode("utf-16"), ""),
    "NUL": (lambda raw: raw.replace(b"7391", b"73\x0091"), ""),
    "escape sequence of a terminal": (lambda raw: raw.replace(b"7391", b"\x1b[2J"), ""),
}


@pytest.mark.parametrize("damage", ANY_FILE)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_damaged_file_is_refused(refuse, layout, damage):
    harm, rule = ANY_FILE[damage]

    first, *found = refuse(layout, harm(layout.raw))

    assert first == f"tradeflows: {layout.name}: 1 defect"
    assert any(line.strip().startswith(rule) for line in found), found


@pytest.fixture(scope="module")
def bombs():
    """Return compressed bytes, less than 210 KB each, that unpack to 200 MB or to very many parts."""
    four_megabytes = (b"0" * 99_999 + b"\n") * 40
    one = zlib.compressobj(wbits=31)
    return {
        "200 MB in 200 KB": b"".join(one.compress(four_megabytes) for _ in range(50)) + one.flush(),
        "200 MB in fifty parts": packed(four_megabytes) * 50,
        "200 MB of blanks": packed(b" " * 4_000_000) * 50,
        "many parts of nothing": packed(b"") * 10_001,
    }


TOO_LARGE = "  the file unpacks to more than 200 times its size"
GOES_ON = "  the file is no JSON of the International Trade API: it goes on after its end"
TOO_MANY = "  the file is put together from more than 10000 parts"


@pytest.mark.parametrize(
    ("layout", "bomb", "rule"),
    [
        ("tidy", "200 MB in 200 KB", TOO_LARGE),
        ("tidy", "200 MB in fifty parts", TOO_LARGE),
        ("tidy", "many parts of nothing", TOO_MANY),
        ("us-census, JSON", "200 MB in 200 KB", GOES_ON),
        ("us-census, JSON", "200 MB in fifty parts", GOES_ON),
        ("us-census, JSON", "200 MB of blanks", TOO_LARGE),
        ("us-census, JSON", "many parts of nothing", TOO_MANY),
    ],
)
def test_a_bomb_is_refused_before_it_goes_off(refuse, bombs, layout, bomb, rule):
    assert len(bombs[bomb]) < 210_000

    assert refuse(LAYOUTS[layout], packed(LAYOUTS[layout].raw) + bombs[bomb])[1:] == [rule]


def last_line(raw):
    return len(raw.splitlines())


@pytest.mark.parametrize("layout", CSV.values(), ids=CSV)
def test_a_number_that_is_cut_off_at_the_end_of_the_file_refuses_it(refuse, layout):
    cut = layout.raw.rstrip(b'\r\n," ')[:-1]

    (found,) = refuse(layout, cut)[1:]

    assert found.startswith(f"  line {last_line(cut)}: ")
    assert found.endswith(" the last line has no end: the file may be cut off")


@pytest.mark.parametrize("layout", JSON.values(), ids=JSON)
def test_json_that_is_cut_off_is_refused(refuse, layout):
    (found,) = refuse(layout, layout.raw[:-40])[1:]

    assert found.startswith("  the file is no JSON of ")


@pytest.mark.parametrize("layout", CSV.values(), ids=CSV)
def test_lone_carriage_returns_are_refused(refuse, layout):
    raw = layout.raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r")

    assert refuse(layout, raw)[1:] == ["  line 1: has a carriage return without a line feed"]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_line_ends_of_either_kind_and_a_good_gzip_do_no_harm(command, layout):
    unix = layout.raw.replace(b"\r\n", b"\n")

    for harmless in (
        unix,
        unix.replace(b"\n", b"\r\n"),
        packed(layout.raw),
        packed(layout.raw[:99]) + packed(layout.raw[99:]),
    ):
        ended = command.load(layout, harmless, "--dry-run")
        assert (ended.status, ended.lines[-1]) == (0, "Nothing was kept: this was a dry run."), ended


@pytest.mark.parametrize("layout", CSV.values(), ids=CSV)
def test_a_quote_that_never_closes_is_refused(refuse, layout):
    (found,) = refuse(layout, layout.raw + b'"2024-01,1,2,3\n')[1:]

    assert found == f"  line {last_line(layout.raw) + 1}: the file breaks the rules of CSV: unexpected end of data"


@pytest.mark.parametrize("layout", CSV.values(), ids=CSV)
def test_a_line_without_end_is_refused_before_it_fills_the_memory(refuse, layout):
    (found,) = refuse(layout, layout.raw + b"9" * (LONGEST + 1))[1:]

    line = last_line(layout.raw) + 1
    assert found == f"  line {line}: is longer than {LONGEST} bytes, which no line of figures is"


UTF8 = {name: layout for name, layout in LAYOUTS.items() if layout.encoding == "utf-8" and not layout.text.isascii()}
OTHER = {name: layout for name, layout in LAYOUTS.items() if layout.encoding != "utf-8" and not layout.text.isascii()}


@pytest.mark.parametrize("layout", UTF8.values(), ids=UTF8)
def test_utf8_is_read_with_a_byte_order_mark_too(command, layout):
    assert command.load(layout, b"\xef\xbb\xbf" + layout.raw, "--dry-run").status == 0


@pytest.mark.parametrize(
    ("layout", "taken_for"),
    [*((layout, "cp1252") for layout in UTF8.values()), (LAYOUTS["tidy"], "latin-1"), (LAYOUTS["tidy"], "cp932")],
)
def test_text_that_was_encoded_twice_is_refused(refuse, layout, taken_for):
    (found,) = refuse(layout, layout.raw.decode(taken_for).encode())[1:]

    assert found.endswith("was encoded twice: it is UTF-8 that was taken for another encoding")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "with a byte order mark"])
@pytest.mark.parametrize("layout", OTHER.values(), ids=OTHER)
def test_utf8_is_refused_where_a_layout_is_in_another_encoding(refuse, layout, mark):
    (found,) = refuse(layout, mark + layout.text.encode())[1:]

    assert (
        f"is UTF-8, where files of this layout are {layout.encoding}" in found or f"is not {layout.encoding}" in found
    )


def test_cp932_text_that_was_encoded_twice_is_refused(refuse):
    layout = LAYOUTS["japan-customs-totals"]

    (found,) = refuse(layout, layout.raw.decode("latin-1").encode())[1:]

    assert found.startswith("  line 1: ")
    assert "is UTF-8, where files of this layout are cp932" in found


@pytest.mark.parametrize(
    ("layout", "encoding"),
    [("tidy", "cp932"), ("tidy", "gb18030"), ("us-census", "cp1252"), ("comtrade, legacy", "latin-1")],
)
def test_another_encoding_is_told_with_the_line_and_the_bytes(refuse, layout, encoding):
    chosen = LAYOUTS[layout]

    (found,) = refuse(chosen, chosen.text.encode(encoding))[1:]

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
        ("us-census, JSON", '["' + "0" * (LONGEST + 1)),
        ("us-census, JSON", '[{"CTY_CODE": "5700"}]'),
        ("us-census, JSON", '[["CTY_CODE", "GEN_VAL_MO", "YEAR", "MONTH"], [["5700"], 1, "2024", "01"]]'),
        ("us-census, JSON", "[" * 100_000),
        ("us-census, JSON", '[["CTY_CODE"], ["\\ud800"]]'),
    ],
)
def test_json_of_another_shape_is_refused(refuse, layout, text):
    assert len(refuse(LAYOUTS[layout], text.encode())) == 2


def test_json_that_says_two_things_of_one_name_is_refused(refuse):
    layout = LAYOUTS["comtrade, JSON"]

    (found,) = refuse(layout, layout.changed('"primaryValue": 30', '"primaryValue": 30, "primaryValue": 31'))[1:]

    assert found.endswith("an object has two values of one name")


def test_mojibake_inside_json_escapes_is_text_like_any_other(command):
    layout = LAYOUTS["comtrade, JSON"]
    plain = json.dumps(json.loads(layout.text), ensure_ascii=True).encode()

    assert command.load(layout, plain, "--dry-run").status == 0
