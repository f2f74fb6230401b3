"""Damaged Parquet files, and those with invalid types or values, are refused as CSV is."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pyarrow as pa
import pytest
from pyarrow import parquet
from pyarrow.parquet import encryption

from tests.support.ingest.source_layouts import LAYOUTS
from tests.support.ingest.tidy_files import EXPORT_ROW, IMPORT_ROW, TIDY_COLUMNS, build_parquet

TIDY_LAYOUT = LAYOUTS["tidy"]
VALID_PARQUET = build_parquet(EXPORT_ROW, IMPORT_ROW)


def rejection_reason(expect_rejection, raw):
    """Return the one thing that was found wrong."""
    (found,) = expect_rejection(TIDY_LAYOUT, raw)[1:]
    return found.strip()


@pytest.mark.parametrize(
    "raw",
    [
        VALID_PARQUET[:-1],
        VALID_PARQUET[:-300],
        VALID_PARQUET[: len(VALID_PARQUET) // 2],
        b"PAR1",
        b"PAR1PAR1",
        VALID_PARQUET[:4] + bytes(len(VALID_PARQUET) - 8) + b"PAR1",
    ],
    ids=["its last byte", "its footer", "half of it", "but its mark", "all but its marks", "all but zeros"],
)
def test_an_incomplete_parquet_file_is_rejected(expect_rejection, raw):
    assert rejection_reason(expect_rejection, raw).startswith("the Parquet file is damaged or truncated: ")


def test_a_page_with_a_wrong_checksum_is_rejected(expect_rejection):
    raw = build_parquet(
        EXPORT_ROW, compression="none", use_dictionary=False, write_page_checksum=True, write_statistics=False
    )
    place = raw.index(b"CHN")

    found = rejection_reason(expect_rejection, raw[:place] + b"USA" + raw[place + 3 :])

    assert found.startswith("the Parquet file is damaged or truncated: ")


class _PlaintextKms(encryption.KmsClient):
    """Keeps no secret: wraps keys as they are."""

    def __init__(self, _config):
        super().__init__()

    def wrap_key(self, key_bytes, _master_key_identifier):
        return key_bytes.hex()

    def unwrap_key(self, wrapped_key, _master_key_identifier):
        return bytes.fromhex(wrapped_key)


@pytest.mark.parametrize("plaintext_footer", [True, False], ids=["its columns", "all of it"])
def test_an_encrypted_parquet_file_is_rejected(expect_rejection, plaintext_footer):
    factory = encryption.CryptoFactory(_PlaintextKms)
    configuration = encryption.EncryptionConfiguration(
        footer_key="footer", column_keys={"columns": list(TIDY_COLUMNS)}, plaintext_footer=plaintext_footer
    )
    properties = factory.file_encryption_properties(encryption.KmsConnectionConfig(), configuration)

    found = rejection_reason(expect_rejection, build_parquet(EXPORT_ROW, encryption_properties=properties))

    assert found == "the Parquet file is encrypted; load one that is not"


@pytest.mark.parametrize(
    ("column", "arrow_type", "value"),
    [
        ("month", pa.date32(), date(2024, 1, 1)),
        ("month", pa.timestamp("s"), datetime(2024, 1, 1)),  # noqa: DTZ001 - as Parquet has it
        ("value", pa.list_(pa.int64()), [1]),
        ("value", pa.struct({"usd": pa.int64()}), {"usd": 1}),
        ("value", pa.bool_(), True),
        ("country", pa.binary(), b"CHN"),
    ],
    ids=["dates", "times", "lists", "nested columns", "truth values", "bytes"],
)
def test_unsupported_column_types_are_rejected(expect_rejection, column, arrow_type, value):
    row = dict(zip(TIDY_COLUMNS, EXPORT_ROW, strict=True)) | {column: value}

    found = rejection_reason(expect_rejection, build_parquet(tuple(row.values()), types={column: arrow_type}))

    assert found.startswith(f"column {column}: the column has type ")


@pytest.mark.parametrize(
    ("value", "arrow_type", "rule"),
    [
        (12.5, pa.float64(), '"12.5" is not a whole number'),
        (0.1 + 0.2, pa.float64(), '"0.30000000000000004" is not a whole number'),
        (float("nan"), pa.float64(), '"nan" is not a number'),
        (float("inf"), pa.float64(), '"inf" is not a number'),
        (-float("inf"), pa.float32(), '"-inf" is not a number'),
        (9007199254740994.0, pa.float64(), '"9.007199e+15" is not a number'),
        (1e300, pa.float64(), '"1.000000e+300" is not a number'),
        (None, pa.int64(), '"" is not a number'),
        (None, pa.null(), '"" is not a number'),
        (Decimal("7391.05"), pa.decimal128(12, 2), '"7391.05" is not a whole number'),
        (Decimal(10) ** 30, pa.decimal128(38, 0), f'"{10**30}" has too many digits'),
        (Decimal(2**108), pa.decimal128(38, 0), f'"{2**108}" has too many digits'),
        (Decimal(10) ** 60, pa.decimal256(70, 0), '"1000000'),
        (2**63, pa.uint64(), f'"{2**63}" has too many digits'),
        ("1_000", pa.string(), '"1_000" is not a number'),
        ("７３９１", pa.string(), '"７３９１" is not a number'),
        ("1e3", pa.string(), '"1e3" is not a number'),
        ("", pa.dictionary(pa.int8(), pa.string()), '"" is not a number'),
    ],
)
def test_non_integer_values_are_rejected_with_their_row(expect_rejection, value, arrow_type, rule):
    found = rejection_reason(expect_rejection, build_parquet((*EXPORT_ROW[:-1], value), types={"value": arrow_type}))

    assert found.startswith(f"line 1, column value: {rule}")


@pytest.mark.parametrize(
    ("country", "rule"),
    [("C\0HN", "has a control character"), ("ä¸\xadå\x9b½", "was encoded twice")],
    ids=["NUL", "text encoded twice"],
)
def test_text_invalid_in_csv_is_rejected(expect_rejection, country, rule):
    found = rejection_reason(expect_rejection, build_parquet(EXPORT_ROW, ("2024-01", "export", country, "all", 1)))

    assert found.startswith("line 2")
    assert rule in found


def test_invalid_utf8_is_rejected(expect_rejection):
    names = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\3\0\0\0"), pa.py_buffer(b"C\xffN")])
    cells = [pa.array([cell]) for cell in EXPORT_ROW]
    cells[2] = names
    target = BytesIO()
    parquet.write_table(pa.table(cells, names=list(TIDY_COLUMNS)), target)

    assert rejection_reason(expect_rejection, target.getvalue()).startswith(
        "the Parquet file is damaged or truncated: "
    )


def test_a_missing_or_duplicate_column_is_rejected(expect_rejection):
    assert "there is no column value" in rejection_reason(
        expect_rejection, build_parquet(EXPORT_ROW, columns=(*TIDY_COLUMNS[:-1], "price"))
    )
    target = BytesIO()
    cells = [pa.array([cell]) for cell in (*EXPORT_ROW, 5)]
    parquet.write_table(pa.table(cells, names=[*TIDY_COLUMNS, "value"]), target)
    assert "there are two columns value" in rejection_reason(expect_rejection, target.getvalue())


def test_a_parquet_file_without_rows_is_rejected(expect_rejection):
    empty = build_parquet(types=dict.fromkeys(TIDY_COLUMNS, pa.string()))

    assert rejection_reason(expect_rejection, empty) == "has no figure"


def test_a_duplicate_figure_is_rejected_with_both_rows(expect_rejection):
    assert (
        rejection_reason(expect_rejection, build_parquet(EXPORT_ROW, IMPORT_ROW, EXPORT_ROW))
        == "line 3: has the same cell as line 1"
    )


def test_an_oversized_page_is_rejected_before_expansion(expect_rejection):
    words = [("2024-01", "export", "0" * 200_000_000, "all", 1)]
    raw = build_parquet(*words, compression="zstd", use_dictionary=False, write_statistics=False)
    assert len(raw) < 210_000

    assert rejection_reason(expect_rejection, raw) == "the file decompresses to more than 200 times its size"


def test_an_oversized_row_group_is_rejected_before_expansion(expect_rejection):
    target = BytesIO()
    repeated = pa.table({"value": pa.repeat(pa.scalar(1, pa.int8()), 20_000_000)})
    parquet.write_table(repeated, target, row_group_size=20_000_000, write_statistics=False)
    assert len(target.getvalue()) < 100_000

    assert (
        rejection_reason(expect_rejection, target.getvalue()) == "the file has more than 200 rows for each of its bytes"
    )
