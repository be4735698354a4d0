#!/usr/bin/env bash
# bench NAME [ARGUMENTS]: runs bench/NAME.py on the release build.
# shellcheck source=tools/dev/common.sh
source "$(dirname "$0")/common.sh"

names=$(cd "$ROOT/bench" 2>/dev/null && ls ./*.py 2>/dev/null | sed 's|^\./||; s|\.py$||' | tr '\n' ' ') || true
[ $# -gt 0 ] && [ -f "$ROOT/bench/$1.py" ] || fail "bench needs a name, one of: ${names:-(there are none yet)}"
name=$1
shift
parts=(bench)
[ "$name" != movielens ] || parts+=(movielens)
bash "$ROOT/tools/dev/setup.sh" "${parts[@]}"
bash "$ROOT/tools/dev/build.sh" release
use_environment
export FIRESTEEL_SOURCE=$ROOT FIRESTEEL_DIST=$DIST PYTHONPATH=$DIST/python:$ROOT/bench
exec "$VENV/bin/python" "$ROOT/bench/$name.py" "$@"
