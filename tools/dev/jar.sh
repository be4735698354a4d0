#!/usr/bin/env bash
# jar: compiles jvm/java and packs it with resources and native libraries into build/dist/jars/firesteel.jar.
# With --no-build it takes the native libraries that are there. Does nothing when nothing changed.
# shellcheck source=tools/dev/common.sh
source "$(dirname "$0")/common.sh"

if [ "${1:-}" != --no-build ]; then
  exec bash "$ROOT/tools/dev/build.sh" release
fi

mapfile -t sources < <(find "$ROOT/jvm/java" -name '*.java' 2>/dev/null | sort)
if [ ${#sources[@]} -eq 0 ]; then
  say "jar: no Java sources yet, skipped"
  exit 0
fi
use_environment
jar=$DIST/jars/firesteel.jar
work=$BUILD/jar
mkdir -p "$work" "$DIST/jars"

# Classes: javac runs when a source is new, changed or gone.
state=$(sha256sum "${sources[@]}" | sha256sum)
if [ ! -d "$work/classes" ] || [ "$(cat "$work/classes.state" 2>/dev/null)" != "$state" ]; then
  say "jar: compiling ${#sources[@]} Java sources for Java 8"
  rm -rf "$work/classes.new" && mkdir -p "$work/classes.new"
  printf '"%s"\n' "${sources[@]}" >"$work/sources.txt"
  "$JAVA_HOME/bin/javac" --release 8 -encoding UTF-8 -g -Xlint:all,-options,-classfile,-path,-processing,-serial \
    -proc:none -cp "$SPARK_HOME/jars/*" -d "$work/classes.new" "@$work/sources.txt" ||
    fail "javac found errors; the messages above say where"
  rm -rf "$work/classes" && mv "$work/classes.new" "$work/classes"
  printf '%s' "$state" >"$work/classes.state"
fi

version=$(sed -n 's/^project(firesteel VERSION \([0-9.]*\).*/\1/p' "$ROOT/CMakeLists.txt")
python3 "$ROOT/tools/dev/pack_jar.py" --jar "$jar" --work "$work" --version "$version" --classes "$work/classes" \
  --resources "$ROOT/jvm/resources" --native "$DIST/lib" || fail "packing the jar failed"
