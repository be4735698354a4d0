# SPDX-License-Identifier: Apache-2.0
"""The generator: committed files are up to date, and its check can fail."""

import ast
import json
import shutil
import subprocess
import sys

import pytest
from places import SOURCE

from firesteel import metrics, nn, optim
from firesteel._native import core

FOLDERS = ["nn/generated", "python/firesteel", "jvm/java/io/firesteel", "docs/layers"]


def gen(schema, *options):
    return subprocess.run([sys.executable, SOURCE / "tools" / "gen.py", "--schema", schema,
                           *options], capture_output=True, text=True, check=False)


@pytest.fixture
def schema(tmp_path):
    path = tmp_path / "schema.json"
    path.write_text(core.kinds())
    return path


def test_committed_files_are_up_to_date(schema):
    result = gen(schema, "--check")
    assert result.returncode == 0, "run ./dev gen\n" + result.stdout + result.stderr


def test_a_change_and_a_stale_file_are_found(schema, tmp_path):
    (tmp_path / "docs").mkdir()
    shutil.copy(SOURCE / "docs/bigdl.md", tmp_path / "docs/bigdl.md")
    for folder in FOLDERS:
        shutil.copytree(SOURCE / folder, tmp_path / folder,
                        ignore=shutil.ignore_patterns("__pycache__"))
    changed = tmp_path / "nn/generated/layers/convolution.h"
    changed.write_text(changed.read_text().replace("bool bias = true", "bool bias = false"))
    stale = tmp_path / "jvm/java/io/firesteel/nn/Gone.java"
    shutil.copy(tmp_path / "jvm/java/io/firesteel/nn/Tanh.java", stale)
    result = gen(schema, "--check", "--root", tmp_path)
    assert result.returncode == 1
    assert "differs: nn/generated/layers/convolution.h" in result.stdout
    assert "differs: jvm/java/io/firesteel/nn/Gone.java" in result.stdout
    assert gen(schema, "--root", tmp_path).returncode == 0 and not stale.exists()
    assert gen(schema, "--check", "--root", tmp_path).returncode == 0


def test_an_unknown_family_is_an_error(schema):
    schema.write_text(json.dumps({**json.loads(core.kinds()), "gadgets": []}))
    result = gen(schema, "--check")
    assert result.returncode == 2 and "unknown families ['gadgets']" in result.stderr


def test_every_name_of_bigdl_has_a_row():
    sys.path.insert(0, str(SOURCE / "tools"))
    import gen_bigdl
    from gen_schema import SchemaError

    names = gen_bigdl.read_names()
    page = (SOURCE / "docs/bigdl.md").read_text()
    for section, wanted in names.items():
        rows = page.split(f"## {gen_bigdl.TITLES[section]}\n")[1].split("\n## ")[0]
        assert [row.split("`")[1] for row in rows.splitlines() if row.startswith("| `")] == wanted

    text = (SOURCE / "tools/bigdl/table.txt").read_text()
    with pytest.raises(SchemaError, match=r"\[nn\] lacks \['MulConstant'\]"):
        gen_bigdl.rows(names, gen_bigdl.read_table(text.replace("MulConstant = nn.MulConstant\n", "", 1)))
    with pytest.raises(SchemaError, match="no kind nn.Gone"):
        gen_bigdl.check("nn.Gone", "", {})
    with pytest.raises(SchemaError, match="nn.ELU has no attribute beta"):
        gen_bigdl.check("nn.ELU(beta)", "", {"ELU": {"alpha"}})


@pytest.mark.parametrize("module", [nn, optim, metrics])
def test_stubs_name_what_the_classes_take(module):
    folder = SOURCE / "python" / "firesteel" / module.__name__.split(".")[1] / "_generated"
    stubs = {node.name: node.body[0].args for path in folder.glob("*.pyi")
             for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)}
    assert sorted(stubs) == sorted(module._generated.__all__)
    for name, stub in stubs.items():
        code = getattr(module, name).__init__.__code__
        named = [argument.arg for argument in stub.args + stub.kwonlyargs]
        assert named == list(code.co_varnames[:code.co_argcount + code.co_kwonlyargcount])
