"""Ask whether faults are known of what is locked: python tools/audit.py LOCK_FILE...

Ends with 1 where some are. Where the database of faults cannot be asked it says so, and why; nothing is known then.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

TIMEOUT_S = 300
MAX_MESSAGE_CHARS = 200


def main(lock_files: Sequence[str]) -> int:
    """Print what is known of each lock file, and return how to end."""
    return max((audit_lock_file(lock) for lock in lock_files), default=0)


def audit_lock_file(lock_file: str) -> int:
    """Print what is known of a lock file, and return how to end."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock_file, "--disable-pip", "--require-hashes"]
    try:
        ended = subprocess.run(
            [*command, "--format", "json", "--progress-spinner", "off"],
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
        status, said = summarize_report(json.loads(ended.stdout))
    except subprocess.TimeoutExpired:
        status, said = 0, f"NOT AUDITED: no answer within {TIMEOUT_S} s"
    except json.JSONDecodeError:
        status, said = 0, f"NOT AUDITED: {ended.stderr.strip().splitlines()[-1][:MAX_MESSAGE_CHARS]}"
    print(f"{lock_file}: {said}")
    return status


def summarize_report(report: Mapping[str, Any]) -> tuple[int, str]:
    """Return how to end and what to say of a report: pip-audit takes packages that it could not ask for as harmless."""
    packages = report["dependencies"]
    unknown = [package for package in packages if "skip_reason" in package]
    faults = [
        f"{package['name']} {package['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none'}"
        for package in packages
        for fault in package.get("vulns", ())
    ]
    if faults:
        return 1, "known faults:\n  " + "\n  ".join(faults)
    if unknown and len(unknown) == len(packages):
        return 0, f"NOT AUDITED, none of {len(packages)} packages: {unknown[0]['skip_reason'][:MAX_MESSAGE_CHARS]}"
    if unknown:
        return 1, f"could not be asked for: {', '.join(package['name'] for package in unknown)}"
    return 0, f"no fault is known of {len(packages)} packages"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
