"""Checks that no source file is longer than 800 lines, and prints the median and the longest.

Usage: check_sizes.py [ROOT].
"""

import statistics
import sys
from pathlib import Path

LIMIT = 800
SUFFIXES = (".cc", ".h", ".hpp", ".py", ".java", ".sh", ".cmake")
SKIPPED = {"build", ".git", "__pycache__"}


def lengths(root):
    """(lines, path) of every source file, longest first."""
    found = []
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        if path.suffix in SUFFIXES and not SKIPPED.intersection(parts) and path.is_file():
            found.append((path.read_bytes().count(b"\n"), "/".join(parts)))
    return sorted(found, reverse=True)


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    files = lengths(root)
    if not files:
        print("no source files found")
        return 1
    median = statistics.median(lines for lines, _ in files)
    print(f"== lint: {len(files)} source files, median {median:.0f} lines; the longest:")
    for lines, path in files[:5]:
        print(f"   {lines:5} {path}")
    too_long = [entry for entry in files if entry[0] > LIMIT]
    for lines, path in too_long:
        print(f"{path}: {lines} lines, more than {LIMIT}: split it")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
