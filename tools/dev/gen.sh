#!/usr/bin/env bash
# gen: asks the built command for the schemas of all layers and writes the generated files again.
# shellcheck source=tools/dev/common.sh
source "$(dirname "$0")/common.sh"
bash "$ROOT/tools/dev/build.sh" release -- firesteel firesteel_libraries
"$DIST/bin/firesteel" list schema --json >"$BUILD/schema.json" || fail "'firesteel list schema --json' failed"
say "gen: writing the generated files"
(cd "$ROOT" && python3 tools/gen.py --schema "$BUILD/schema.json") || fail "tools/gen.py failed"
