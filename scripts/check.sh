#!/usr/bin/env bash
# The guards of the house, each with its time: format, types, lint, dead code, house. All of them run, whatever the
# first ones say; the end names those that failed. `scripts/check.sh types lint` runs these two only.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PATH="$PWD/node_modules/.bin:$PATH"

format() { biome format --max-diagnostics=50 .; }
# --force: a kept build can hide an error after a change of the compiler's options.
types() { node node_modules/ts7/bin/tsc -b --force; }
lint() { oxlint --type-aware --deny-warnings; }
dead() { knip --no-progress --no-config-hints; }
house() { node --test --test-isolation=none --test-reporter=./scripts/test/reporter.ts scripts/house/*.test.ts scripts/test/*.test.ts; }

steps=("$@")
[ ${#steps[@]} -gt 0 ] || steps=(format types lint dead house)
failed=()
for step in "${steps[@]}"; do
  case $step in
  format | types | lint | dead | house) ;;
  *)
    echo "check: no step is named \"$step\": format, types, lint, dead, house" >&2
    exit 2
    ;;
  esac
  echo "── $step"
  start=${EPOCHREALTIME/[.,]/}
  "$step" || failed+=("$step")
  printf '   %s took %d.%d s\n' "$step" $(((${EPOCHREALTIME/[.,]/} - start) / 1000000)) \
    $(((${EPOCHREALTIME/[.,]/} - start) / 100000 % 10))
done
[ ${#failed[@]} -eq 0 ] || echo "check: failed: ${failed[*]}"
echo "$((${#steps[@]} - ${#failed[@]})) passed, ${#failed[@]} failed"
[ ${#failed[@]} -eq 0 ]
