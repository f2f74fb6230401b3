"""Swagger UI in a real browser, against a real server."""

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, contextmanager

import pytest
import websocket

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    "--window-size=1200,2000",
)
OPERATION = "#operations-flows-list_flows"
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")


class Page:
    """A page of a browser, driven over the DevTools protocol."""

    def __init__(self, socket):
        self._socket = socket
        self._number = 0

    def call(self, method, **params):
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == self._number:
                assert "error" not in message, message
                return message["result"]

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait_for(self, expression, *, seconds=20):
        end = time.monotonic() + seconds
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < end, f"the page never came to {expression}"
            time.sleep(0.1)
        return value


@contextmanager
def browser(folder):
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder}", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            address = next(line.split()[-1] for line in process.stderr if "DevTools listening on" in line)
            port = address.split(":")[2].split("/")[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as listed:
                target = next(page for page in json.load(listed) if page["type"] == "page")
            with closing(websocket.create_connection(target["webSocketDebuggerUrl"], timeout=30)) as socket:
                yield Page(socket)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def served(demo_engine, tmp_path_factory):
    """Yield the address of a real server on the demo."""
    log = tmp_path_factory.mktemp("server") / "log"
    url = demo_engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "gunicorn", "--bind=127.0.0.1:0", "--no-control-socket", "--worker-class=gthread"]
    with (
        log.open("w") as output,
        subprocess.Popen(
            [*command, "service.wsgi:application()"], env={"DATABASE_URL": url, "PATH": ""}, stderr=output
        ) as server,
    ):
        try:
            end = time.monotonic() + 20
            while "Listening at: " not in log.read_text():
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.05)
            yield log.read_text().split("Listening at: ")[1].split()[0]
        finally:
            server.terminate()


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
