"""The same figures by SDMX 2.1 (REST API 1.5): one dataflow for each dataset, for clients that speak it.

The messages are those of the library sdmx1. It imports pandas: most of a second, and 50 MB in each worker. Only
`messages.py` and `structures.py` import it, and `answer.py` imports these when the first such message is asked for, so
that a worker which never speaks SDMX does not pay for it.
"""
