"""The container files are checked as far as they can be without a Docker engine; tests/smoke/containers needs one."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.process

BINARIES_FOLDER = Path(sys.executable).parent


def run_hadolint(path):
    return subprocess.run([BINARIES_FOLDER / "hadolint", path], capture_output=True, text=True, check=False)


def check_compose_schema(path):
    return check_schema(path, "vendor.compose-spec")


def check_workflow_schema(path):
    return check_schema(path, "vendor.github-workflows")


def check_schema(path, name):
    command = [BINARIES_FOLDER / "check-jsonschema", "--builtin-schema", name, path]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("check", "name"),
    [
        (run_hadolint, "Dockerfile"),
        (run_hadolint, "tests/smoke/containers/postgres.Dockerfile"),
        (run_hadolint, "tests/smoke/containers/nginx.Dockerfile"),
        (check_compose_schema, "docker-compose.yml"),
        (check_compose_schema, "docker-compose.tls.yml"),
        (check_workflow_schema, ".github/workflows/ci.yml"),
    ],
)
def test_container_files_pass_their_checks(check, name, pytestconfig):
    checked = check(pytestconfig.rootpath / name)

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("check", "name", "good", "bad"),
    [
        (run_hadolint, "Dockerfile", "USER 10001:10001", "RUN cd /tmp && sudo ls"),
        (check_compose_schema, "docker-compose.yml", "image:", "imagine:"),
    ],
)
def test_the_checks_detect_a_mistake(check, name, good, bad, pytestconfig, tmp_path):
    text = (pytestconfig.rootpath / name).read_text()
    assert good in text
    (tmp_path / name).write_text(text.replace(good, bad))

    assert check(tmp_path / name).returncode != 0


def hardening_faults(compose):
    """Return what is missing from the hardening of a compose file, in words; services are named in front."""
    services = compose["services"]
    found = [f"{name}: {fault}" for name, service in services.items() for fault in service_faults(service)]
    published = {name for name, service in services.items() if "ports" in service}
    outside = {name for name, network in compose["networks"].items() if not (network or {}).get("internal")}
    reached = {name for name, service in services.items() if outside & set(service["networks"])}
    # The job `fetch` downloads files: it runs on demand, and nothing can connect to it.
    permanent = {name for name in reached if not services[name].get("profiles")}
    if published != {"nginx"} or permanent != {"nginx"} or reached - permanent - {"fetch"}:
        found.append(f"only nginx may be reached and reach out, not {sorted(published | reached - {'fetch'})}")
    if set(services["nginx"]["networks"]) & set(services["database"]["networks"]):
        found.append("nginx can reach the database")
    return found


def service_faults(service):
    must = {
        "is not read-only": service.get("read_only") is True,
        "keeps capabilities": service.get("cap_drop") == ["ALL"] and "cap_add" not in service,
        "may gain privileges": service.get("security_opt") == ["no-new-privileges:true"],
        "is privileged": not service.get("privileged") and "devices" not in service,
        "runs as root": str(service.get("user", "0")).split(":")[0] not in {"0", "root"},
        "has no bounds": {"cpus", "memory", "pids"}
        <= service.get("deploy", {}).get("resources", {}).get("limits", {}).keys(),
        "keeps its log for ever": {"max-size", "max-file"} <= service.get("logging", {}).get("options", {}).keys(),
        "cannot write to /tmp, or without bounds": any(
            mount.startswith("/tmp:size=") for mount in service.get("tmpfs", [])
        ),
        "has no health check": service.get("restart") == "no" or "healthcheck" in service,
        "has a secret in its environment": not any(
            "PASSWORD" in name and not name.endswith("_FILE") for name in service.get("environment", {})
        ),
        "shares the host": not {"network_mode", "pid", "ipc", "userns_mode"} & service.keys(),
        "can write to files of the host": all(
            volume.endswith(":ro") for volume in service.get("volumes", []) if volume.startswith((".", "/"))
        ),
    }
    return [fault for fault, kept in must.items() if not kept]


@pytest.fixture
def compose(pytestconfig):
    return yaml.safe_load((pytestconfig.rootpath / "docker-compose.yml").read_text())


def test_every_service_has_least_privilege(compose):
    assert hardening_faults(compose) == []


@pytest.mark.parametrize(
    ("name", "changes", "fault"),
    [
        ("service", {"read_only": False}, "service: is not read-only"),
        ("nginx", {"cap_add": ["NET_BIND_SERVICE"]}, "nginx: keeps capabilities"),
        ("database", {"security_opt": []}, "database: may gain privileges"),
        ("migrate", {"user": "0:0"}, "migrate: runs as root"),
        ("load", {"deploy": {}}, "load: has no bounds"),
        ("service", {"logging": {}}, "service: keeps its log for ever"),
        ("service", {"tmpfs": ["/tmp"]}, "service: cannot write to /tmp, or without bounds"),
        ("database", {"environment": {"POSTGRES_PASSWORD": "x"}}, "database: has a secret in its environment"),
        ("nginx", {"volumes": ["./deploy:/etc/nginx"]}, "nginx: can write to files of the host"),
        ("service", {"network_mode": "host"}, "service: shares the host"),
        ("database", {"ports": ["5432:5432"]}, "only nginx may be reached and reach out, not ['database', 'nginx']"),
        ("load", {"networks": ["outside"]}, "only nginx may be reached and reach out, not ['load', 'nginx']"),
        ("fetch", {"profiles": []}, "only nginx may be reached and reach out, not ['nginx']"),
        ("nginx", {"networks": ["inside", "outside"]}, "nginx can reach the database"),
    ],
)
def test_excess_privileges_are_reported(compose, name, changes, fault):
    compose["services"][name] |= changes

    assert hardening_faults(compose) == [fault]


def test_hosted_checks_are_those_of_the_project(pytestconfig):
    workflow = yaml.safe_load((pytestconfig.rootpath / ".github" / "workflows" / "ci.yml").read_text())
    steps = workflow["jobs"]["checks"]["steps"]

    assert steps[-1]["run"] == ".ci/run"
    assert (pytestconfig.rootpath / ".ci" / "run").stat().st_mode & 0o111


def test_migration_precedes_serving(compose):
    after = {name: service.get("depends_on", {}) for name, service in compose["services"].items()}

    assert after["service"]["demo"]["condition"] == "service_completed_successfully"
    assert after["demo"]["migrate"]["condition"] == "service_completed_successfully"
    assert after["migrate"]["roles"]["condition"] == "service_completed_successfully"
    assert after["roles"]["database"]["condition"] == "service_healthy"
    assert after["nginx"]["service"]["condition"] == "service_healthy"


def test_each_service_has_only_its_own_password(compose):
    secrets = {name: service.get("secrets", []) for name, service in compose["services"].items()}

    assert secrets == {
        "database": ["admin_password"],
        "roles": ["admin_password", "owner_password", "loader_password", "reader_password"],
        "migrate": ["owner_password"],
        "demo": ["loader_password"],
        "load": ["loader_password"],
        "fetch": ["loader_password"],
        "service": ["reader_password"],
        "nginx": [],
    }
    assert "://tradeflows_reader@" in compose["services"]["service"]["environment"]["DATABASE_URL"]


def test_secrets_are_created_once_with_private_permissions(pytestconfig, tmp_path):
    copy = tmp_path / "deploy" / "make-secrets"
    copy.parent.mkdir()
    copy.write_text((pytestconfig.rootpath / "deploy" / "make-secrets").read_text())
    folder = tmp_path / "secrets"

    made = []
    for _ in range(2):
        subprocess.run(["sh", copy], check=True)
        made.append({path.name: path.read_text() for path in folder.iterdir()})

    named = yaml.safe_load((pytestconfig.rootpath / "docker-compose.yml").read_text())["secrets"]
    assert made[0] == made[1]
    assert {f"./secrets/{name}" for name in made[0]} == {secret["file"] for secret in named.values()}
    assert all(len(secret) == 64 for secret in made[0].values())
    assert len(set(made[0].values())) == len(made[0])
    assert folder.stat().st_mode & 0o077 == 0
