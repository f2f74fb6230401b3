"""BACI, one reporter at a time."""

from functools import partial

from service.ingest.sources.baci import describe

CSV_HEADER = "t,i,j,k,v,q\n"
FILE_NAME = "BACI_HS22_Y2023_V202501.csv"
describe_japan = partial(describe, reporter="392")


def test_both_flows_are_parsed_and_codes_are_zero_padded(load_source_file, query_figures):
    rows = "2023,392,156,10121,1.234,0.5\n2023,156,392,854231,7.000,NA\n2023,156,842,854231,9.000,1\n"
    (loaded,) = load_source_file(describe_japan, CSV_HEADER + rows, name=FILE_NAME)

    assert (loaded.release_code, loaded.warnings) == ("baci-392-a-h6-2024-02-28", ())
    assert query_figures("length(commodity.code) = 6 AND area.code <> 'WLD'") == [
        (1, "CHN", "010121", 2023, 1, 1234, None, None, 500),
        (2, "CHN", "854231", 2023, 1, 7000, None, None, None),
    ]
    assert [row[5] for row in query_figures("commodity.code = 'TOTAL' AND area.code = 'WLD'")] == [1234, 7000]
