"""Descriptions of pages in JSON-LD with the terms of schema.org, for search engines of datasets."""

from collections.abc import Mapping
from typing import Any

from service.api.parameters.request import build_url
from service.resources.pages.explorer import Explorer
from service.resources.pages.landing import Landing
from service.resources.pages.releases.documents import ReleasePage

SCHEMA_CONTEXT = "https://schema.org"
SUBJECT = "Official figures of exports and imports by partner and commodity, with their growth over a year."
DOWNLOAD_TYPES = {
    "csv": "text/csv",
    "excel": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
JsonDocument = dict[str, Any]


def describe_explorer(explorer: Explorer, host: str) -> JsonDocument:
    """Return the description of the figures on a page of the explorer, as a schema.org Dataset."""
    return {
        "@context": SCHEMA_CONTEXT,
        "@type": "Dataset",
        "name": explorer.title,
        "description": " ".join(explorer.sentences) or explorer.title,
        "url": f"{host}{explorer.query.url()}",
        "creditText": "; ".join(source["attribution"] for source in explorer.meta["sources"]),
        "dateModified": explorer.meta["as_of"],
        "distribution": [_download(name, f"{host}{url}") for name, url in explorer.downloads],
    }


def describe_landing(landing: Landing, host: str) -> JsonDocument:
    """Return the description of the loaded datasets, as a schema.org DataCatalog."""
    return {
        "@context": SCHEMA_CONTEXT,
        "@type": "DataCatalog",
        "name": "tradeflows",
        "description": SUBJECT,
        "url": f"{host}/",
        "dataset": [_describe_dataset(loaded.row, host) for loaded in landing.datasets],
    }


def describe_release(release: ReleasePage, host: str) -> JsonDocument:
    """Return the description of a release with its file, as a schema.org Dataset."""
    row = release.row
    return {
        "@context": SCHEMA_CONTEXT,
        "@type": "Dataset",
        "name": f"Release {row['release']}",
        "description": f"{SUBJECT} As published on {row['published_on']}; this release never changes.",
        "url": f"{host}/releases/{row['release']}",
        "datePublished": row["published_on"],
        "version": row["release"],
        **_temporal_coverage(row["first_period"], row["last_period"]),
        "isPartOf": {"@type": "Dataset", "name": row["dataset"], "url": f"{host}/releases?dataset={row['dataset']}"},
        "distribution": [_download("parquet", f"{host}/v1/releases/{row['release']}.parquet")],
    }


def _describe_dataset(row: Mapping[str, Any], host: str) -> JsonDocument:
    query = {name: row[name] for name in ("reporter", "dataset", "frequency")}
    csv_url = build_url("/v1/flows", {**query, "partner": "all", "period": row["latest_period"], "format": "csv"})
    return {
        "@type": "Dataset",
        "name": row["title"],
        "description": SUBJECT,
        "url": f"{host}/releases?dataset={row['dataset']}",
        "spatialCoverage": row["reporter_name"],
        **_temporal_coverage(row["first_period"], row["latest_period"]),
        "creditText": row["attribution"],
        "distribution": [_download("csv", f"{host}{csv_url}")],
    }


def _download(format_name: str, url: str) -> JsonDocument:
    media_type = DOWNLOAD_TYPES[format_name.lower()]
    return {"@type": "DataDownload", "encodingFormat": media_type, "contentUrl": url}


def _temporal_coverage(first_period: str, last_period: str) -> JsonDocument:
    """Return the coverage as an interval of ISO 8601, which has no quarters."""
    is_interval = "Q" not in first_period + last_period
    return {"temporalCoverage": f"{first_period}/{last_period}"} if is_interval else {}
