"""The SDMX 2.1 interface (REST API 1.5): one dataflow for each dataset.

The library sdmx1 writes the messages. It imports pandas, which takes most of a second and 50 MB in each worker. Only
`data_message.py` and `structure_message.py` import it; the routes import these with `rendering.py` at the first SDMX
request, so that a worker without SDMX requests does not load it.
"""
