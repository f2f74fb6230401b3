"""The resource concordances: which codes of an edition of a classification are which codes of another one."""
