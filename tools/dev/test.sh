#!/usr/bin/env bash
# test [--fast|--slow|--everything|TEXT]: C++, Java and Python tests; TEXT runs those whose name contains it.
# Failures are staged on Spark 3.5 alone, unless everything is asked for.
# The last line is the sum over all suites: N passed, N failed[, N skipped].
# shellcheck source=tools/dev/common.sh
source "$(dirname "$0")/common.sh"

speed=all
text=
case ${1:-} in
  --fast | --slow | --everything) speed=${1#--} ;;
  --*) fail "test knows --fast, --slow, --everything and a part of a test's name, not '$1'" ;;
  *) text=${1:-} ;;
esac

bash "$ROOT/tools/dev/setup.sh" test
bash "$ROOT/tools/dev/build.sh" release
use_environment
reports=$BUILD/reports
rm -rf "$reports" && mkdir -p "$reports"
export FIRESTEEL_SOURCE=$ROOT FIRESTEEL_DIST=$DIST

# suite NAME LIMIT WHAT COMMAND...: one run of test programs that write their report(s) to reports/NAME*.
suite() {
  local name=$1 limit=$2 what=$3 rc=0
  shift 3
  say "test: $what"
  watched "$reports/$name.log" "$what" timeout --kill-after=30 "$limit" "$@" || rc=$?
  echo "$rc" >"$reports/$name.exit"
  python3 "$ROOT/tools/dev/tally.py" --suite "$name" "$reports"
}

cpp() {  # cpp LABEL JOBS
  local written=$BUILD/release/test-reports/$1 filter='*'
  [ -z "$text" ] || filter="*$text*"
  rm -rf "$written" && mkdir -p "$written" && ln -s "$written" "$reports/cpp-$1"
  suite "cpp-$1" 45m "C++ tests, $1" env "GTEST_FILTER=$filter" ctest --test-dir "$BUILD/release" -L "^$1\$" -j "$2" \
    --output-on-failure --no-tests=ignore
}

java_tests() {  # java_tests NAME VENV [JUNIT OPTION...]
  local name=$1 spark core
  spark=$(spark_home "$2")
  core=$(basename "$(echo "$spark"/jars/spark-core_*.jar)" .jar)  # spark-core_2.12-3.5.9
  shift 2
  [ -z "$text" ] || set -- "$@" --include-classname ".*" --include-methodname ".*$text.*"
  cd "$BUILD/java-tests"  # Spark leaves folders where it is started
  suite "$name" 45m "Java tests on Spark ${core##*-}" \
    env SPARK_HOME="$spark" SPARK_SCALA_VERSION="$(expr "$core" : '.*_\([0-9.]*\)')" "$JAVA_HOME/bin/java" -Xmx2g -ea "@$BUILD/java-tests/jvm.options" \
    -cp "$BUILD/java-tests/classes:$DIST/jars/firesteel.jar:$spark/jars/*:$CACHE/junit/*" \
    org.junit.platform.console.ConsoleLauncher execute --scan-classpath "$BUILD/java-tests/classes" \
    --disable-banner --details=tree --disable-ansi-colors --reports-dir "$reports/$name" "$@"
}

python_tests() {  # python_tests NAME VENV [PYTEST OPTION...]
  local name=$1 venv=$2 folders=()
  shift 2
  for folder in tests tools; do
    [ -z "$(find "$ROOT/$folder" -name 'test_*.py' -print -quit 2>/dev/null)" ] || folders+=("$folder")
  done
  [ ${#folders[@]} -gt 0 ] || return 0
  [ -z "$text" ] || set -- "$@" -k "$text"
  suite "$name" 60m "Python tests on Spark $("$venv/bin/python" -c 'import pyspark; print(pyspark.__version__)')" \
    env SPARK_HOME="$(spark_home "$venv")" PYSPARK_PYTHON="$venv/bin/python" PYTHONPATH="$DIST/python" \
    "$venv/bin/python" -m pytest -v -p no:cacheprovider -W "ignore::pytest.PytestUnknownMarkWarning" \
    --rootdir "$ROOT" --junitxml "$reports/$name.xml" "$@" "${folders[@]/#/$ROOT/}"
}

[ "$speed" = slow ] || cpp fast "$(nproc)"
[ "$speed" = fast ] || cpp slow 1

if [ -n "$(find "$ROOT/jvm/test/java" -name '*.java' -print -quit 2>/dev/null)" ]; then
  bash "$ROOT/tools/dev/java_tests.sh"
  case $speed in
    fast) java_tests java-spark3 "$VENV" --exclude-tag slow ;;
    slow) java_tests java-spark3 "$VENV" --include-tag slow ;;
    all | everything)
      java_tests java-spark3 "$VENV"
      java_tests java-spark4 "$VENV4"
      ;;
  esac
fi

case $speed in
  fast) python_tests python-spark3 "$VENV" -m "not slow" ;;
  slow) python_tests python-spark3 "$VENV" -m slow ;;
  all | everything)
    # Those that start Spark, once more on Spark 4, but for those of failures, which take a quarter of an hour, and for
    # those that are marked as little different there.
    again=(-m "spark and not once" --ignore-glob "$ROOT/*/test_drills_*.py" --ignore-glob "$ROOT/*/test_elastic.py")
    if [ "$speed" = everything ] || [ -n "$text" ]; then again=(-m spark); fi
    python_tests python-spark3 "$VENV"
    python_tests python-spark4 "$VENV4" "${again[@]}"
    ;;
esac

say "test: reports and logs are in $reports"
exec python3 "$ROOT/tools/dev/tally.py" "$reports"
