"""Every relative link of a document leads to a file and, where it names one, to a heading of that file."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\(([^)\s#:]*)(?:#([^)\s]*))?\)")
FENCED_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def heading_anchors(page):
    """Return the anchors of the headings of a page, as hosting sites form them."""
    headings = re.findall(r"^#+ (.*)$", FENCED_BLOCK.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_broken(page, path, anchor):
    target = (page.parent / path).resolve() if path else page
    return not target.exists() or bool(anchor and anchor not in heading_anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(page):
    links = LINK.findall(FENCED_BLOCK.sub("", page.read_text()))

    assert [link for link in links if is_broken(page, *link)] == []


def test_the_index_links_every_page():
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / path).resolve() for path, _ in LINK.findall(index.read_text())}

    pages = {page.resolve() for page in (ROOT / "docs").rglob("*.md") if "adr" not in page.parts}

    assert pages - linked == {index}
