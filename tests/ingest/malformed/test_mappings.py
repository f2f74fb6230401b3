"""No mapping ends in a traceback: it loads, or is refused with the key and the rule."""

import json
import os
import tomllib
from copy import deepcopy

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from service.domain.text_rules import VALID_DATASET_CODE
from service.errors import FileError, InvalidFile
from service.ingest.catalog.mapping_file import read_mapping
from service.ingest.sources.tidy.parser import describe
from tests.ingest.conftest import COMMODITIES_CSV, CSV_HEADER, MAPPING_TOML

BASE_MAPPING = tomllib.loads(MAPPING_TOML)
PATHS = [(table, key) for table, values in BASE_MAPPING.items() for key in values] + [
    (table,) for table in BASE_MAPPING
]
FILE_NAME = "2024-02-28.csv"
ODD_VALUES = (
    *("", " ", "x", "\x01", "é", "日本", "../../etc/passwd", "/dev/zero", "a" * 5000, "(", "(?P<published>", "utf-99"),
    *(
        0,
        1,
        -1,
        2**63,
        1.5,
        float("nan"),
        True,
        [],
        [1],
        ["x"],
        {},
        {"x": 1},
        {"x": {"y": []}},
        "M",
        "Q",
        "JPN",
        ";",
        "||",
    ),
)
ODD_KEYS = ("code", "list", "encoding", "delimiter", "sheet", "value", "x", "scheme", "level", "published", "")


def toml_value(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value)
    return str(value).lower()


def toml(tables):
    return "\n".join(f"{json.dumps(key)} = {toml_value(value)}" for key, value in tables.items())


changes = st.lists(
    st.tuples(
        st.sampled_from(PATHS),
        st.sampled_from(ODD_VALUES),
        st.sampled_from(("set", "delete", "add")),
        st.sampled_from(ODD_KEYS),
    ),
    min_size=1,
    max_size=3,
)


@pytest.fixture(scope="module")
def mapping_folder(tmp_path_factory):
    """Return a folder with the code list of the mapping."""
    folder = tmp_path_factory.mktemp("mappings")
    (folder / "goods.csv").write_text(COMMODITIES_CSV)
    return folder


def check_mapping(load, content):
    """Check that a mapping loads, or is refused with bounded errors; any other exception fails the test."""
    (load.folder / "mapping.toml").write_bytes(content)
    refused_with = []
    try:
        load(CSV_HEADER + "2024-01,export,CHN,all,5\n", dry_run=True)
    except InvalidFile as error:
        refused_with = list(error.file_errors) or [None]
    assert all(isinstance(each, FileError) and len(str(each)) < 1000 for each in refused_with)


def test_an_unknown_classification_is_refused_with_the_editions_of_hs(load):
    described = {name: table for name, table in BASE_MAPPING.items() if name not in {"classification", "commodity"}}
    described["dataset"] = BASE_MAPPING["dataset"] | {"classification": "HS2022"}
    with pytest.raises(InvalidFile) as refused:
        load(CSV_HEADER + "2024-01,export,CHN,TOTAL,5\n", mapping=toml(described))
    (error,) = refused.value.file_errors
    assert '"HS2022" is not a known classification' in str(error)
    assert "H6 (Harmonized System 2022)" in str(error)


@pytest.mark.parametrize(
    ("reporter", "suggestion"),
    [
        ("ATL", ""),
        ("nz", "; did you mean NZL?"),
        ("Japan", "; did you mean JPN?"),
        ("Switserland", "; did you mean CHE?"),
    ],
)
def test_an_unknown_reporter_is_refused_with_similar_codes(load, reporter, suggestion):
    described = BASE_MAPPING | {"dataset": BASE_MAPPING["dataset"] | {"reporter": reporter}}
    with pytest.raises(InvalidFile) as refused:
        load(CSV_HEADER + "2024-01,export,CHN,all,5\n", mapping=toml(described))
    (error,) = refused.value.file_errors
    assert str(error) == (
        f'"{reporter}" is not the code of an area; use an ISO 3166-1 alpha-3 code: /v1/areas lists the codes of all '
        f"areas{suggestion}"
    )


def change_mapping(changes):
    """Return a valid mapping with some values and tables replaced, removed or added."""
    tables = {name: dict(values) for name, values in BASE_MAPPING.items()}
    for path, value, how, key in changes:
        parent = tables if len(path) == 1 else tables.get(path[0])
        if not isinstance(parent, dict):
            continue
        if how == "delete":
            parent.pop(path[-1], None)
        elif how == "set":
            parent[path[-1]] = deepcopy(value)  # a later change can be inside of it
        else:
            parent[key] = deepcopy(value)
    return toml(tables).encode()


def damage_mapping(position, inserted, removed):
    """Return a valid mapping with some bytes replaced."""
    raw = MAPPING_TOML.encode()
    return raw[:position] + inserted + raw[position + removed :]


changed_mappings = st.builds(change_mapping, changes)
damaged_mappings = st.builds(
    damage_mapping, st.integers(0, len(MAPPING_TOML)), st.binary(max_size=5), st.integers(0, 20)
)


@settings(max_examples=100)
@given(content=changed_mappings | damaged_mappings)
def test_any_mapping_loads_or_is_refused(load, content):
    check_mapping(load, content)


@settings(max_examples=int(os.environ.get("TRADEFLOWS_TEST_MAPPINGS", "300")), phases=[Phase.generate])
@given(content=changed_mappings | damaged_mappings)
def test_any_mapping_is_read_or_refused(mapping_folder, content):
    path, errors = mapping_folder / "mapping.toml", []
    path.write_bytes(content)
    try:
        mapping = read_mapping(path)
        mapping.publication_date(FILE_NAME)
        assert VALID_DATASET_CODE.fullmatch(describe(mapping).dataset["code"])
    except InvalidFile as error:
        errors = list(error.file_errors)
    assert all(len(str(each)) < 1000 for each in errors)


@pytest.mark.parametrize(
    "codes",
    [
        "word,code\nall,TOTAL\n",
        "word,code,name,level,parent\nall,TOTAL,All,x,\n",
        "word,code,name,level,parent\nall\n",
        "word,code,name,level,parent\nall,TOTAL,a\x01,0,\n",
        "\xff",
        "",
    ],
)
def test_a_broken_code_list_is_refused(load, codes):
    load.write(codes, name="goods.csv")

    with pytest.raises(InvalidFile):
        read_mapping(load.folder / "mapping.toml")


def test_a_code_list_is_a_regular_file(load):
    (load.folder / "goods.csv").unlink()
    os.mkfifo(load.folder / "goods.csv")

    with pytest.raises(InvalidFile, match=r"goods\.csv"):
        read_mapping(load.folder / "mapping.toml")
