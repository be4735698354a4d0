#!/usr/bin/env bash
# fmt [--check]: clang-format on all C++ sources but the generated ones.
# shellcheck source=tools/dev/common.sh
source "$(dirname "$0")/common.sh"
bash "$ROOT/tools/dev/setup.sh" lint

format=("$CACHE/venv-lint/bin/clang-format" --style=file)
cd "$ROOT"
sources=$(git ls-files --cached --others --exclude-standard '*.cc' '*.h' '*.hpp' | grep -v '/generated/' |
  while read -r file; do [ ! -f "$file" ] || echo "$file"; done) || true
[ -n "$sources" ] || { say "fmt: no C++ sources yet" && exit 0; }
if [ "${1:-}" = --check ]; then
  bad=$(xargs -P "$(nproc)" -n 20 "${format[@]}" --dry-run -Wclang-format-violations <<<"$sources" 2>&1 |
    sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: .*/\1/p' | sort -u)
  if [ -n "$bad" ]; then
    tr '\n' ' ' <<<"$bad" | fold -s -w 100 | sed 's/^/   /'
    echo
    fail "the format of $(wc -l <<<"$bad") files is off: run ./dev fmt"
  fi
  say "fmt: $(wc -l <<<"$sources") files are formatted"
else
  xargs -P "$(nproc)" -n 20 "${format[@]}" -i <<<"$sources"
  say "fmt: formatted $(wc -l <<<"$sources") files"
fi
