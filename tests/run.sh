#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests. The last line is "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'END'
usage: tests/run.sh [--preset NAME]... [--all] [--werror] [--tidy] [--ci]

  --preset NAME  release (default), dev, ci, asan or tsan; may be given more than once.
                 asan leaves out tests of the command that wait for it to learn, tsan runs
                 only the tests of what runs in parallel
  --all          also the tests that take minutes
  --werror       warnings are errors
  --tidy         first clang-tidy over all sources
  --ci           --tidy --werror --preset ci --preset asan --preset tsan; also installs what only
                 this needs. The preset ci is as release, but compiles several files at a time
END
}

presets=()
long_tests=no
werror=OFF
tidy=no
setup=()
while [ $# -gt 0 ]; do
  case $1 in
    --preset)
      [ $# -gt 1 ] || { usage >&2; exit 2; }
      presets+=("$2")
      shift
      ;;
    --all) long_tests=yes ;;
    --werror) werror=ON ;;
    --tidy) tidy=yes ;;
    --ci)
      setup=(--ci)
      werror=ON
      tidy=yes
      presets=(ci asan tsan)
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      echo "tests/run.sh: unknown option $1" >&2
      usage >&2
      exit 2
      ;;
  esac
  shift
done
[ ${#presets[@]} -gt 0 ] || presets=(release)
# The sanitizers' builds are Clang's.
for preset in "${presets[@]}"; do
  case $preset in asan | tsan) setup=(--ci) ;; esac
done

passed=0
failed=0
complete=no
finish() {
  # Whatever stopped this script early is a failure too.
  [ "$complete" = yes ] || [ "$failed" -gt 0 ] || failed=1
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] || exit 1
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "tests/run.sh: $*" >&2
  exit 1
}

jobs=$(nproc)
started=$SECONDS
say() {
  printf '[%3ds] %s\n' $((SECONDS - started)) "$*"
}

run_tidy() {
  local status=0
  say "clang-tidy"
  tests/tidy.sh || status=$?
  case $status in
    0) passed=$((passed + 1)) ;;
    77) say "clang-tidy: skipped" ;;
    *) failed=$((failed + 1)) ;;
  esac
}

build() {
  local preset=$1 dir=build/$1 targets=()
  # Only these have tests that ThreadSanitizer runs.
  [ "$preset" != tsan ] || targets=(--target test-engine test-model-io test-trainer test-cli)
  mkdir -p "$dir"
  cmake --preset "$preset" -DNRAM_WERROR="$werror" >"$dir/configure.log" 2>&1 </dev/null || {
    tail -n 30 "$dir/configure.log" >&2
    fail "cannot configure preset $preset; the whole log is $dir/configure.log"
  }
  say "$preset: building (log: $dir/build.log)"
  cmake --build "$dir" --parallel "$jobs" "${targets[@]}" >"$dir/build.log" 2>&1 </dev/null || {
    if grep -qE 'error|FAILED|No space left' "$dir/build.log"; then
      grep -A 12 -E 'error|FAILED|No space left' "$dir/build.log" | head -n 60 >&2 || true
    else
      tail -n 5 "$dir/build.log" >&2
    fi
    fail "cannot build preset $preset; the whole log is $dir/build.log"
  }
}

# Test cases in ctest's log: those a doctest program counts, one for any other test, and one more
# failed if a program failed although all its cases passed (a sanitizer's report, say).
count_cases() {
  awk '
    function close_test() {
      if (!in_test) return
      if (!counted) { if (ok) passed++; else if (!skipped) failed++ }
      else if (!ok && !case_failed) failed++
      in_test = 0
    }
    /^[0-9]+\/[0-9]+ Testing: / { close_test(); in_test = 1; counted = 0; case_failed = 0; ok = 0; skipped = 0 }
    /^\[doctest\] test cases:/ {
      split($0, part, "|")
      passed += part[2] + 0; failed += part[3] + 0; case_failed += part[3] + 0; counted = 1
    }
    /^Test Passed\.$/ { ok = 1 }
    /^Test Skipped\.$/ { skipped = 1 }
    END { close_test(); print passed + 0, failed + 0 }
  ' "$1"
}

run_tests() {
  local preset=$1 dir=build/$1 selection=() status=0 counts
  case $long_tests,$preset in
    no,asan) selection+=(-LE 'long|learning') ;;
    no,*) selection+=(-LE long) ;;
  esac
  [ "$preset" != tsan ] || selection+=(-L parallel)
  say "$preset: testing (log: $dir/test.log)"
  local symbolizer=/usr/bin/llvm-symbolizer-14
  [ -x "$symbolizer" ] || symbolizer=
  # Leaks are looked for while threads end; reading these threads' own variables then crashed.
  ASAN_OPTIONS="intercept_tls_get_addr=0 ${ASAN_OPTIONS:-}" ASAN_SYMBOLIZER_PATH=$symbolizer \
    TSAN_OPTIONS="suppressions=$PWD/tests/tsan.supp external_symbolizer_path=$symbolizer ${TSAN_OPTIONS:-}" \
    ctest --test-dir "$dir" --output-on-failure --no-tests=error --parallel "$jobs" \
    "${selection[@]}" >"$dir/test.log" 2>&1 </dev/null || status=$?
  if [ ! -f "$dir/Testing/Temporary/LastTest.log" ]; then
    tail -n 30 "$dir/test.log" >&2
    fail "ctest did not run"
  fi
  sed -nE 's/^ *[0-9]+ - (.*) \(Skipped\)$/skipped: \1/p' "$dir/test.log"
  counts=$(count_cases "$dir/Testing/Temporary/LastTest.log")
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
  if [ "$status" -ne 0 ]; then
    grep -vE '^ +Start +[0-9]+:|   Passed +[0-9.]+ sec' "$dir/test.log" | head -n 200 >&2 || true
    # ctest saw a failure that left no case behind, such as a time-out.
    [ "${counts#* }" -gt 0 ] || failed=$((failed + 1))
  fi
}

cmake/setup.sh "${setup[@]}"
[ "$tidy" = no ] || run_tidy
for preset in "${presets[@]}"; do
  build "$preset"
  run_tests "$preset"
done
complete=yes
say "done"
