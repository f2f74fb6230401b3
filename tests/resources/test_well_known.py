"""Well-known URLs: the API catalog, the security contact, and the icon."""

from dataclasses import replace

from service.app import create_app
from service.config import PUBLIC_ACCESS


def test_the_catalog_leads_to_descriptions_that_answer(demo):
    response = demo.get("/.well-known/api-catalog")

    assert response.content_type.startswith("application/linkset+json")
    entries = {entry["anchor"]: entry["service-desc"][0]["href"] for entry in response.json["linkset"]}
    assert {"http://localhost/v1", "http://localhost/sdmx/3.0", "http://localhost/mcp"} <= set(entries)
    assert {demo.get(address.removeprefix("http://localhost")).status_code for address in entries.values()} == {200}


def test_the_contact_for_security_is_that_of_the_operator(demo, demo_engine):
    access = replace(PUBLIC_ACCESS, security_contact="mailto:security@example.org")
    named = create_app(demo_engine, access=access).test_client().get("/.well-known/security.txt")

    assert named.text.splitlines()[0] == "Contact: mailto:security@example.org"
    assert demo.get("/.well-known/security.txt").status_code == 404
    assert demo.get("/favicon.ico").content_type.startswith("image/svg+xml")
