"""Writes what follows from the declarations: builders in C++, Python and Java, and reference pages.

Usage: gen.py --schema FILE [--check] [--root DIR]

FILE is the output of `firesteel list schema --json`. With --check nothing is written; the files
that differ are listed and the exit status is 1. Files that are no longer generated are removed.
"""

import argparse
import json
import sys
from pathlib import Path

import gen_bigdl
import gen_cpp
import gen_docs
import gen_java
import gen_python
from gen_schema import MARK, SchemaError, load

# Where generated files lie; one with the mark that nobody generates any more is stale.
FOLDERS = ("nn/generated", "python/firesteel", "jvm/java/io/firesteel", "docs/layers")


def generate(schema):
    """{path: text} of all generated files."""
    files = {}
    for writer in (gen_cpp, gen_python, gen_java, gen_docs, gen_bigdl):
        files.update(writer.files(schema))
    return files


def is_generated(path):
    with path.open(encoding="utf-8") as file:
        return any(MARK in line for line, _ in zip(file, range(4)))


def stale(root, files):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".h", ".py", ".pyi", ".java", ".md"):
                continue
            name = path.relative_to(root).as_posix()
            if name not in files and is_generated(path):
                yield name


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--schema", required=True, type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if files differ")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    options = parser.parse_args(arguments)
    try:
        files = generate(load(json.loads(options.schema.read_text(encoding="utf-8"))))
    except (OSError, ValueError, SchemaError) as error:
        print(f"gen.py: {options.schema}: {error}", file=sys.stderr)
        return 2

    changed = []
    for name, text in sorted(files.items()):
        path = options.root / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            changed.append(name)
            if not options.check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for name in stale(options.root, files):
        changed.append(name)
        if not options.check:
            (options.root / name).unlink()

    for name in changed:
        print(f"{'differs' if options.check else 'wrote'}: {name}")
    print(f"gen: {len(files)} files, {len(changed)} {'differ' if options.check else 'changed'}")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
