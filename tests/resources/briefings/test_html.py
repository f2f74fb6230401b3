"""A briefing as a page: readable at a desk, on a phone and printed, for any reporter that is loaded."""

import base64
import csv
import gzip
import re
from html import unescape

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from service.ingest.sources import comtrade, us_census
from tests.support.browser import open_browser, requires_chromium
from tests.support.ingest.loading import load_source_files
from tests.support.server import run_server

BRIEFING_PATH = "/v1/briefings/JPN/2024-01?currency=USD&fx=2024-02-21&format=html"
DESKTOP_WIDTH_PX, PHONE_WIDTH_PX = 1280, 390
OVERFLOW_SCRIPT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CHART_WIDTHS_SCRIPT = "[...document.querySelectorAll('figure img')].filter(e => e.naturalWidth).map(e => e.width)"
"""Widths of the charts that were loaded."""


def show_page(page, url, *, width):
    page.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
    page.call("Page.navigate", url=url)
    page.wait_until_true("document.readyState === 'complete' && document.querySelector('footer') !== null")


def test_the_page_uses_one_script_and_no_external_content(demo):
    page = demo.get(BRIEFING_PATH)

    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert re.findall(r"<script[^>]*>", page.text) == re.findall(
        r'<script src="/assets/[0-9a-f]{16}/charts.js" defer>', page.text
    )
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.text == demo.get(BRIEFING_PATH).text  # the same figures are drawn the same


def test_the_page_is_a_document_with_what_the_headline_hides(demo):
    text = unescape(demo.get(BRIEFING_PATH).text).replace("\u00a0", " ")
    rows = re.findall(r'<tr><th scope="row"><a [^>]*>([^<]+)</a>.*?</tr>', text.split("<h2>Exports by partner</h2>")[1])

    assert "<h1>Japan's exports in January 2024 were 48.89 billion US dollars, up 11.9% from a year earlier" in text
    assert "In US dollars, exports in January 2024 were down 0.1% from a year earlier" in text
    # The ten largest contributions: Russia's -0.4 points are among them, Thailand's 0.0 are not.
    assert rows[:4] == ["China", "The United States", "Hong Kong", "Taiwan"]
    assert "Russia" in rows[:10]
    assert "Thailand" not in rows[:10]
    assert 'href="/explore?view=series&reporter=JPN&frequency=M&flow=X&period=all&partner=CHN"' in text
    assert len(re.findall(r">Figures</a>", text)) == len(set(re.findall(r'aria-label="(Figures behind[^"]+)"', text)))
    assert "as_of=2024-02-28" in text


@requires_chromium
@pytest.mark.parametrize("width", [DESKTOP_WIDTH_PX, PHONE_WIDTH_PX])
def test_the_page_shows_charts_at_any_width(demo_server_url, tmp_path, width):
    with open_browser(tmp_path) as page:
        show_page(page, f"{demo_server_url}{BRIEFING_PATH}", width=width)
        page.evaluate("document.querySelector('figure img').scrollIntoView()")
        page.wait_until_true("document.querySelector('figure img').naturalWidth")
        widths, overflow = page.evaluate(CHART_WIDTHS_SCRIPT), page.evaluate(OVERFLOW_SCRIPT)
        titles = page.evaluate("[...document.querySelectorAll('figure img')].map(e => e.alt)")
        text = page.evaluate("document.body.innerText").replace("\u00a0", " ")

    assert overflow == 0
    assert len(widths) == 1
    assert all(300 < width_px <= width for width_px in widths)
    assert titles[0].startswith("Japan's trade balance in January 2024 was a deficit of 1.76 trillion yen")
    assert "up 29.2% from a year earlier" in text


@requires_chromium
def test_the_printed_page_omits_interactive_links(demo_server_url, tmp_path):
    with open_browser(tmp_path) as page:
        show_page(page, f"{demo_server_url}{BRIEFING_PATH}", width=DESKTOP_WIDTH_PX)
        pdf = base64.b64decode(page.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"])
        page.call("Emulation.setEmulatedMedia", media="print")
        printed = page.evaluate("document.body.innerText")

    assert pdf.startswith(b"%PDF-")
    assert 2 <= pdf.count(b"/Type /Page\n") <= 7  # A4 sheets
    assert "Figures\n" not in printed
    assert "Source: Trade Statistics of Japan, Ministry of Finance" in printed


@pytest.fixture(scope="module")
def other_reporters_url(create_database, template, shared_data, tmp_path_factory):
    """Return the address of a database with the United States' figures of two years, and a sample of UN Comtrade's.

    Imports by chapter are those of June 2023 and June 2024 alone, which are enough.
    """
    url = create_database("others", template=template)
    folder, engine = tmp_path_factory.mktemp("files"), create_engine(url)
    archive = folder / "archive"

    def part_of(name, wanted):
        with (
            gzip.open(shared_data / "us_census" / name, "rt", newline="") as file,
            (folder / name[:-3]).open("w") as part,
        ):
            rows = csv.DictReader(file)
            writer = csv.DictWriter(part, rows.fieldnames)
            writer.writeheader()
            writer.writerows(row for row in rows if wanted(row))
        return folder / name[:-3]

    totals = [
        part_of(f"{flow}_by_country_monthly_2013_2024.csv.gz", lambda row: row["YEAR"] in {"2023", "2024"})
        for flow in ("exports", "imports")
    ]
    chapters = part_of("imports_hs2_by_country_monthly_2023_2024.csv.gz", lambda row: row["MONTH"] == "06")
    census = {"describe": us_census.describe, "archive_folder": archive}
    load_source_files(engine, totals, published_on="2025-02-05", **census)
    load_source_files(engine, [chapters], published_on="2025-02-06", **census)
    sample = shared_data / "comtrade" / "new_format_annual_2022.csv"
    load_source_files(engine, [sample], describe=comtrade.describe, published_on="2023-06-01", archive_folder=archive)
    yield url
    engine.dispose()


@pytest.fixture(scope="module")
def other_client(other_reporters_url):
    engine = create_engine(other_reporters_url)
    yield create_app(engine).test_client()
    engine.dispose()


def fetch_sentences(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.json
    return {one["id"]: one["sentence"] for one in answer.json["data"]}


def census_total(shared_data, flow, value, month):
    """Return what the Census Bureau's file says of trade with all countries in a month."""
    with gzip.open(shared_data / "us_census" / f"{flow}_by_country_monthly_2013_2024.csv.gz", "rt", newline="") as file:
        (row,) = (r for r in csv.DictReader(file) if r["CTY_CODE"] == "-" and f"{r['YEAR']}-{r['MONTH']}" == month)
    return int(row[value])


def test_a_briefing_combines_totals_and_commodities_of_two_datasets(other_client, shared_data):
    said = fetch_sentences(other_client, "/v1/briefings/USA/2024-06")

    now, then = (census_total(shared_data, "exports", "ALL_VAL_MO", month) for month in ("2024-06", "2023-06"))
    assert said["exports"].startswith(
        f"The United States' exports in June 2024 were {now / 1e9:.1f} billion US dollars, "
        f"up {100 * (now - then) / then:.1f}% from a year earlier"
    )
    assert "exports FAS, imports customs value" in said["balance"]
    assert "machinery and mechanical appliances, boilers, nuclear reactors etc (84)" in said["imports-84"]
    assert said["missing-exports-commodities"] == "Exports by commodity are not loaded for June 2024."


def test_a_briefing_reports_figures_missing_from_the_dataset(other_client):
    said = fetch_sentences(other_client, "/v1/briefings/USA/2024-06?dataset=usa-hs-m")

    assert said["missing-exports"] == "Total exports in June 2024 are not published."
    assert "missing-balance-WLD" in said
    assert {"imports", "imports-MEX", "imports-contribution-MEX", "imports-84"} <= set(said)


@pytest.mark.parametrize("reporter", ["DEU", "CHN"])
def test_a_briefing_of_a_single_year_has_no_growth(other_client, reporter):
    said = fetch_sentences(other_client, f"/v1/briefings/{reporter}/2022")

    assert "with no figure for the year before" in said["exports"]
    assert {"balance", "missing-exports-growth", "missing-imports-growth", "missing-exports-commodities"} <= set(said)


@pytest.mark.process
@requires_chromium
def test_pages_of_other_reporters_fit_the_screen(other_reporters_url, tmp_path):
    found = {}
    with (
        run_server(other_reporters_url, log_file=tmp_path / "log") as address,
        open_browser(tmp_path / "profile") as page,
    ):
        for briefing in ("USA/2024-06", "DEU/2022"):
            for width in (DESKTOP_WIDTH_PX, PHONE_WIDTH_PX):
                show_page(page, f"{address}/v1/briefings/{briefing}?format=html", width=width)
                found[briefing, width] = len(page.evaluate(CHART_WIDTHS_SCRIPT)), page.evaluate(OVERFLOW_SCRIPT)

    # Of Germany a single year is loaded: there is nothing over time.
    charts_of = {"USA/2024-06": 1, "DEU/2022": 0}
    assert found == {key: (charts_of[key[0]], 0) for key in found}
    assert len(found) == 4
