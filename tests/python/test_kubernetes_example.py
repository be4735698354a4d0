# SPDX-License-Identifier: Apache-2.0
"""examples/kubernetes/fit.yaml against the schemas of Kubernetes, and its options against those of the command."""

import re
import subprocess

import pytest
from places import DIST, SOURCE

yaml = pytest.importorskip("yaml")
kubernetes_validate = pytest.importorskip("kubernetes_validate")

DOCUMENTS = list(yaml.safe_load_all((SOURCE / "examples/kubernetes/fit.yaml").read_text()))


@pytest.mark.parametrize("document", DOCUMENTS, ids=[f"{d['kind']} {d['metadata']['name']}" for d in DOCUMENTS])
def test_schema(document):
    kubernetes_validate.validate(document, "1.31", strict=True)


def test_a_wrong_document_is_found():
    wrong = yaml.safe_load(yaml.safe_dump(DOCUMENTS[-1]))
    wrong["spec"]["backofLimit"] = 2
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.31", strict=True)


def test_names_fit_together():
    namespace, account, role, binding, service, policy, job = DOCUMENTS
    pod = job["spec"]["template"]
    assert all(d["metadata"]["namespace"] == namespace["metadata"]["name"] for d in DOCUMENTS[1:])
    assert pod["spec"]["serviceAccountName"] == account["metadata"]["name"] == binding["subjects"][0]["name"]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert service["spec"]["selector"] == pod["metadata"]["labels"]
    driver = pod["spec"]["containers"][0]
    conf = dict(arg[len("--conf="):].split("=", 1) for arg in driver["args"] if arg.startswith("--conf="))
    assert conf["spark.driver.host"] == f"{service['metadata']['name']}.{namespace['metadata']['name']}.svc"
    ports = {port["name"]: str(port["port"]) for port in service["spec"]["ports"]}
    assert (conf["spark.driver.port"], conf["spark.driver.blockManager.port"]) == (ports["driver"], ports["blockmanager"])
    mounts = {mount["name"] for mount in driver["volumeMounts"]}
    assert mounts == {volume["name"] for volume in pod["spec"]["volumes"]}


def test_the_command_knows_its_options():
    driver = DOCUMENTS[-1]["spec"]["template"]["spec"]["containers"][0]
    assert driver["command"] == ["firesteel", "train"]
    shown = subprocess.run([DIST / "bin" / "firesteel", "train", "--help"], capture_output=True, text=True, check=True).stdout
    for arg in driver["args"]:
        assert re.search(rf"{re.escape(arg.split('=')[0])}\b", shown), arg
