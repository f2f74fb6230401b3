"""The endpoints of data providers, and the downloads from them.

The environment can replace their URLs, for a mirror or a test: TRADEFLOWS_US_CENSUS_URL, TRADEFLOWS_COMTRADE_URL,
TRADEFLOWS_JAPAN_CUSTOMS_URL, TRADEFLOWS_ESTAT_URL.
API keys come from the environment only: from TRADEFLOWS_COMTRADE_KEY and TRADEFLOWS_CENSUS_KEY, or from the files that
TRADEFLOWS_COMTRADE_KEY_FILE and TRADEFLOWS_CENSUS_KEY_FILE name.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import ijson

from service.config import setting_value
from service.errors import SourceUnavailable
from service.ingest.fetch.download import API_KEY_HEADER, DownloadRequest, download_file

US_CENSUS_URL = "https://api.census.gov/data/timeseries/intltrade"
COMTRADE_URL = "https://comtradeapi.un.org/data/v1/get"
JAPAN_CUSTOMS_URL = "https://www.customs.go.jp/toukei/suii/html/data"
ESTAT_URL = "https://www.e-stat.go.jp/stat-search/file-download"
MAX_COMTRADE_ROWS = 250_000
CHAPTERS = tuple(f"{number:02}" for number in range(1, 100) if number != 77)
"""The chapters of the HS, and 98 and 99, which countries and UN Comtrade use for goods that no chapter holds."""
CENSUS_FLOW_COLUMNS = {
    "imports": ("I_COMMODITY", "GEN_VAL_MO"),
    "exports": ("E_COMMODITY", "ALL_VAL_MO"),
}


def download_us_census(periods: Sequence[str], *, folder: Path, level: str = "HS2") -> list[Path]:
    """Download US imports and exports by HS code and country for each period, and return the paths of the JSON files.

    `periods` are months or years, such as 2024-01. `level` is HS2, HS4 or HS6.

    :raises SourceUnavailable: the server cannot be reached or refuses the request.
    """
    base = os.environ.get("TRADEFLOWS_US_CENSUS_URL") or US_CENSUS_URL
    api_key = setting_value(os.environ, "TRADEFLOWS_CENSUS_KEY")
    key_parameter = {"key": api_key} if api_key else {}
    files = []
    for period in periods:
        for direction, (commodity_column, value_column) in CENSUS_FLOW_COLUMNS.items():
            query_parameters = {
                "get": f"{commodity_column},CTY_CODE,{value_column},YEAR,MONTH",
                "COMM_LVL": level,
                "time": period,
            }
            name = f"us-census-{direction}-{level.lower()}-{period}.json"
            files.append(
                download_file(
                    DownloadRequest(name, f"{base}/{direction}/hs", query_parameters | key_parameter, api_key=api_key),
                    folder=folder,
                )
            )
    return files


def download_comtrade(
    periods: Sequence[str], *, reporter: str, folder: Path, frequency: str = "A", commodity: str = "TOTAL,AG2"
) -> list[Path]:
    """Download a reporter's trade with all partners in each period, and return the paths of the JSON files.

    `periods` are such as 202401 or 2023, `reporter` is a code of UN Comtrade, `frequency` is A or M. `commodity` lists
    codes, or AG2, AG4 and AG6, separated by commas. A response at the server's row limit may be truncated: one for AG2
    is then repeated with the code of each chapter, and others are refused.

    :raises SourceUnavailable: TRADEFLOWS_COMTRADE_KEY is not set, the server cannot be reached or refuses the request,
        or a response that cannot be repeated by chapter reaches the limit.
    """
    key = setting_value(os.environ, "TRADEFLOWS_COMTRADE_KEY")
    if not key:
        raise SourceUnavailable("TRADEFLOWS_COMTRADE_KEY is not set; UN Comtrade gives keys free of charge")
    base = os.environ.get("TRADEFLOWS_COMTRADE_URL") or COMTRADE_URL
    files: list[Path] = []
    for period in periods:
        for commodity_code in commodity.split(","):
            files += _download_comtrade(
                f"{base}/C/{frequency}/HS", reporter, period, commodity_code, api_key=key, folder=folder
            )
    return files


def _download_comtrade(
    url: str, reporter: str, period: str, commodity: str, *, api_key: str, folder: Path
) -> Iterator[Path]:
    query_parameters = {
        "reporterCode": reporter,
        "period": period,
        "cmdCode": commodity,
        "motCode": "0",
        "customsCode": "C00",
        "partner2Code": "0",
        "includeDesc": "true",
        "maxRecords": str(MAX_COMTRADE_ROWS),
    }
    name = f"comtrade-{reporter}-{period}-{commodity}.json"
    file = download_file(
        DownloadRequest(name, url, query_parameters, {API_KEY_HEADER: api_key}, api_key), folder=folder
    )
    rows = _count_rows(file)
    if rows < MAX_COMTRADE_ROWS:
        yield from [file] if rows else []
        return
    file.unlink()
    if commodity != "AG2":
        raise SourceUnavailable(
            f"the response for {commodity} in {period} reaches the server's limit of {rows} rows and may be truncated; "
            "fetch parts of it, such as --commodity 8541,8542"
        )
    for chapter in CHAPTERS:
        yield from _download_comtrade(url, reporter, period, chapter, api_key=api_key, folder=folder)


def _count_rows(response_file: Path) -> int:
    """Return the number of rows of a response, which is read in chunks.

    :raises SourceUnavailable: it is not JSON.
    """
    with response_file.open("rb") as file:
        try:
            return sum(1 for _ in ijson.items(file, "data.item"))
        except ijson.JSONError as error:
            raise SourceUnavailable(f"UN Comtrade's API did not respond with JSON: {error}") from error


def download_japan_customs(stat_ids: Sequence[str], *, folder: Path) -> list[Path]:
    """Download files of Japan Customs from e-Stat, the statistics portal of Japan, and return their paths.

    `stat_ids` are the statInfId numbers of the files.

    :raises SourceUnavailable: the server cannot be reached or refuses the request.
    """
    url = os.environ.get("TRADEFLOWS_ESTAT_URL") or ESTAT_URL
    return [
        download_file(
            DownloadRequest(f"japan-customs-{number}.csv", url, {"statInfId": number, "fileKind": "1"}), folder=folder
        )
        for number in stat_ids
    ]


def download_japan_customs_totals(*, folder: Path) -> list[Path]:
    """Download Japan's total exports and imports by month, and return the path of the file d41ma.csv in a list.

    :raises SourceUnavailable: the server cannot be reached or refuses the request.
    """
    base = os.environ.get("TRADEFLOWS_JAPAN_CUSTOMS_URL") or JAPAN_CUSTOMS_URL
    return [download_file(DownloadRequest("d41ma.csv", f"{base}/d41ma.csv"), folder=folder)]
