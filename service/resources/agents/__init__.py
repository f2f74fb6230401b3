"""Tools for AI agents by the Model Context Protocol, and the page /llms.txt."""
