"""Loads worlds by the loader of the service: a file for each release, in any order."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random

from sqlalchemy import Engine, text

from service.ingest.catalog.mapping_file import read_mapping
from service.ingest.pipeline.load_files import FileLoader
from service.ingest.release.load_session import open_load_session
from service.ingest.release.withdraw import withdraw_release
from service.ingest.sources.tidy import parser as tidy
from tests.reference_model.worlds.world import HS_CODES, Dataset, Release, World

COLUMNS = ("period", "flow", "partner", "commodity", "value", "obs_status", "quantity", "unit")
COMMODITIES = """word,code,name,level,parent
TOTAL,TOTAL,All,0,
A,A,Apples and all,1,TOTAL
B,B,Berries,1,TOTAL
A1,A1,Apples,2,A
A2,A2,Pears,2,A
B1,B1,Blueberries,2,B
"""


def _hs_list(codes: Sequence[str]) -> str:
    """Return the list of commodities of an edition of HS: codes of six digits with those above them."""
    known = sorted({code[:digits] for code in codes for digits in (2, 4, 6)})
    rows = [f"{code},{code},{code},{len(code)},{code[:-2] or 'TOTAL'}" for code in known]
    return "\n".join(["word,code,name,level,parent", "TOTAL,TOTAL,All,0,", *rows, ""])


COMMODITY_LISTS = {edition: _hs_list(codes) for edition, codes in HS_CODES.items()}
"""Lists of commodities of the editions; all other classifications have COMMODITIES."""
MAPPING = """
default_obs_status = "A"

[dataset]
code = "{dataset.code}"
title = "A reference model"
source = "A test"
reporter = "{dataset.reporter}"
frequency = "{dataset.frequency}"
classification = "{dataset.classification}"
currency = "{dataset.currency}"
unit_exponent = {dataset.unit_exponent}
export_valuation = "FOB"
import_valuation = "CIF"
trade_system = "general"
exhaustive = {exhaustive}
attribution = "Source: a test"

[classification]
name = "Goods of a test"

[commodity]
list = "goods.csv"

[file]
covers = "{release.covers}"
published = '(?P<published>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})[.]csv$'

[columns]
period = "period"
flow = "flow"
partner = "partner"
commodity = "commodity"
value = "value"
obs_status = "obs_status"
quantity = "quantity"
quantity_unit = "unit"
"""


def load_world(engine: Engine, world: World, folder: Path, random: Random) -> None:
    """Load all releases of a world in a random order, and withdraw those that are withdrawn."""
    folder.mkdir()
    releases = [(dataset, release) for dataset in world.datasets for release in dataset.releases]
    random.shuffle(releases)
    for dataset, release in releases:
        _load_release(engine, dataset, release, folder)
        if release.withdrawn_on is not None:
            with open_load_session(engine) as session:
                withdraw_release(session, release.code, withdrawal_date=release.withdrawn_on)
                session.commit()


def _load_release(engine: Engine, dataset: Dataset, release: Release, folder: Path) -> None:
    mapping_path, path = folder / "mapping.toml", folder / f"{release.code}.csv"
    exhaustive = str(dataset.is_exhaustive).lower()
    (folder / "goods.csv").write_text(COMMODITY_LISTS.get(dataset.classification, COMMODITIES))
    mapping_path.write_text(MAPPING.format(dataset=dataset, release=release, exhaustive=exhaustive))
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for (flow, partner, commodity, period), (value, status, quantity) in release.printed.items():
            shown = "" if value is None else value
            weight = ("", "") if quantity is None else (quantity, "KG")
            writer.writerow(
                (stored_period_text(period, dataset.frequency), flow, partner, commodity, shown, status, *weight)
            )
    mapping = read_mapping(mapping_path)
    FileLoader(
        engine=engine,
        parser=tidy.tidy_parser(mapping),
        find_publication_date=mapping.publication_date,
        stage="provisional",
        archive_folder=folder / "archive",
    )([path])


def stored_period_text(first_month: int, frequency: str) -> str:
    """Return the text of a period in a file."""
    year, month = divmod(first_month, 12)
    return {"A": f"{year}", "Q": f"{year}-Q{month // 3 + 1}", "M": f"{year}-{month + 1:02}"}[frequency]


def insert_exchange_rates(engine: Engine, rates: dict[str, dict[date, object]]) -> None:
    """Insert exchange rates: units of a currency for one euro, by currency and day."""
    rows = [
        {"currency": currency, "day": day, "per_euro": per_euro}
        for currency, days in rates.items()
        for day, per_euro in days.items()
    ]
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO exchange_rate (currency, day, per_euro) VALUES (:currency, :day, :per_euro)"), rows
        )
