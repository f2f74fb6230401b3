"""The application of the contestant Datasette; see datasette_sqlite.py. DESCRIBED names the file of what it serves."""

import json
import os
from pathlib import Path

from datasette.app import Datasette

described = json.loads(Path(os.environ["DESCRIBED"]).read_text())
app = Datasette(
    [], immutables=[described["file"]], metadata=described["metadata"], settings=described["settings"]
).app()
