#!/usr/bin/env bash
# Builds and runs the benchmarks of the engine: tables on the standard output, everything as JSON, and
# the picture of what a step costs, in build/bench. Takes minutes; the computer should be idle.
#
#   bench/run.sh [--quick]     --quick: one repetition, no sizes of 10 million
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

repetitions=5
filter='.*'
case ${1:-} in
  "") ;;
  --quick)
    repetitions=1
    filter='-/10000000'
    ;;
  *)
    echo "usage: bench/run.sh [--quick]" >&2
    exit 2
    ;;
esac

out=build/bench
mkdir -p "$out" build/release
cmake --preset release >"$out/configure.log" 2>&1 || { tail -n 20 "$out/configure.log" >&2; exit 1; }
cmake --build build/release --target bench-tasks bench-batch cost-plot >"$out/build.log" 2>&1 ||
  { tail -n 20 "$out/build.log" >&2; exit 1; }

lscpu 2>/dev/null | grep -E '^(Model name|CPU\(s\)|Thread\(s\) per core|L1d|L2|L3)' || true
uptime
for name in tasks batch; do
  "build/release/bench/bench-$name" --benchmark_filter="$filter" \
    --benchmark_repetitions="$repetitions" --benchmark_min_time=0.05 \
    --benchmark_out="$out/$name.json" --benchmark_out_format=json >"$out/$name.txt" 2>&1 ||
    { tail -n 20 "$out/$name.txt" >&2; exit 1; }
  if grep -q 'ERROR OCCURRED' "$out/$name.txt"; then
    grep 'ERROR OCCURRED' "$out/$name.txt" >&2
    exit 1
  fi
  sed -n '/^Nanoseconds per element/,$p' "$out/$name.txt"
  echo
done
build/release/bench/cost-plot "$out/cost.svg"
