"""Swagger UI in a real browser, against a real server."""

from tests.browser import browser, needs_chromium

OPERATION = "#operations-flows-list_flows"


@needs_chromium
def test_try_it_out_on_flows_shows_the_growth_of_exports_to_china(served, tmp_path):
    with browser(tmp_path) as page:
        page.call("Page.navigate", url=f"{served}/docs#/flows/list_flows")
        page.wait_for(f"document.querySelector('{OPERATION} .execute') !== null")
        for name, value in {"partner": "CHN", "flow": "X", "period": "2024-01", "reporter": "JPN"}.items():
            page.wait_for(f"document.querySelector('{OPERATION} tr[data-param-name={name}] input') !== null")
            page.evaluate(fill(name, value))
        page.evaluate(f"document.querySelector('{OPERATION} .execute').click()")
        answer = page.wait_for(
            f"(document.querySelector('{OPERATION} .live-responses-table .highlight-code') || {{}}).innerText"
        )

    assert '"yoy_pct": 29.2195' in answer
    assert '"value": 1250314515000' in answer


@needs_chromium
def test_the_page_asks_nobody_but_the_service(served, tmp_path):
    with browser(tmp_path) as page:
        page.call("Page.navigate", url=f"{served}/docs")
        page.wait_for("document.querySelectorAll('.opblock').length > 8")
        asked = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name).join(' ')")

    assert all(address.startswith((served, "data:")) for address in asked.split())


def fill(name, value):
    """Return a script that types into a parameter's field as React wants it."""
    return f"""(() => {{
      const field = document.querySelector('{OPERATION} tr[data-param-name="{name}"]').querySelector('input, select');
      const kind = field.tagName === 'SELECT' ? HTMLSelectElement : HTMLInputElement;
      Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, '{value}');
      field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input', {{bubbles: true}}));
    }})()"""


def test_the_docs_need_no_script_in_the_page_and_no_other_host(demo):
    page = demo.get("/docs")

    assert "default-src 'none'; script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "//" not in page.text
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        with demo.get(f"/docs/{name}") as file:
            assert file.status_code == 200


def test_validation_by_a_foreign_service_is_off(demo):
    assert "validatorUrl: null" in demo.get("/docs/start.js").text
