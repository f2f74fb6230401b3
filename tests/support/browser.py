"""A real browser, driven over its DevTools protocol."""

import json
import shutil
import subprocess
import time
import urllib.request
from contextlib import closing, contextmanager

import pytest
import websocket

CHROMIUM = shutil.which("chromium")
CHROMIUM_FLAGS = (
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


def requires_chromium(test):
    """Mark a test that opens a browser; skip it where there is none."""
    test = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")(test)
    return pytest.mark.process(pytest.mark.network_tools(test))


class BrowserPage:
    """A page of a browser, driven over the DevTools protocol."""

    def __init__(self, socket):
        self._socket = socket
        self._message_id = 0

    def call(self, method, **params):
        self._message_id += 1
        self._socket.send(json.dumps({"id": self._message_id, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == self._message_id:
                assert "error" not in message, message
                return message["result"]

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait_until_true(self, expression, *, timeout_s=20):
        end = time.monotonic() + timeout_s
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < end, f"the page never came to {expression}"
            time.sleep(0.1)
        return value


@contextmanager
def open_browser(profile_folder):
    command = [CHROMIUM, *CHROMIUM_FLAGS, f"--user-data-dir={profile_folder}", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            address = next(line.split()[-1] for line in process.stderr if "DevTools listening on" in line)
            port = address.split(":")[2].split("/")[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as page_list:
                target = next(page for page in json.load(page_list) if page["type"] == "page")
            with closing(websocket.create_connection(target["webSocketDebuggerUrl"], timeout=30)) as socket:
                yield BrowserPage(socket)
        finally:
            process.terminate()
