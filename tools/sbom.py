"""Write the list of all that the service is made of, CycloneDX, from the lock file: python tools/sbom.py [--check].

The same lock file gives the same list: it has no number and no time of its own. It says of each package its version and
the hashes of the files it may come as.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SBOM_FILE = Path("deploy/sbom.json")
SBOM_COMMAND = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", "requirements.lock"]
SBOM_OPTIONS = ["--pyproject", "pyproject.toml", "--output-reproducible", "--output-format", "JSON"]


def main() -> int:
    """Write the list, or with --check say whether the one that is there is that of the lock file."""
    text = json.dumps(normalize_sbom(generate_sbom()), indent=1, sort_keys=True) + "\n"
    if "--check" not in sys.argv:
        SBOM_FILE.write_text(text, "utf-8")
        return 0
    if SBOM_FILE.exists() and SBOM_FILE.read_text("utf-8") == text:
        return 0
    print(f"{SBOM_FILE} is not that of requirements.lock: run `make sbom`")
    return 1


def generate_sbom() -> dict[str, Any]:
    """Return the list as the tool makes it."""
    ended = subprocess.run([*SBOM_COMMAND, *SBOM_OPTIONS], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def normalize_sbom(sbom: dict[str, Any]) -> dict[str, Any]:
    """Return the list with each package called by what it is, not by its line in the lock file or an index."""
    for tool in sbom["metadata"]["tools"]["components"]:
        tool.pop("externalReferences", None)
    names = {component["bom-ref"]: component["purl"] for component in sbom["components"]}
    for component in sbom["components"]:
        del component["description"]
        component["bom-ref"] = component["purl"]
        for reference in component.get("externalReferences", ()):
            reference["url"] = component["purl"]
    for dependency in sbom["dependencies"]:
        dependency["ref"] = names.get(dependency["ref"], dependency["ref"])
        if "dependsOn" in dependency:
            dependency["dependsOn"] = sorted(names[ref] for ref in dependency["dependsOn"])
    sbom["components"].sort(key=lambda component: str(component["purl"]))
    sbom["dependencies"].sort(key=lambda dependency: str(dependency["ref"]))
    return sbom


if __name__ == "__main__":
    sys.exit(main())
