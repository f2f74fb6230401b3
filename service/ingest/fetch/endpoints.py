"""What there is to be had from the offices' servers, and under which address.

Addresses can be replaced by the environment, for a mirror or a test: US_CENSUS_URL, COMTRADE_URL, JAPAN_CUSTOMS_URL,
ESTAT_URL.
Keys come from the environment alone: COMTRADE_KEY, CENSUS_KEY, or files that COMTRADE_KEY_FILE, CENSUS_KEY_FILE name.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import ijson

from service.config import value_of
from service.errors import SourceUnavailable
from service.ingest.fetch.download import KEY_HEADER, Wanted, download

US_CENSUS = "https://api.census.gov/data/timeseries/intltrade"
COMTRADE = "https://comtradeapi.un.org/data/v1/get"
JAPAN_CUSTOMS = "https://www.customs.go.jp/toukei/suii/html/data"
ESTAT = "https://www.e-stat.go.jp/stat-search/file-download"
COMTRADE_MOST_ROWS = 250_000
CHAPTERS = tuple(f"{number:02}" for number in range(1, 98) if number != 77)
CENSUS_SIDES = {
    "imports": ("I_COMMODITY", "GEN_VAL_MO"),
    "exports": ("E_COMMODITY", "ALL_VAL_MO"),
}


def us_census(periods: Sequence[str], *, folder: Path, level: str = "HS2") -> list[Path]:
    """Return imports and exports by HS code and country of each month, as JSON of the International Trade API.

    :raises SourceUnavailable: the server cannot be reached or refuses.
    """
    base = os.environ.get("US_CENSUS_URL") or US_CENSUS
    own_key = value_of(os.environ, "CENSUS_KEY")
    key = {"key": own_key} if own_key else {}
    files = []
    for period in periods:
        for side, (good, value) in CENSUS_SIDES.items():
            asked = {"get": f"{good},CTY_CODE,{value},YEAR,MONTH", "COMM_LVL": level, "time": period}
            name = f"us-census-{side}-{level.lower()}-{period}.json"
            files.append(download(Wanted(name, f"{base}/{side}/hs", asked | key, key=own_key), folder=folder))
    return files


def comtrade(
    periods: Sequence[str], *, reporter: str, folder: Path, frequency: str = "A", commodity: str = "TOTAL,AG2"
) -> list[Path]:
    """Return a reporter's trade with all partners in each period, as JSON of the API v1.

    An answer that reaches the server's limit may be cut off, so it is asked for again chapter by chapter.

    :raises SourceUnavailable: COMTRADE_KEY is not set, the server cannot be reached or refuses, or even one
        chapter reaches the limit.
    """
    key = value_of(os.environ, "COMTRADE_KEY")
    if not key:
        raise SourceUnavailable("COMTRADE_KEY is not set: the API wants a key, free of charge from UN Comtrade")
    base = os.environ.get("COMTRADE_URL") or COMTRADE
    files: list[Path] = []
    for period in periods:
        for goods in commodity.split(","):
            files += _of_comtrade(f"{base}/C/{frequency}/HS", reporter, period, goods, key=key, folder=folder)
    return files


def _of_comtrade(url: str, reporter: str, period: str, goods: str, *, key: str, folder: Path) -> Iterator[Path]:
    asked = {
        "reporterCode": reporter,
        "period": period,
        "cmdCode": goods,
        "motCode": "0",
        "customsCode": "C00",
        "partner2Code": "0",
        "includeDesc": "true",
        "maxRecords": str(COMTRADE_MOST_ROWS),
    }
    name = f"comtrade-{reporter}-{period}-{goods}.json"
    file = download(Wanted(name, url, asked, {KEY_HEADER: key}, key), folder=folder)
    rows = _rows_in(file)
    if rows < COMTRADE_MOST_ROWS:
        yield from [file] if rows else []
        return
    file.unlink()
    if not goods.startswith("AG"):
        raise SourceUnavailable(f"the answer for {goods} in {period} reaches the server's limit of {rows} rows")
    for chapter in CHAPTERS:
        yield from _of_comtrade(url, reporter, period, chapter, key=key, folder=folder)


def _rows_in(answer: Path) -> int:
    """Return how many rows an answer holds, which is read piece by piece.

    :raises SourceUnavailable: it is no JSON.
    """
    with answer.open("rb") as file:
        try:
            return sum(1 for _ in ijson.items(file, "data.item"))
        except ijson.JSONError as error:
            raise SourceUnavailable(f"UN Comtrade's API answered with what is no JSON: {error}") from error


def japan_customs(ids: Sequence[str], *, folder: Path) -> list[Path]:
    """Return Japan Customs' files of these numbers (statInfId) from e-Stat, where the ministry publishes them.

    :raises SourceUnavailable: the server cannot be reached or refuses.
    """
    url = os.environ.get("ESTAT_URL") or ESTAT
    return [
        download(Wanted(f"japan-customs-{number}.csv", url, {"statInfId": number, "fileKind": "1"}), folder=folder)
        for number in ids
    ]


def japan_customs_totals(*, folder: Path) -> list[Path]:
    """Return Japan's world totals by month, d41ma.csv.

    :raises SourceUnavailable: the server cannot be reached or refuses.
    """
    base = os.environ.get("JAPAN_CUSTOMS_URL") or JAPAN_CUSTOMS
    return [download(Wanted("d41ma.csv", f"{base}/d41ma.csv"), folder=folder)]
