"""The Kubernetes manifest fits the schema of Kubernetes, and its pods have the least privileges."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from service.cli.main import main

MANIFEST = Path(__file__).parents[2] / "deploy" / "kubernetes" / "tradeflows.yaml"
OBJECTS = {f"{each['kind']} {each['metadata']['name']}": each for each in yaml.safe_load_all(MANIFEST.read_text())}
KUBERNETES_VERSION = "1.33"


def pod_spec(manifest):
    """Return the specification of the pods of an object; null where it has none."""
    spec = manifest.get("spec", {})
    return spec.get("jobTemplate", {"spec": spec})["spec"].get("template", {}).get("spec")


PODS = {name: spec for name, each in OBJECTS.items() if (spec := pod_spec(each))}


@pytest.fixture(scope="module")
def validate():
    """Return the function that checks an object against the schema."""
    package = pytest.importorskip("kubernetes_validate", reason="the package kubernetes-validate is not installed")
    return lambda manifest: package.validate(manifest, KUBERNETES_VERSION, strict=True)


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_fits_the_schema(validate, name):
    validate(OBJECTS[name])


def test_the_schema_rejects_an_unknown_field(validate):
    manifest = deepcopy(OBJECTS["Deployment tradeflows"])
    pod_spec(manifest)["containers"][0]["imagine"] = "tradeflows"

    with pytest.raises(Exception, match="imagine"):
        validate(manifest)


@pytest.mark.parametrize("name", PODS)
def test_a_pod_has_the_least_privileges(name):
    pod = PODS[name]
    (container,) = pod["containers"]

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize(
    ("name", "role"),
    [("Job tradeflows-migrate", "owner"), ("Deployment tradeflows", "reader"), ("CronJob tradeflows-fetch", "loader")],
)
def test_a_pod_has_only_the_password_of_its_role(name, role):
    variables = {each["name"]: each["value"] for each in PODS[name]["containers"][0]["env"]}
    secrets = [each["secret"]["secretName"] for each in PODS[name]["volumes"] if "secret" in each]

    assert secrets == [f"tradeflows-{role}"]
    assert variables["DATABASE_URL"].startswith(f"postgresql://tradeflows_{role}@")
    assert variables["TRADEFLOWS_DATABASE_PASSWORD_FILE"].endswith(f"/{role}_password")


@pytest.mark.parametrize("name", PODS)
def test_a_pod_runs_a_command_with_known_options(name):
    program, *arguments = PODS[name]["containers"][0]["command"]

    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])
    assert (program, ended.value.code) == ("tradeflows", 0)


def test_the_service_selects_the_pods_of_the_deployment():
    labels = OBJECTS["Deployment tradeflows"]["spec"]["template"]["metadata"]["labels"]
    ports = [port["name"] for port in PODS["Deployment tradeflows"]["containers"][0]["ports"]]

    assert OBJECTS["Service tradeflows"]["spec"]["selector"].items() <= labels.items()
    assert [port["targetPort"] for port in OBJECTS["Service tradeflows"]["spec"]["ports"]] == ports
