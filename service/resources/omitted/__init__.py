"""The resource omitted: facts that put a growth rate in context and that a headline leaves out."""
