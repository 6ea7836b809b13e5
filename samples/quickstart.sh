#!/usr/bin/env bash
# From nothing to a learned program at work: installs what is missing, builds, learns `copy` from
# examples, exports it, runs it on 20 million cells, checks every one, draws its circuits.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=build/release
out=build/quickstart
nram=$build/cli/nram
length=9999999 # copy needs 2 n + 2 cells: 20 million

started=$SECONDS
say() {
  printf '[%3ds] %s\n' $((SECONDS - started)) "$*"
}
fail() {
  echo "quickstart: $*" >&2
  exit 1
}
# run_logged LOG WHAT COMMAND...: quiet, unless it fails.
run_logged() {
  local log=$1 what=$2
  shift 2
  "$@" >"$log" 2>&1 </dev/null || {
    if grep -qE 'error|FAILED|No space left' "$log"; then
      grep -E -A 12 'error|FAILED|No space left' "$log" | head -n 40 >&2 || true
    else
      tail -n 20 "$log" >&2
    fi
    fail "cannot $what; the whole log is $log"
  }
}

cmake/setup.sh
mkdir -p "$build" "$out"
say "building (the first time takes minutes)"
run_logged "$build/configure.log" "configure the build" cmake --preset release
run_logged "$build/build.log" "build nram" cmake --build "$build" --parallel "$(nproc)" --target nram-cli

model=$out/copy.safetensors
program=$out/copy.json
if [ -f "$model" ]; then
  say "copy is learned already ($model; remove it to learn again)"
else
  say "learning copy from examples (seconds to a minute on 2 cores)"
  "$nram" train --task copy -o "$model" >"$out/train.log" ||
    fail "the search found no program for copy; see $out/train.log"
fi
"$nram" export "$model" -o "$program" >"$out/export.txt"

say "running it on 20 million cells"
[ -f "$out/input.npy" ] || "$nram" example copy --length $length --seed 1 -o "$out/input.npy"
"$nram" run "$program" "$out/input.npy" -o "$out/output.npy" --json >"$out/run.json"
"$nram" example copy --length $length --seed 1 --check "$out/output.npy"

"$nram" inspect "$program" --svg "$out/circuits" >"$out/program.txt" 2>"$out/inspect.log" ||
  fail "cannot draw the circuits: $(cat "$out/inspect.log")"
# figure NAME: a number of the run's report.
figure() {
  sed -n "s/^ *\"$1\": \([0-9.e+-]*\),*\$/\1/p" "$out/run.json"
}
say "done: $(figure steps) steps in $(figure seconds) s. In $out:
  copy.safetensors  the model
  copy.json         the program
  program.txt       the program as a listing
  run.json          figures of the run
  circuits/         $(find "$out/circuits" -name '*.svg' | wc -l) pictures of circuits (.svg); program.svg shows all

Next: what was learned, a run on a line of numbers, and another task (README.md goes on from there)
  $nram inspect $program
  echo 5 7 8 6 0 1 1 1 1 | $nram run $program - -o -
  $nram train --task swap -o swap.safetensors"
