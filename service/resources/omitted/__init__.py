"""The resource omitted: facts beside a growth rate that a headline leaves out."""
