#!/usr/bin/env bash
# Prints examples of the task "fill" as JSON Lines: v, A[0..n-1], 0 -> every A[i] becomes v.
#   samples/fill/generate.sh [COUNT [SEED]] > fill.jsonl
# What lies behind the 0 is anything; it does not count and must not matter.
set -euo pipefail

awk -v count="${1:-200}" -v seed="${2:-1}" '
  function below(n) { state = (state * 16807) % 2147483647; return int(state / 2147483647 * n) }
  BEGIN {
    state = seed * 7919 + 1
    for (warm_up = 0; warm_up < 10; ++warm_up) below(2)
    for (i = 0; i < count; ++i) {
      n = 1 + int(i * 8 / count)           # lengths 1 to 8, the longest last
      cells = n + 2 + below(4)
      memory = v = 1 + below(cells - 1)
      expected = "null"
      for (cell = 1; cell < cells; ++cell) {
        inside = cell <= n
        value = inside ? 1 + below(cells - 1) : (cell == n + 1 ? 0 : below(cells))
        memory = memory "," value
        expected = expected "," (inside ? v : "null")
      }
      printf "{\"memory\":[%s],\"expected\":[%s]}\n", memory, expected
    }
  }'
