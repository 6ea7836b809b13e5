#!/usr/bin/env bash
# Builds and runs the benchmarks of the engine. The report, with the machine, the goals and all
# tables, goes to the standard output and to build/bench/report.md; beside it everything as JSON and
# the picture of what a step costs. Takes a quarter of an hour; the computer should be idle.
#
#   bench/run.sh [--quick] [--preset NAME]
#
#   --quick        one repetition, no sizes of 10 million
#   --preset NAME  the build to measure: release (default) or ci, which is the same compiled several
#                  files at a time
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

repetitions=5
filter='.*'
preset=release
while [ $# -gt 0 ]; do
  case $1 in
    --quick)
      repetitions=1
      filter='-/10000000'
      ;;
    --preset)
      preset=${2:-}
      [ "$preset" = release ] || [ "$preset" = ci ] || { echo "bench/run.sh: no preset '$preset'" >&2; exit 2; }
      shift
      ;;
    *)
      echo "usage: bench/run.sh [--quick] [--preset release|ci]" >&2
      exit 2
      ;;
  esac
  shift
done

out=build/bench
build=build/$preset
mkdir -p "$out" "$build"
cmake --preset "$preset" >"$out/configure.log" 2>&1 || { tail -n 20 "$out/configure.log" >&2; exit 1; }
cmake --build "$build" --target bench-tasks bench-batch bench-engine bench-goals cost-plot \
  >"$out/build.log" 2>&1 || { tail -n 20 "$out/build.log" >&2; exit 1; }

for name in tasks batch engine; do
  "$build/bench/bench-$name" --benchmark_filter="$filter" \
    --benchmark_repetitions="$repetitions" --benchmark_min_time=0.05 \
    --benchmark_out="$out/$name.json" --benchmark_out_format=json >"$out/$name.txt" 2>&1 ||
    { tail -n 20 "$out/$name.txt" >&2; exit 1; }
  if grep -q 'ERROR OCCURRED' "$out/$name.txt"; then
    grep 'ERROR OCCURRED' "$out/$name.txt" >&2
    exit 1
  fi
done

# The value of a variable of the build.
built_with() {
  sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"
}

machine() {
  local fact
  for fact in 'Model name' 'CPU(s)' 'Thread(s) per core' 'L1d cache' 'L2 cache' 'L3 cache'; do
    lscpu 2>/dev/null | sed -n "s/^\($fact\): */- \1: /p" | head -n 1
  done
  echo "- Memory: $(free -h 2>/dev/null | awk '/^Mem:/ { print $2 }'), pages of $(getconf PAGESIZE) bytes"
  echo "- System: $( (. /etc/os-release && echo "$PRETTY_NAME") 2>/dev/null), Linux $(uname -r)"
  echo "- Compiler: $("$(built_with CMAKE_CXX_COMPILER)" --version | head -n 1)"
  echo "- LLVM: $(sed -n 's/^#define LLVM_VERSION_STRING "\(.*\)"/\1/p' \
    "$(built_with NRAM_LLVM_INCLUDE_DIR)/llvm/Config/llvm-config.h" 2>/dev/null || echo none)"
  echo "- Load:$(uptime | sed 's/.*load average:/ /'), $(date +%Y-%m-%d)"
}

# A row for every program: the time to compile it, in ms of processor time.
compile_times() {
  printf '| program | natural wrap-around | modulus |\n|---|---|---|\n'
  awk -F'[ /]+' '
    $1 == "compile" && $2 ~ /^jit/ && (repetitions == 1 || $0 ~ /_median/) {
      split($4, name, "_"); program = $3 " " name[1]
      if (!(program in seen)) { seen[program] = 1; order[++programs] = program }
      for (i = 5; i <= NF; ++i) if ($i == "ms") { time[program, $2] = $(i + 1); break }
    }
    END {
      for (p = 1; p <= programs; ++p)
        printf "| %s | %s | %s |\n", order[p], time[order[p], "jit"], time[order[p], "jit-modulus"]
    }' repetitions="$repetitions" "$out/engine.txt"
}

{
  printf '### Machine\n\n'
  machine
  printf '\n### Goals\n\n'
  "$build/bench/bench-goals" "$out/tasks.json" "$out/batch.json" "$out/engine.json"
  printf '\n### Tasks\n'
  sed -n '/^Nanoseconds per element/,$p' "$out/tasks.txt"
  printf '\n### Many memories\n'
  sed -n '/^Nanoseconds per element/,$p' "$out/batch.txt"
  printf '\n### Time to compile\n\nMilliseconds of processor time, medians\n\n'
  compile_times
} | tee "$out/report.md"
"$build/bench/cost-plot" "$out/cost.svg"
