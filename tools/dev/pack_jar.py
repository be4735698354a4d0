"""Packs firesteel.jar: classes, resources, and native libraries with a list of their sizes and SHA-256 sums.

The compressed native libraries are kept in a base archive, so that a change of classes does not compress 93 MB again.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

LIBRARIES = ["libgomp.so.1", "libdnnl.so.3", "libfiresteel.so"]  # in the order they are loaded
FOLDER = "native/linux-x86_64/"
LEVEL = 6


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def entry(name):
    """An entry with a fixed date, so that equal contents make equal jars."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def add_file(archive, name, path):
    with archive.open(entry(name), "w") as out, open(path, "rb") as file:
        shutil.copyfileobj(file, out, 1 << 20)


def stripped(library, work):
    """Our own library without its symbol table; the others come stripped."""
    if library.name != "libfiresteel.so":
        return library
    copy = work / library.name
    if not copy.exists() or copy.stat().st_mtime < library.stat().st_mtime:
        subprocess.run(["strip", "--strip-unneeded", "-o", copy, library], check=True)
    return copy


def properties(version, facts):
    lines = [f"version={version}", "files=" + ",".join(fact["name"] for fact in facts)]
    for fact in facts:
        lines += [f"{fact['name']}.size={fact['size']}", f"{fact['name']}.sha256={fact['sha256']}"]
    return "\n".join(lines) + "\n"


def native_base(libraries, version, work):
    """The archive with the manifest and the native libraries; made again when one of them changed."""
    base, state_file = work / "native.zip", work / "native.state"
    stamps = [[str(lib), lib.stat().st_size, lib.stat().st_mtime_ns] for lib in libraries]
    state = json.dumps([version, LEVEL, stamps])
    if base.exists() and state_file.exists() and state_file.read_text() == state:
        return base
    facts = [dict(name=lib.name, size=lib.stat().st_size, sha256=sha256(lib)) for lib in libraries]
    temporary = base.with_suffix(".new")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        manifest = (f"Manifest-Version: 1.0\nImplementation-Title: firesteel\nImplementation-Version: {version}\n"
                    "Main-Class: io.firesteel.spark.Main\n\n")
        archive.writestr(entry("META-INF/MANIFEST.MF"), manifest)
        archive.writestr(entry(FOLDER + "native.properties"), properties(version, facts))
        for lib in libraries:
            add_file(archive, FOLDER + lib.name, lib)
    temporary.replace(base)
    state_file.write_text(state)
    return base


def newest(paths):
    return max((path.stat().st_mtime_ns for path in paths), default=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ["jar", "work", "classes", "resources", "native"]:
        parser.add_argument("--" + name, type=Path, required=True)
    parser.add_argument("--version", required=True)
    args = parser.parse_args()

    libraries = [stripped(args.native / name, args.work) for name in LIBRARIES if (args.native / name).exists()]
    base = native_base(libraries, args.version, args.work)
    files = [
        (str(path.relative_to(root)), path)
        for root in [args.classes, args.resources]
        if root.exists()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    ]
    listing = "\n".join(name for name, _ in files)
    listing_file = args.work / "jar.listing"
    changed = newest([base] + [path for _, path in files])
    same_files = listing_file.exists() and listing_file.read_text() == listing
    if args.jar.exists() and same_files and args.jar.stat().st_mtime_ns > changed:
        print(f"== jar: nothing changed, {args.jar.name} kept")
        return
    temporary = args.jar.with_suffix(".new")
    shutil.copyfile(base, temporary)
    with zipfile.ZipFile(temporary, "a", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for name, path in files:
            add_file(archive, name, path)
    temporary.replace(args.jar)
    listing_file.write_text(listing)
    size = args.jar.stat().st_size / 1e6
    native = ", ".join(lib.name for lib in libraries) or "no native libraries yet"
    print(f"== jar: {args.jar.name} {size:.1f} MB, {len(files)} classes and resources, {native}")


if __name__ == "__main__":
    main()
