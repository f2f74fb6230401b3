"""Streaming replicas: choice of a server, lag, failover."""
