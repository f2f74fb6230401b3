"""Answers are compressed as the client asks; each coding has a tag of its own, as strong tags must."""

import gzip

import brotli
import pytest
from backports import zstd

LARGE = {"reporter": "JPN", "flow": "X,M", "partner": "all", "period": "2024-01"}
DECODED = {"zstd": zstd.decompress, "br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


def asked(client, accepted, question=LARGE, **headers):
    return client.get("/v1/flows", query_string=question, headers={"Accept-Encoding": accepted} | headers)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("zstd", "zstd"),
        ("br", "br"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("*", "zstd"),
        ("zstd;q=0, br;q=0, *", "gzip"),
        ("identity", None),
        ("identity, gzip;q=0.5", None),
        ("deflate", None),
        ("", None),
        ("gzip;q=none", None),
    ],
)
def test_the_coding_is_the_best_of_those_that_the_client_likes_best(demo, accepted, coding):
    answer = asked(demo, accepted)

    assert answer.headers.get("Content-Encoding") == coding
    assert DECODED[coding](answer.data) == demo.get("/v1/flows", query_string=LARGE).data
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_each_coding_has_a_tag_of_its_own_and_is_known_again_by_it(demo):
    tags = {coding: asked(demo, coding or "").headers["ETag"] for coding in DECODED}

    assert len(set(tags.values())) == len(tags)
    for coding, tag in tags.items():
        again = asked(demo, coding or "", **{"If-None-Match": tag})
        assert (again.status_code, again.headers["ETag"]) == (304, tag)


def test_who_holds_the_plain_answer_needs_no_compressed_one(demo):
    tag = asked(demo, "").headers["ETag"]

    again = asked(demo, "zstd", **{"If-None-Match": tag})

    assert (again.status_code, again.headers["ETag"]) == (304, tag)


def test_who_holds_another_coding_gets_the_one_that_is_asked_for(demo):
    tag = asked(demo, "br").headers["ETag"]

    assert asked(demo, "gzip", **{"If-None-Match": tag}).status_code == 200


def test_what_is_small_is_sent_as_it_is(demo):
    answer = demo.get("/problems/not-found", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers


def test_what_is_streamed_is_compressed_while_it_is(demo):
    everything = LARGE | {"period": "all", "commodity": "all", "format": "csv"}

    answer = asked(demo, "gzip", everything)

    assert (answer.is_streamed, answer.headers["Content-Encoding"]) == (True, "gzip")
    assert gzip.decompress(answer.data) == asked(demo, "", everything).data


@pytest.mark.parametrize("address", ["/openapi.json", "/docs/swagger-ui.css"])
def test_files_and_the_description_are_compressed_too(demo, address):
    with demo.get(address) as plain, demo.get(address, headers={"Accept-Encoding": "zstd"}) as short:
        assert zstd.decompress(short.data) == plain.data
        assert len(short.data) < len(plain.data) / 4


def test_a_compressed_file_is_known_again_by_a_weak_tag(demo):
    with demo.get("/docs/swagger-ui.css", headers={"Accept-Encoding": "zstd"}) as file:
        tag = file.headers["ETag"]

    with demo.get("/docs/swagger-ui.css", headers={"Accept-Encoding": "zstd", "If-None-Match": tag}) as again:
        assert (tag[:2], again.status_code) == ("W/", 304)
