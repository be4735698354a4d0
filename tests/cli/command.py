# SPDX-License-Identifier: Apache-2.0
"""Runs the finished `firesteel` command."""
import os
import pathlib
import subprocess

DIST = pathlib.Path(os.environ.get("FIRESTEEL_DIST", "build/dist")).resolve()
FIRESTEEL = DIST / "bin/firesteel"


class Run:
    """One run of the command; `sentence` is what it says on stderr, which must be one line."""

    def __init__(self, args, **options):
        env = {**os.environ, **options.pop("env", {})}
        done = subprocess.run(
            [str(FIRESTEEL), *map(str, args)], env={k: v for k, v in env.items() if v is not None},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900, **options)
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def sentence(self):
        lines = self.err.splitlines()
        assert len(lines) == 1 and lines[0].startswith("firesteel: "), (self.out, self.err)
        return lines[0][len("firesteel: "):]
