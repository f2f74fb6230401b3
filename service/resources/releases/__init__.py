"""What was published when, from which file."""
