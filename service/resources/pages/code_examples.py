"""Code that fetches the figures of a page, in a shell, in Python and in R."""


def code_examples(csv_url: str, *, requires_key: bool) -> list[tuple[str, str]]:
    """Return the name of each language with the code that reads the rows at a URL, with an API key if it needs one."""
    if requires_key:
        return [
            ("curl", f"curl --header \"Authorization: Bearer $KEY\" '{csv_url}'"),
            (
                "Python",
                "import pandas\n\n"
                'authorization = {"Authorization": f"Bearer {key}"}\n'
                f'figures = pandas.read_csv("{csv_url}", storage_options=authorization)',
            ),
            (
                "R",
                f'connection <- url("{csv_url}",\n'
                '                  headers = c(Authorization = paste("Bearer", key)))\n'
                "figures <- read.csv(connection)",
            ),
        ]
    return [
        ("curl", f"curl '{csv_url}'"),
        ("Python", f'import pandas\n\nfigures = pandas.read_csv("{csv_url}")'),
        ("R", f'figures <- read.csv("{csv_url}")'),
    ]
