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
SBOM_COMMAND = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", "requirements.lock"]
MISSING_LICENCES = {"currencyconverter": "Apache-2.0"}
"""Licences of packages without a licence in their metadata."""
SBOM_OPTIONS = ["--pyproject", "pyproject.toml", "--output-reproducible", "--output-format", "JSON"]


def main() -> int:
    """Write the bill; with --check, compare the present one, and return 1 where it differs."""
    sbom = normalize_sbom(generate_sbom())
    if "--check" not in sys.argv:
        add_licences(sbom)
        SBOM_FILE.write_text(json.dumps(sbom, indent=1, sort_keys=True) + "\n", "utf-8")
        return 0
    if SBOM_FILE.exists() and remove_licences(json.loads(SBOM_FILE.read_text("utf-8"))) == sbom:
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


def add_licences(sbom: dict[str, Any]) -> None:
    """Add the licence of each installed package."""
    for component in sbom["components"]:
        if licence := declared_licence(component["name"]):
            component["licenses"] = [licence]


def remove_licences(sbom: dict[str, Any]) -> dict[str, Any]:
    """Return the bill without the licences of the packages."""
    for component in sbom["components"]:
        component.pop("licenses", None)
    return sbom


def declared_licence(package: str) -> dict[str, Any] | None:
    """Return the licence of an installed package: an SPDX expression, or a name; null where there is neither."""
    try:
        fields = metadata(package)
    except PackageNotFoundError:
        return None
    if expression := fields.get("License-Expression") or MISSING_LICENCES.get(package):
        return {"expression": expression}
    classifiers = [line.rpartition(" :: ")[2] for line in fields.get_all("Classifier") or () if "License" in line]
    name = " or ".join(classifiers) or (fields.get("License") or "").partition("\n")[0]
    return {"license": {"name": name}} if name else None


if __name__ == "__main__":
    sys.exit(main())
