"""Files of the offices' layouts, loaded as they come."""

import pytest
from sqlalchemy import text

from tests.support.ingest.loading import load_source_files


@pytest.fixture
def load_source_file(engine, tmp_path):
    """Return a function that writes a file and loads it as one of a source; it returns what became of it."""

    def load_source_file(describe, content, *, name="file.csv", published="2024-02-28"):
        path = content
        if isinstance(content, str | bytes):
            path = tmp_path / name
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths = path if isinstance(path, list) else [path]
        return load_source_files(
            engine, paths, describe=describe, published_on=published, archive_folder=tmp_path / "archive"
        )

    return load_source_file


@pytest.fixture
def query_figures(engine):
    """Return a function that tells what stands: flow, partner, commodity, period as year and month, value."""

    def query_figures(where="true"):
        query = f"""
            SELECT flow, area.code, commodity.code, period / 12, period % 12 + 1, value,
                   quantity, quantity_unit, net_weight_kg
            FROM observation JOIN area ON area.id = partner_id JOIN commodity ON commodity.id = commodity_id
            WHERE {where}
            ORDER BY 1, 2, 3, 4, 5"""
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    return query_figures
