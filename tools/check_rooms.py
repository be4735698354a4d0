"""Checks the one-way arrows between rooms: reads the root-relative includes of every C++ file.

Usage: check_rooms.py [ROOT]. Prints each forbidden include and exits with 1 if there is one.
"""

import re
import sys
from pathlib import Path

# What each room may include, besides itself.
ARROWS = {
    "core": [],
    "sync": ["core"],
    "vision": ["core"],
    "backend": ["core"],
    "plugin": [],
    "nn": ["core", "backend", "plugin"],
    "train": ["core", "nn", "sync", "backend"],
    "formats": ["core", "nn", "vision", "train"],
    "jvm": ["train", "formats", "vision", "nn", "sync", "core"],
    "python": ["train", "formats", "vision", "nn", "core"],
    "cli": ["core", "sync", "vision", "backend", "nn", "train", "formats", "jvm"],
}
# Libraries that one room hides from all others: a pattern of their headers, and the room.
HIDDEN = [
    (re.compile(r"(oneapi/)?dnnl[a-z_]*(/.*)?\.(h|hpp)$|^oneapi/"), "oneDNN", "backend"),
    (re.compile(r"^opencv2?/"), "OpenCV", "vision"),
    (re.compile(r"^openssl/"), "OpenSSL", "sync"),
]
# Rooms that may include anything of ours, but none of the hidden libraries.
FREE = ["tests", "bench", "examples", "tools"]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


def problem(room, delimiter, header):
    """Why this include is not allowed, or None."""
    for pattern, name, owner in HIDDEN:
        if pattern.search(header):
            return None if room == owner else f"only {owner}/ may include {name}"
    if delimiter == "<" or room in FREE:
        return None
    target = header.split("/")[0]
    if room == "plugin" and "/" not in header:
        return None  # its headers are shipped in a folder of another name: they include what lies beside them
    if "/" not in header or target.startswith("."):
        return "includes are written from the root, like \"core/shape.h\""
    if target not in ARROWS:
        return f"{target}/ is not a room that may be included"
    if target != room and target not in ARROWS[room]:
        allowed = ", ".join(ARROWS[room]) or "nothing"
        return f"{room}/ may include {allowed}"
    return None


def check(root):
    """A list of (file, line, header, reason) and the number of files read."""
    found, files = [], 0
    for room in list(ARROWS) + FREE:
        for path in sorted((root / room).rglob("*")):
            if path.suffix not in (".cc", ".h", ".hpp"):
                continue
            files += 1
            text = path.read_text(errors="replace")
            for match in INCLUDE.finditer(text):
                reason = problem(room, *match.groups())
                if reason:
                    line = text.count("\n", 0, match.start()) + 1
                    found.append((path.relative_to(root), line, match[2], reason))
    return found, files


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    found, files = check(root)
    for path, line, header, reason in found:
        print(f"{path}:{line}: must not include {header}: {reason}")
    if found:
        return 1
    print(f"== lint: room arrows hold in {files} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
