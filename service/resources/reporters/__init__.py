"""The resource reporters: loaded datasets of each reporter."""
