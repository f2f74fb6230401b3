"""A local server that responds like the servers of data providers."""

import json
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit


class ProviderStub(BaseHTTPRequestHandler):
    """A server that responds by the function `answers` of the test, and records the requests."""

    def do_GET(self):
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.asked.append((parts.path, query, dict(self.headers), time.monotonic()))
        status, headers, body = self.server.answers(parts.path, query)
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


def stub_json_response(content):
    return 200, {}, content if isinstance(content, bytes) else json.dumps(content).encode()


def census_response(_path, query):
    """Return a response as of the US Census: the requested columns, and those of the conditions."""
    year, month = query["time"].split("-")
    cells = {"I_COMMODITY": "85", "E_COMMODITY": "85", "CTY_CODE": "5700", "YEAR": year, "MONTH": month}
    header = query["get"].split(",")
    selection = {"COMM_LVL": query["COMM_LVL"], "time": query["time"]}
    return stub_json_response(
        [[*header, *selection], [*(cells.get(name, "7") for name in header), *selection.values()]]
    )
