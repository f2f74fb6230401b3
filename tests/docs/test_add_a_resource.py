"""The guide to adding a resource, applied to a copy of the code."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.docs.test_commands import ROOT, code_blocks

pytestmark = pytest.mark.process

REQUEST_SCRIPT = """
import os
from sqlalchemy import create_engine
import service.app as app
from service.resources.traders.routes import blueprint

app.RESOURCES = (*app.RESOURCES, blueprint)
client = app.create_app(create_engine(os.environ["DATABASE_URL"])).test_client()
response = client.get("/v1/traders?reporter=JPN&partner=CHN&flow=X&period=2024-01&fields=value")
row = response.json["data"][0]
print(row["partner_name"], row["value"])
print(client.get("/openapi.json").json["paths"]["/v1/traders"]["get"]["summary"])
"""


@pytest.fixture
def code_copy(tmp_path):
    """Return the folder of a copy of the code with the example files of the guide."""
    shutil.copytree(ROOT / "service", tmp_path / "service")
    for block in code_blocks(ROOT / "docs" / "how-to" / "add-a-resource.md"):
        path = tmp_path / block.argument
        path.parent.mkdir(exist_ok=True)
        path.write_text(block.text)
    return tmp_path


def test_the_guide_creates_a_working_resource(code_copy, demo_engine):
    url = demo_engine.url.render_as_string(hide_password=False)

    process = subprocess.run(
        [sys.executable, "-c", REQUEST_SCRIPT],
        cwd=code_copy,
        env={"DATABASE_URL": url, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.stdout.splitlines() == [
        "China 1250314515000",
        "Partners of a reporter, with the value of the trade.",
    ], process.stderr
