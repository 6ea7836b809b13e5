#!/usr/bin/env bash
# Runs clang-tidy, with the checks of .clang-tidy, over the given source files, or over all of the
# libraries and the command (tests, benchmarks and samples would double its time, and what is
# generated is data). Exit code 77 (skipped) without clang-tidy 14, because other versions have other
# checks.
#
# All are looked at several files at a time, as unity builds compile them: most of the time goes into
# the headers that they share.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for tool in clang-tidy-14 clang-tidy ''; do
  if [ -n "$tool" ] && command -v "$tool" >/dev/null && "$tool" --version | grep -q 'version 14\.'; then
    break
  fi
done
if [ -z "$tool" ]; then
  echo "tests/tidy.sh: clang-tidy 14 is missing (cmake/setup.sh --ci installs it)" >&2
  exit 77
fi

unity=ON
[ $# -eq 0 ] || unity=OFF
build=build/tidy
mkdir -p "$build"
cmake --preset release -B "$build" -DNRAM_UNITY="$unity" >"$build/configure.log" 2>&1 </dev/null || {
  tail -n 30 "$build/configure.log" >&2
  exit 1
}
# GCC alone knows these.
sed -i -E 's/ -(fno-crossjumping|fno-gcse)//g' "$build/compile_commands.json"
if [ $# -eq 0 ]; then
  mapfile -t files < <(sed -nE 's/^ *"file": "(.*)",?$/\1/p' "$build/compile_commands.json" |
    grep -vE "/(tests|bench|samples)/|/$build/.*\\.cpp$" | sort -u)
else
  files=("$@")
fi

# Of what it finds, clang-tidy prints the sum total to stderr; what is left is the findings.
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "$(nproc)" "$tool" -p "$build" --quiet 2>"$build/tidy.log" || {
  grep -v ' warnings\? ' "$build/tidy.log" >&2 || true
  exit 1
}
