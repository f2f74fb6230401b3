"""The software bill of materials of the service, CycloneDX, from the lock file: python tools/sbom.py [--check].

It has the version of each package, the hashes of its files, and its licence as the installed package declares it. The
same lock file gives the same bill, without a serial number and a time. --check does not compare the licences, as
packages for other systems are not installed.
"""

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

SBOM_FILE = Path("deploy/sbom.json")
SBOM_COMMAND = (
    "-W ignore -m cyclonedx_py requirements --pyproject=pyproject.toml --output-reproducible requirements.lock"
)
MISSING_LICENCES = {"currencyconverter": "Apache-2.0"}
"""Licences of packages without a licence in their metadata."""


def main() -> int:
    """Write the bill; with --check, compare the present one, and return 1 where it differs."""
    run = subprocess.run([sys.executable, *SBOM_COMMAND.split()], capture_output=True, text=True, check=True)
    sbom = normalize_sbom(json.loads(run.stdout))
    if "--check" not in sys.argv:
        for component in sbom["components"]:
            component["licenses"] = declared_licences(component["name"])
        SBOM_FILE.write_text(json.dumps(sbom, indent=1, sort_keys=True) + "\n", "utf-8")
        return 0
    present_sbom = json.loads(SBOM_FILE.read_text("utf-8"))
    for component in present_sbom["components"]:
        del component["licenses"]
    if present_sbom == sbom:
        return 0
    print(f"{SBOM_FILE} does not match requirements.lock: run `make sbom`")
    return 1


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


def declared_licences(package: str) -> list[dict[str, Any]]:
    """Return the licence of an installed package: an SPDX expression, or a name; empty where there is neither."""
    try:
        fields = metadata(package)
    except PackageNotFoundError:
        return []
    if expression := fields.get("License-Expression") or MISSING_LICENCES.get(package):
        return [{"expression": expression}]
    classifiers = [line.rpartition(" :: ")[2] for line in fields.get_all("Classifier") or () if "License" in line]
    name = " or ".join(classifiers) or (fields.get("License") or "").partition("\n")[0]
    return [{"license": {"name": name}}] if name else []


if __name__ == "__main__":
    sys.exit(main())
