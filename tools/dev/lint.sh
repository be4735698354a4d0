#!/usr/bin/env bash
# lint [--all|--ci]: format, room arrows, file sizes, test names, clang-tidy on the files changed since the last commit
# (--all: on every file). --ci leaves clang-tidy out and checks what is shipped: generated files, glibc, class files.
# shellcheck source=tools/dev/common.sh
source "$(dirname "$0")/common.sh"

mode=${1:-changed}
failures=()
check() {  # check WHAT COMMAND...: all checks run, then the failed ones are named
  local what=$1
  shift
  "$@" || failures+=("$what")
}

shipped_libraries() {
  find "$DIST/bin" "$DIST/lib" "$DIST/python" -type f \( -name firesteel -o -name '*.so' -o -name '*.so.*' \) 2>/dev/null
}

glibc() {
  local library newest rc=0
  while read -r library; do
    newest=$(objdump -T "$library" | grep -oE 'GLIBC_[0-9.]+' | sort -uV | tail -1 | sed 's/GLIBC_//') || true
    if ! at_least "${newest:-0}" "$MAX_GLIBC"; then
      note "$library needs glibc $newest, more than $MAX_GLIBC:" \
        "$(objdump -T "$library" | grep "GLIBC_$newest" | awk '{print $NF}' | head -5 | tr '\n' ' ')"
      rc=1
    fi
  done < <(shipped_libraries)
  [ "$rc" -ne 0 ] || say "lint: shipped libraries need no glibc newer than $MAX_GLIBC"
  return $rc
}

class_files() {
  [ -f "$DIST/jars/firesteel.jar" ] || { say "lint: no jar yet" && return 0; }
  python3 "$ROOT/tools/dev/check_classes.py" "$DIST/jars/firesteel.jar" "$CLASS_VERSION"
}

generated() {
  [ -f "$ROOT/tools/gen.py" ] || { say "lint: no generator yet" && return 0; }
  bash "$ROOT/tools/dev/gen.sh" || return 1
  local stale
  stale=$(cd "$ROOT" && git status --porcelain -- '*generated*')
  [ -z "$stale" ] || { note "generated files differ from the committed ones: run ./dev gen" && echo "$stale" && return 1; }
  say "lint: generated files are up to date"
}

test_names() {  # pytest imports the files of all folders as modules of one name space
  local twice
  twice=$(find "$ROOT/tests" "$ROOT/tools" -name 'test_*.py' -printf '%f\n' | sort | uniq -d)
  [ -z "$twice" ] || { note "two folders have a test file of the same name: $twice" && return 1; }
}

tidy() {
  local sources tree=$BUILD/dev wanted
  bash "$ROOT/tools/dev/build.sh" dev -- build.ninja  # configured, not compiled; release compiles files together
  cd "$ROOT"
  if [ "$mode" = --all ]; then
    wanted=$(git ls-files --cached --others --exclude-standard '*.cc')
  else
    wanted=$({ git diff --name-only HEAD -- '*.cc' && git ls-files --others --exclude-standard '*.cc'; } | sort -u)
  fi
  sources=$(for file in $wanted; do
    [ -f "$file" ] && grep -q "\"$ROOT/$file\"" "$tree/compile_commands.json" && echo "$file"
  done) || true
  [ -n "$sources" ] || { say "lint: clang-tidy has nothing to look at" && return 0; }
  say "lint: clang-tidy on $(wc -l <<<"$sources") files"
  # The sources are compiled with g++: clang does not know all its warnings, nor one attribute in its omp.h.
  mkdir -p "$BUILD/tidy"
  sed 's/__malloc__ (omp_free)/__malloc__/' "$(g++ -print-file-name=include)/omp.h" >"$BUILD/tidy/omp.h"
  xargs -P "$(nproc)" -n 1 "$CACHE/venv-lint/bin/clang-tidy" -p "$tree" --quiet \
    --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-everything \
    "--extra-arg=-idirafter$BUILD/tidy" <<<"$sources" 2>/dev/null
}

if [ "$mode" = --ci ]; then
  bash "$ROOT/tools/dev/build.sh" release
fi
check "format" bash "$ROOT/tools/dev/fmt.sh" --check
check "room arrows" python3 "$ROOT/tools/check_rooms.py"
check "file sizes" python3 "$ROOT/tools/check_sizes.py"
check "test names" test_names
case $mode in
  --ci)
    check "glibc" glibc
    check "class files" class_files
    check "generated files" generated
    ;;
  changed | --all)
    check "clang-tidy" tidy
    ;;
  *) fail "lint knows --all and --ci, not '$mode'" ;;
esac

if [ ${#failures[@]} -gt 0 ]; then
  fail "lint found problems: $(printf '%s, ' "${failures[@]}" | sed 's/, $//')"
fi
say "lint: all checks passed"
