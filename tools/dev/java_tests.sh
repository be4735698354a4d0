#!/usr/bin/env bash
# Compiles jvm/test/java against the jar, Spark 3.5 and JUnit into build/java-tests; they are not shipped.
# shellcheck source=tools/dev/common.sh
source "$(dirname "$0")/common.sh"
use_environment

work=$BUILD/java-tests
mkdir -p "$work"
find "$ROOT/jvm/test/java" -name '*.java' | sort | sed 's/.*/"&"/' >"$work/sources.txt"
rm -rf "$work/classes"
"$JAVA_HOME/bin/javac" --release 8 -encoding UTF-8 -g -Xlint:-options -proc:none -d "$work/classes" \
  -cp "$DIST/jars/firesteel.jar:$SPARK_HOME/jars/*:$CACHE/junit/*" "@$work/sources.txt" ||
  fail "javac found errors in the Java tests; the messages above say where"

# What spark-submit tells a JVM of Java 17.
{
  for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent \
    java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    echo "--add-opens=java.base/$package=ALL-UNNAMED"
  done
  echo "--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED"
  echo "-Djdk.reflect.useDirectMethodHandle=false"
} >"$work/jvm.options"
