"""Resources of the API: a folder each, with routes, schemas, queries and a service without HTTP."""
