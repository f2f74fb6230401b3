"""Code that fetches the figures of a page, in a shell, in Python and in R."""


def code_examples(csv_url: str) -> list[tuple[str, str]]:
    """Return the name of each language with the code that reads the rows at a URL."""
    return [
        ("curl", f"curl '{csv_url}'"),
        ("Python", f'import pandas\n\nfigures = pandas.read_csv("{csv_url}")'),
        ("R", f'figures <- read.csv("{csv_url}")'),
    ]
