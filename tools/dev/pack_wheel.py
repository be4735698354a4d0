"""Packs the built Python package and the jar into a wheel for every CPython from 3.10 on."""

import argparse
import base64
import hashlib
import subprocess
import tempfile
import zipfile
from pathlib import Path


def contents(package, jar, work):
    """(name in the wheel, file): our own module goes in without its symbol table."""
    for path in sorted(package.rglob("*")):
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        name = f"firesteel/{path.relative_to(package)}"
        if path.name == "_core.abi3.so":
            subprocess.run(["strip", "--strip-unneeded", "-o", work / path.name, path], check=True)
            path = work / path.name
        yield name, path
    if jar.exists():
        yield f"firesteel/jars/{jar.name}", jar


def metadata(version, requirements):
    lines = ["Metadata-Version: 2.1", "Name: firesteel", f"Version: {version}"]
    lines += ["Summary: Deep learning as ordinary Apache Spark programs", "License: Apache-2.0"]
    lines += ["Requires-Python: >=3.10"] + [f"Requires-Dist: {need}" for need in requirements]
    return "\n".join(lines + ["Provides-Extra: spark", "Requires-Dist: pyspark>=3.5; extra == 'spark'"]) + "\n"


class Wheel:
    def __init__(self, path):
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self.record = []

    def add(self, name, data):
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_STORED if name.endswith(".jar") else zipfile.ZIP_DEFLATED
        info.external_attr = (0o755 if ".so" in name else 0o644) << 16
        self.archive.writestr(info, data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        self.record.append(f"{name},sha256={digest},{len(data)}")

    def close(self, info):
        self.add(f"{info}/RECORD", "\n".join(self.record + [f"{info}/RECORD,,", ""]).encode())
        self.archive.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ["package", "jar", "license", "out"]:
        parser.add_argument("--" + name, type=Path, required=True)
    for name in ["version", "glibc"]:
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--require", action="append", default=[])
    args = parser.parse_args()

    args.out.mkdir(parents=True, exist_ok=True)
    tag = f"cp310-abi3-manylinux_{args.glibc.replace('.', '_')}_x86_64"
    path = args.out / f"firesteel-{args.version}-{tag}.whl"
    info = f"firesteel-{args.version}.dist-info"
    wheel = Wheel(path)
    with tempfile.TemporaryDirectory() as work:
        for name, file in contents(args.package, args.jar, Path(work)):
            wheel.add(name, file.read_bytes())
    wheel.add(f"{info}/METADATA", metadata(args.version, args.require).encode())
    wheel.add(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: firesteel\nRoot-Is-Purelib: false\nTag: {tag}\n".encode())
    wheel.add(f"{info}/LICENSE", args.license.read_bytes())
    wheel.close(info)
    print(f"== wheel: {path.name} {path.stat().st_size / 1e6:.1f} MB, {len(wheel.record)} files")


if __name__ == "__main__":
    main()
