"""What a briefing tells, a section a file: which figures, in which order, in which words."""
