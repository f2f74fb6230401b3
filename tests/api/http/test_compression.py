"""Responses are compressed as the client accepts; each coding has an ETag of its own, as strong ETags require."""

import gzip

import brotli
import pytest
from backports import zstd

LARGE_QUERY = {"reporter": "JPN", "flow": "X,M", "partner": "all", "period": "2024-01"}
DECODERS = {"zstd": zstd.decompress, "br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


def request_encoded(client, accept_encoding, query=LARGE_QUERY, **headers):
    return client.get("/v1/flows", query_string=query, headers={"Accept-Encoding": accept_encoding} | headers)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("zstd", "zstd"),
        ("br", "br"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("*", "gzip"),
        ("br;q=0.5, *", "gzip"),
        ("gzip;q=0, *", "zstd"),
        ("zstd;q=0, br;q=0, *", "gzip"),
        ("identity", None),
        ("identity, gzip;q=0.5", None),
        ("deflate", None),
        ("", None),
        ("gzip;q=none", None),
    ],
)
def test_the_best_coding_of_highest_client_preference_is_used(demo, accepted, coding):
    answer = request_encoded(demo, accepted)

    assert answer.headers.get("Content-Encoding") == coding
    assert DECODERS[coding](answer.data) == demo.get("/v1/flows", query_string=LARGE_QUERY).data
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_each_coding_has_its_own_etag(demo):
    tags = {coding: request_encoded(demo, coding or "").headers["ETag"] for coding in DECODERS}

    assert len(set(tags.values())) == len(tags)
    for coding, tag in tags.items():
        again = request_encoded(demo, coding or "", **{"If-None-Match": tag})
        assert (again.status_code, again.headers["ETag"]) == (304, tag)


def test_the_etag_of_the_uncompressed_response_matches(demo):
    tag = request_encoded(demo, "").headers["ETag"]

    again = request_encoded(demo, "zstd", **{"If-None-Match": tag})

    assert (again.status_code, again.headers["ETag"]) == (304, tag)


def test_the_etag_of_another_coding_does_not_match(demo):
    tag = request_encoded(demo, "br").headers["ETag"]

    assert request_encoded(demo, "gzip", **{"If-None-Match": tag}).status_code == 200


def test_small_responses_are_not_compressed(demo):
    answer = demo.get("/problems/not-found", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers


def test_streamed_responses_are_compressed_incrementally(demo):
    everything = LARGE_QUERY | {"period": "all", "commodity": "all", "format": "csv"}

    answer = request_encoded(demo, "gzip", everything)

    assert (answer.is_streamed, answer.headers["Content-Encoding"]) == (True, "gzip")
    assert gzip.decompress(answer.data) == request_encoded(demo, "", everything).data


@pytest.mark.parametrize("address", ["/openapi.json", "/docs/swagger-ui.css"])
def test_static_files_and_the_openapi_document_are_compressed(demo, address):
    with demo.get(address) as plain, demo.get(address, headers={"Accept-Encoding": "zstd"}) as short:
        assert zstd.decompress(short.data) == plain.data
        assert len(short.data) < len(plain.data) / 4


def test_a_compressed_file_has_a_weak_etag(demo):
    with demo.get("/docs/swagger-ui.css", headers={"Accept-Encoding": "zstd"}) as file:
        tag = file.headers["ETag"]

    with demo.get("/docs/swagger-ui.css", headers={"Accept-Encoding": "zstd", "If-None-Match": tag}) as again:
        assert (tag[:2], again.status_code) == ("W/", 304)
