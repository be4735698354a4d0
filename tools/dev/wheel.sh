#!/usr/bin/env bash
# wheel: build/dist/wheels/firesteel-*.whl for Python 3.10 and newer: the package, its native module and the jar.
# shellcheck source=tools/dev/common.sh
source "$(dirname "$0")/common.sh"
bash "$ROOT/tools/dev/build.sh" release
[ -f "$DIST/python/firesteel/_core.abi3.so" ] || { say "wheel: no Python module yet, skipped" && exit 0; }
version=$(sed -n 's/^project(firesteel VERSION \([0-9.]*\).*/\1/p' "$ROOT/CMakeLists.txt")
python3 "$ROOT/tools/dev/pack_wheel.py" --version "$version" --package "$DIST/python/firesteel" \
  --jar "$DIST/jars/firesteel.jar" --license "$ROOT/LICENSE" --out "$DIST/wheels" \
  --glibc "$MAX_GLIBC" --require "nanobind-backend>=$NANOBIND_BACKEND_VERSION,<2" --require numpy ||
  fail "packing the wheel failed"
