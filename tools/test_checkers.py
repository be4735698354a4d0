"""Each checker is shown to find a planted fault and to accept a clean tree."""

import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TOOLS = Path(__file__).parent


def run(script, *arguments):
    result = subprocess.run([sys.executable, TOOLS / script, *arguments], capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


CLEAN = {
    "core/shape.h": "#include <vector>\n",
    "backend/conv.cc": '#include "core/shape.h"\n#include "oneapi/dnnl/dnnl.hpp"\n',
    "nn/layer.h": '#include "core/shape.h"\n',
    "cli/main.cc": '#include "nn/layer.h"\n#include <CLI/CLI.hpp>\n',
    "tests/nn/a_test.cc": '#include "nn/layer.h"\n#include "tests/helper.h"\n',
}


def test_a_clean_tree_has_no_forbidden_include(tmp_path):
    write(tmp_path, CLEAN)
    status, output = run("check_rooms.py", tmp_path)
    assert status == 0, output
    assert "5 files" in output


@pytest.mark.parametrize(
    "path, line, words",
    [
        ("core/a.h", '#include "nn/layer.h"', "core/ may include nothing"),
        ("sync/a.cc", '#include "backend/conv.h"', "sync/ may include core"),
        ("nn/deep/er/a.cc", '  #  include "train/loop.h"', "nn/ may include core, backend"),
        ("python/src/a.cc", '#include "backend/conv.h"', "python/ may include"),
        ("nn/a.cc", '#include "oneapi/dnnl/dnnl.hpp"', "only backend/ may include oneDNN"),
        ("tests/nn/b.cc", "#include <dnnl.h>", "only backend/ may include oneDNN"),
        ("train/a.cc", "#include <openssl/evp.h>", "only sync/ may include OpenSSL"),
        ("backend/a.cc", "#include <opencv2/core.hpp>", "only vision/ may include OpenCV"),
        ("train/a.cc", '#include "cli/run.h"', "train/ may include"),
        ("train/a.cc", '#include "loop.h"', "written from the root"),
        ("train/a.cc", '#include "../nn/layer.h"', "written from the root"),
    ],
)
def test_a_planted_include_is_found(tmp_path, path, line, words):
    write(tmp_path, {**CLEAN, path: f"// first line\n{line}\n"})
    status, output = run("check_rooms.py", tmp_path)
    assert status == 1
    assert f"{path}:2: " in output and words in output


def test_a_long_file_is_found(tmp_path):
    write(tmp_path, {"core/a.cc": "\n" * 800, "build/b.h": "\n" * 5000})
    assert run("check_sizes.py", tmp_path)[0] == 0
    write(tmp_path, {"core/a.cc": "\n" * 801})  # generated or not
    status, output = run("check_sizes.py", tmp_path)
    assert status == 1 and "core/a.cc: 801 lines" in output


def test_a_class_file_of_another_java_is_found(tmp_path):
    jar = tmp_path / "a.jar"
    for major, expected in [(52, 0), (61, 1)]:
        with zipfile.ZipFile(jar, "w") as archive:
            archive.writestr("A.class", struct.pack(">IHH", 0xCAFEBABE, 0, major))
        assert run("dev/check_classes.py", jar, "52")[0] == expected


REPORT = """<testsuite><testcase classname="a" name="x"/><testcase classname="a" name="y"><skipped/></testcase>
%s</testsuite>"""


def tally(tmp_path, case, status):
    write(tmp_path, {"cpp-fast.xml": REPORT % case, "cpp-fast.log": "the log", "cpp-fast.exit": str(status)})
    code, output = run("dev/tally.py", tmp_path)
    return code, output.strip().splitlines()[-1]


def test_the_tally_counts_all_suites(tmp_path):
    write(tmp_path, {"java/J.xml": REPORT % "", "java.log": "", "java.exit": "0"})
    assert tally(tmp_path, "", 0) == (0, "2 passed, 0 failed, 2 skipped")


def test_the_tally_fails_with_a_failed_test(tmp_path):
    case = '<testcase classname="a" name="z"><failure message="no"/></testcase>'
    assert tally(tmp_path, case, 1) == (1, "1 passed, 1 failed, 1 skipped")


def test_the_tally_fails_when_a_suite_crashes_without_a_failed_test(tmp_path):
    assert tally(tmp_path, "", 139) == (1, "1 passed, 1 failed, 1 skipped")
    assert tally(tmp_path, "<testcase", 0)[0] == 1


def test_the_tally_fails_when_nothing_ran(tmp_path):
    code, output = run("dev/tally.py", tmp_path)
    assert (code, output.strip()) == (1, "0 passed, 0 failed")
