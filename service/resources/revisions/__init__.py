"""The resource revisions: figures as known on each day on which they changed."""
