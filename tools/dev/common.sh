# Shared by the scripts in this folder: paths, messages, long commands with progress.
# shellcheck shell=bash

set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tools/dev/versions.sh
source "$ROOT/tools/dev/versions.sh"

export FIRESTEEL_CACHE=${FIRESTEEL_CACHE:-$HOME/.cache/firesteel}
CACHE=$FIRESTEEL_CACHE
BUILD=${FIRESTEEL_BUILD:-$ROOT/build}   # FIRESTEEL_BUILD=/elsewhere keeps a second build tree
DIST=$BUILD/dist
VENV=$CACHE/venv
VENV4=$CACHE/venv-spark4
ONEDNN=$CACHE/onednn
LOGS=$CACHE/logs

say() { printf '== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
fail() {
  printf '\nfiresteel: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -1)" = "$1" ]; }  # at_least WANTED ACTUAL

# watched LOG WHAT COMMAND...: the output goes to the log; every ten seconds one line says how far it is. Returns the
# command's exit status.
watched() {
  local log=$1 what=$2 start=$SECONDS pid line
  shift 2
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    for _ in {1..50}; do
      sleep 0.2
      kill -0 "$pid" 2>/dev/null || break 2
    done
    line=$(tail -c 400 "$log" | tr '\r' '\n' | grep -v '^[[:space:]]*$' | tail -1 | cut -c1-90 || true)
    note "$what: $((SECONDS - start)) s  $line"
  done
  wait "$pid"
}

# try_logged NAME WHAT COMMAND...: the same with a log in the cache; says how long it took, or the log's last lines.
try_logged() {
  local log=$LOGS/$1.log what=$2 start=$SECONDS rc=0
  shift 2
  watched "$log" "$what" "$@" || rc=$?
  if [ "$rc" -ne 0 ]; then
    tail -25 "$log" >&2
    return "$rc"
  fi
  note "$what: done in $((SECONDS - start)) s"
}

# run_logged NAME WHAT COMMAND...: the same, but a failure ends the script with a sentence.
run_logged() {
  local rc=0
  try_logged "$@" || rc=$?
  [ "$rc" -eq 0 ] || fail "$2 failed (exit $rc). The whole log: $LOGS/$1.log"
}

java_major() {  # the major version of a JDK folder, or 0
  local v
  v=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null) || true
  printf '%s' "${v:-0}"
}

# Sets JAVA_HOME to a JDK of Java 17 to 21 (what Spark 3.5 and 4 run on); returns 1 when there is none.
find_java() {
  local home major
  for home in "${JAVA_HOME:-}" "$(readlink -f "$(command -v javac || echo /none)" | sed 's|/bin/javac$||')" \
    /usr/lib/jvm/java-17-openjdk-* /usr/lib/jvm/java-21-openjdk-*; do
    [ -x "$home/bin/javac" ] || continue
    major=$(java_major "$home")
    if [ "$major" -ge "$MIN_JAVA" ] && [ "$major" -le 21 ]; then
      export JAVA_HOME=$home
      return 0
    fi
  done
  return 1
}

# The first Python that is new enough and can make virtual environments; prints its path.
find_python() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -c "import sys, venv, ensurepip; sys.exit(sys.version_info < (${MIN_PYTHON/./, }))" 2>/dev/null; then
      command -v "$python"
      return 0
    fi
  done
  return 1
}

spark_home() { (cd "$1"/lib/python3*/site-packages/pyspark && pwd); }

# What every program of ours needs to find Java, Spark and Python.
use_environment() {
  find_java || fail "no JDK of Java $MIN_JAVA to 21 found; run ./dev setup"
  SPARK_HOME=$(spark_home "$VENV")
  export SPARK_HOME PATH="$JAVA_HOME/bin:$PATH" PYSPARK_PYTHON="$VENV/bin/python"
  export SPARK_LOCAL_IP=${SPARK_LOCAL_IP:-127.0.0.1}
}
