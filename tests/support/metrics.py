"""Metrics of a service."""

from prometheus_client.parser import text_string_to_metric_families


def parse_samples(text):
    """Return the samples of a response of /metrics by name and labels."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
