"""The software bill of materials of the service, CycloneDX, from the lock file: python tools/sbom.py [--check].

It has the version of each package and the hashes of its files; the same lock file gives the same bill, without a serial
number and a time.
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
    """Write the bill; with --check, compare the present one, and return 1 where it differs."""
    text = json.dumps(normalize_sbom(generate_sbom()), indent=1, sort_keys=True) + "\n"
    if "--check" not in sys.argv:
        SBOM_FILE.write_text(text, "utf-8")
        return 0
    if SBOM_FILE.exists() and SBOM_FILE.read_text("utf-8") == text:
        return 0
    print(f"{SBOM_FILE} does not match requirements.lock: run `make sbom`")
    return 1


def generate_sbom() -> dict[str, Any]:
    """Return the bill of the tool."""
    run = subprocess.run([*SBOM_COMMAND, *SBOM_OPTIONS], capture_output=True, text=True, check=True)
    sbom: dict[str, Any] = json.loads(run.stdout)
    return sbom


def normalize_sbom(sbom: dict[str, Any]) -> dict[str, Any]:
    """Return the bill with packages named by their URLs, not by lines of the lock file or an index."""
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
