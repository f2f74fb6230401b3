"""Known vulnerabilities of the locked packages: python tools/audit.py LOCK_FILE...

Exits with 1 where there are any. Where the database of vulnerabilities does not answer, it prints the reason.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

TIMEOUT_S = 300
MAX_MESSAGE_CHARS = 200


def audit_lock_file(lock_file: str) -> int:
    """Print the result of one lock file, and return the exit status."""
    audit = "pip_audit --disable-pip --require-hashes --format=json --progress-spinner=off --requirement"
    command = [sys.executable, "-m", *audit.split(), lock_file]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
        status, message = summarize_report(json.loads(run.stdout))
    except subprocess.TimeoutExpired:
        status, message = 0, f"NOT AUDITED: no answer within {TIMEOUT_S} s"
    except json.JSONDecodeError:
        status, message = 0, f"NOT AUDITED: {run.stderr.strip().splitlines()[-1][:MAX_MESSAGE_CHARS]}"
    print(f"{lock_file}: {message}")
    return status


def summarize_report(report: Mapping[str, Any]) -> tuple[int, str]:
    """Return the exit status and the message of a report, in which pip-audit counts unknown packages as safe."""
    packages = report["dependencies"]
    unknown = [package for package in packages if "skip_reason" in package]
    vulnerabilities = [
        f"{package['name']} {package['version']}: {each['id']}, fixed in {', '.join(each['fix_versions']) or 'none'}"
        for package in packages
        for each in package.get("vulns", ())
    ]
    if vulnerabilities:
        return 1, "known vulnerabilities:\n  " + "\n  ".join(vulnerabilities)
    if unknown and len(unknown) == len(packages):
        return 0, f"NOT AUDITED, none of {len(packages)} packages: {unknown[0]['skip_reason'][:MAX_MESSAGE_CHARS]}"
    if unknown:
        return 1, f"not in the database: {', '.join(package['name'] for package in unknown)}"
    return 0, f"no known vulnerability in {len(packages)} packages"


if __name__ == "__main__":
    sys.exit(max(map(audit_lock_file, sys.argv[1:])))
