"""R: the generated package, rsdmx as a provider of SDMX 2.1, and readr."""

import json
import shutil

import pytest

from tests.docs.test_commands import DOCUMENTED_URL, ROOT, code_blocks
from tests.support.clients.guide import prepare_folder, run_checked, run_guide_commands

pytestmark = [pytest.mark.process, pytest.mark.network_tools]

RSDMX_PROGRAM = """
library(rsdmx)
address <- "ADDRESS/sdmx/2.1"
builder <- SDMXREST21RequestBuilder(regUrl = address, repoUrl = address, compliant = TRUE)
addSDMXServiceProvider(SDMXServiceProvider(agencyId = "TRADEFLOWS", name = "tradeflows", builder = builder))
flows <- as.data.frame(readSDMX(providerId = "TRADEFLOWS", resource = "dataflow"))
structure <- readSDMX(providerId = "TRADEFLOWS", resource = "datastructure", resourceId = "jpn-pc-m-demo")
data <- as.data.frame(readSDMX(providerId = "TRADEFLOWS", resource = "data", flowRef = "jpn-pc-m-demo",
  key = list("M", "JPN", "X", "CHN", "TOTAL"), start = "2024-01", end = "2024-01", dsd = TRUE), labels = TRUE)
cat("\\n", jsonlite::toJSON(list(flow = flows$id, lists = length(slot(slot(structure, "codelists"), "codelists")),
  partner = data$PARTNER_label.en, value = data$obsValue), auto_unbox = TRUE, digits = 15), sep = "")
"""


def run_r(program, address, folder, *packages):
    """Run an R program, and return the JSON of its last line; skip without one of its packages."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not on this machine")
    names = ", ".join(f'"{package}"' for package in (*packages, "jsonlite"))
    check = f"cat(all(sapply(c({names}), requireNamespace, quietly = TRUE)))"
    if run_checked(["Rscript", "-e", check], folder) != "TRUE":
        pytest.skip(f"R on this machine lacks one of {names}")
    (folder / "program.R").write_text(program.replace("ADDRESS", address))
    return json.loads(run_checked(["Rscript", "program.R"], folder).splitlines()[-1])


@pytest.mark.client(
    "openapi-generator-cli: R", "generated, installed, sends requests", guide="../how-to/generate-clients.md"
)
def test_the_generated_package_installs_and_fetches_the_figure(demo_server_url, tmp_path):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not on this machine")
    prepare_folder(tmp_path, demo_server_url)
    run_guide_commands("-g r ", tmp_path)

    assert json.loads(run_checked(["Rscript", "ask.R"], tmp_path)) == {"yoy_pct": 29.2195, "status": 422}


@pytest.mark.client("rsdmx (R)", "as a provider: dataflows, a structure with its code lists, data with labels")
def test_rsdmx_reads_structures_and_data(demo_server_url, tmp_path):
    assert run_r(RSDMX_PROGRAM, demo_server_url, tmp_path, "rsdmx") == {
        "flow": ["jpn-pc-m-demo", "usa-hs-m-demo"],
        "lists": 8,
        "partner": "China",
        "value": 1250314515000,
    }


@pytest.mark.client("readr (R)", "`read_csv` of a URL, codes as text", guide="formats.md")
def test_readr_reads_an_address(demo_server_url, tmp_path):
    page = ROOT / "docs" / "reference" / "formats.md"
    (read,) = (block.text for block in code_blocks(page) if "readr::read_csv" in block.text)
    columns = "list(class = class(table$commodity), value = table$value)"
    show = f"cat(jsonlite::toJSON({columns}, auto_unbox = TRUE, digits = 15))"

    result = run_r(read.replace(DOCUMENTED_URL, "ADDRESS") + show, demo_server_url, tmp_path, "readr")

    assert result == {"class": "character", "value": 1250314515000}
