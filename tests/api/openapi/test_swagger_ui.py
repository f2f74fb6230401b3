"""Swagger UI in a real browser, against a real server."""

import pytest

from tests.support.browser import open_browser, requires_chromium

pytestmark = [pytest.mark.process, pytest.mark.network_tools]

OPERATION_SELECTOR = "#operations-flows-list_flows"


@requires_chromium
def test_try_it_out_on_flows_shows_the_growth_of_exports_to_china(demo_server_url, tmp_path):
    with open_browser(tmp_path) as page:
        page.call("Page.navigate", url=f"{demo_server_url}/docs#/flows/list_flows")
        page.wait_until_true(f"document.querySelector('{OPERATION_SELECTOR} .execute') !== null")
        for name, value in {"partner": "CHN", "flow": "X", "period": "2024-01", "reporter": "JPN"}.items():
            page.wait_until_true(
                f"document.querySelector('{OPERATION_SELECTOR} tr[data-param-name={name}] input') !== null"
            )
            page.evaluate(fill_parameter_script(name, value))
        page.evaluate(f"document.querySelector('{OPERATION_SELECTOR} .execute').click()")
        answer = page.wait_until_true(
            f"(document.querySelector('{OPERATION_SELECTOR} .live-responses-table .highlight-code') || {{}}).innerText"
        )

    assert '"yoy_pct": 29.2195' in answer
    assert '"value": 1250314515000' in answer


@requires_chromium
def test_the_page_sends_requests_only_to_the_service_and_has_no_padlock_without_keys(demo_server_url, tmp_path):
    with open_browser(tmp_path) as page:
        page.call("Page.navigate", url=f"{demo_server_url}/docs")
        page.wait_until_true("document.querySelectorAll('.opblock').length > 8")
        padlocks = page.evaluate("document.querySelectorAll('.authorization__btn, .btn.authorize').length")
        asked = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name).join(' ')")

    assert padlocks == 0
    assert all(address.startswith((demo_server_url, "data:")) for address in asked.split())


def fill_parameter_script(name, value):
    """Return a script that types into a parameter's field as React wants it."""
    return f"""(() => {{
      const field = document.querySelector('{OPERATION_SELECTOR} tr[data-param-name="{name}"]')
        .querySelector('input, select');
      const kind = field.tagName === 'SELECT' ? HTMLSelectElement : HTMLInputElement;
      Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, '{value}');
      field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input', {{bubbles: true}}));
    }})()"""


def test_the_docs_use_no_inline_script_and_no_other_host(demo):
    page = demo.get("/docs")

    assert "default-src 'none'; script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "//" not in page.text
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        with demo.get(f"/docs/{name}") as file:
            assert file.status_code == 200


def test_validation_by_an_external_service_is_disabled(demo):
    assert "validatorUrl: null" in demo.get("/docs/start.js").text
