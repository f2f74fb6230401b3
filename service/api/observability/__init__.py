"""Access log, metrics, traces, health checks."""
