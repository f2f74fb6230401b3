"""Pages in a browser: at any width, light and dark, without violations of accessibility, from one origin."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.browser import CHROMIUM, open_browser

pytestmark = [
    pytest.mark.process,
    pytest.mark.network_tools,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
]

LINTERS_FOLDER = Path(__file__).parents[2] / "linters"
EXPLORER = "/explore?view={}&reporter=JPN&frequency=M"
PAGES = {
    "first page": "/",
    "series": f"{EXPLORER.format('series')}&flow=X&partner=CHN&period=all",
    "partners": f"{EXPLORER.format('partners')}&flow=X&period=latest&chart=contribution",
    "balances": f"{EXPLORER.format('balances')}&period=all",
    "figure": f"{EXPLORER.format('flows')}&flow=X&partner=CHN&period=2024-01",
    "embedded chart": f"{EXPLORER.format('series').replace('explore', 'embed')}&flow=X&partner=CHN&period=all",
    "briefing": "/v1/briefings/JPN/2024-01?format=html",
    "check": "/check",
    "release": "/releases/jpn-pc-m-demo-2024-02-28",
    "search": "/search?q=China",
    "problem": "/v1/flows?reporter=JPN&partnr=CHN",
}
SCREENS = [(1280, "light"), (390, "dark")]
STATE_SCRIPT = """axe.run().then(result => JSON.stringify({
    violations: result.violations.map(each => [each.id, each.nodes[0].html]),
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    unloaded: [...document.images].filter(each => !each.naturalWidth).map(each => each.src),
    origins: [...new Set(performance.getEntriesByType('resource').map(each => new URL(each.name).origin))]
        .filter(each => each !== location.origin),
    refused: window.refused}))"""
RECORD_REFUSALS = """window.refused = [];
    addEventListener('securitypolicyviolation', event => window.refused.push(event.violatedDirective))"""


@pytest.fixture(scope="module")
def axe_script(tmp_path_factory):
    """Return the script of axe-core, installed as it is locked."""
    if shutil.which("npm") is None:
        pytest.skip("npm, by which axe-core is installed, is not on this machine")
    folder = tmp_path_factory.mktemp("axe")
    shutil.copytree(LINTERS_FOLDER, folder, dirs_exist_ok=True)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def page_state(page, url, axe_script):
    page.call("Page.navigate", url=url)
    page.wait_until_true("typeof axe === 'undefined' && document.readyState === 'complete' && location.host")
    page.evaluate(f"{axe_script};0")
    result = page.call("Runtime.evaluate", expression=STATE_SCRIPT, awaitPromise=True, returnByValue=True)
    return json.loads(result["result"]["value"])


def test_pages_are_accessible_at_any_width_and_load_from_one_origin(demo_server_url, axe_script, tmp_path):
    states = {}
    with open_browser(tmp_path) as page:
        page.call("Page.enable")
        page.call("Page.addScriptToEvaluateOnNewDocument", source=RECORD_REFUSALS)
        for width, scheme in SCREENS:
            page.call(
                "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500
            )
            features = [{"name": "prefers-color-scheme", "value": scheme}]
            page.call("Emulation.setEmulatedMedia", media="", features=features)
            for name, path in PAGES.items():
                states[name, width] = page_state(page, f"{demo_server_url}{path}", axe_script)

    expected = {"violations": [], "overflow": 0, "unloaded": [], "origins": [], "refused": []}
    assert {key: state for key, state in states.items() if state != expected} == {}
    assert len(states) == len(PAGES) * len(SCREENS)


def test_one_search_leads_to_a_chart_of_a_commodity(demo_server_url, tmp_path):
    question = "Japan's exports of chipmaking machinery to China, in dollars, since 2022"
    with open_browser(tmp_path) as page:
        page.call("Page.navigate", url=f"{demo_server_url}/")
        page.wait_until_true("document.querySelector('.hero input') !== null")
        page.evaluate(f"document.querySelector('.hero input').value = {json.dumps(question)}")
        page.evaluate("document.querySelector('.hero form').submit()")
        page.wait_until_true("location.pathname === '/explore' && document.readyState === 'complete'")
        title = page.evaluate("document.querySelector('h1').innerText")
        drawn = page.evaluate("document.querySelector('figure img').naturalWidth")
        png = page.evaluate("[...document.querySelectorAll('.buttons a')].find(each => each.innerText === 'PNG').href")

    assert title.startswith("Japan's exports of semiconductor machinery etc to China in January 2024 were")
    assert "US dollars" in title
    assert drawn > 0
    assert "format=png" in png


def test_a_chart_is_read_by_pointer_and_by_keyboard(demo_server_url, tmp_path):
    with open_browser(tmp_path) as page:
        page.call(
            "Page.navigate", url=f"{demo_server_url}{PAGES['series']},USA".replace("&period=all,USA", ",USA&period=all")
        )
        page.wait_until_true("document.querySelector('.chart .cursor') && document.readyState === 'complete'")
        box = json.loads(page.evaluate("JSON.stringify(document.querySelector('.chart').getBoundingClientRect())"))
        page.call("Input.dispatchMouseEvent", type="mouseMoved", x=box["right"] - 95, y=box["top"] + 60)
        page.wait_until_true("document.querySelector('.chart.reads') !== null")
        lines = page.evaluate("document.querySelector('.reading').innerText").split("\n")
        page.call("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
        page.wait_until_true("document.querySelector('.chart.reads') === null")
        page.evaluate("document.querySelector('.cursor').focus()")
        page.wait_until_true("document.querySelector('.chart.reads') !== null")
        page.call("Input.dispatchKeyEvent", type="keyDown", key="End")
        page.call("Input.dispatchKeyEvent", type="keyDown", key="ArrowLeft")
        words = page.evaluate("document.querySelector('.cursor').getAttribute('aria-valuetext')")
        page.evaluate("document.querySelector('.toggle summary').click()")
        caption = page.evaluate("document.querySelector('.toggle caption').innerText")

    # The ministry's 1,250,314,515 thousand yen to China in January 2024, and 1,771,302,005 in December 2023.
    assert lines[:2] == ["January 2024", "China: 1.25 trillion yen, up 29.2% from a year earlier, provisional"]
    assert words.startswith("December 2023: China: 1.77 trillion yen, up 9.5% from a year earlier, estimated; United")
    assert caption == "Values in billion yen, growth from a year earlier"
