"""The load pipeline: from files to releases."""
