"""The resource series: time series with all growth columns."""
