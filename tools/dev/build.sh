#!/usr/bin/env bash
# build [preset] [-- NINJA ARGUMENTS]: configures and compiles; release also packs the jar, unless targets are named.
# FIRESTEEL_BUILD=/elsewhere makes a build tree of your own, FIRESTEEL_ROOMS='core;sync' compiles those rooms alone.
# shellcheck source=tools/dev/common.sh
source "$(dirname "$0")/common.sh"

preset=release
if [ $# -gt 0 ] && [ "$1" != -- ]; then
  preset=$1
  shift
fi
[ "${1:-}" != -- ] || shift

bash "$ROOT/tools/dev/setup.sh" demo
use_environment
tree=$BUILD/$preset
mkdir -p "$tree"
exec 8>"$BUILD/.lock-$preset"
flock -n 8 || { say "build: waiting for another build of $preset" && flock 8; }

tests=OFF
[ ! -f /usr/include/gtest/gtest.h ] || tests=ON
options=("-DONEDNN_ROOT=$ONEDNN" "-DPython_EXECUTABLE=$VENV/bin/python" "-DFIRESTEEL_TESTS=${FIRESTEEL_TESTS:-$tests}"
  "-DFIRESTEEL_ROOMS=${FIRESTEEL_ROOMS:-}")
[ "$preset" != release ] || options+=("-DFIRESTEEL_DIST=$DIST")

start=$SECONDS
say "build: configuring $preset"
(cd "$ROOT" && cmake --preset "$preset" -B "$tree" "${options[@]}" >"$tree/configure.log" 2>&1) || {
  tail -40 "$tree/configure.log" >&2
  fail "configuring $preset failed. The whole log: $tree/configure.log"
}
say "build: compiling $preset in $tree"
export NINJA_STATUS='   [%f/%t %es] '
cmake --build "$tree" -- "$@" 8>&- || fail "compiling $preset failed; the messages above say where"
say "build: $preset compiled in $((SECONDS - start)) s"

if [ "$preset" = release ] && [ $# -eq 0 ]; then
  bash "$ROOT/tools/dev/jar.sh" --no-build
fi
