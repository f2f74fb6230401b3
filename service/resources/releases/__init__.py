"""The resource releases: publications of datasets, with dates and files."""
