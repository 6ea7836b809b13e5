#!/usr/bin/env bash
# Prints examples of a task as JSON Lines, for `nram train --examples`.
#   samples/tasks/generate.sh TASK [COUNT [SEED [LARGEST [SHORTEST LONGEST]]]] > TASK.jsonl
# Arrays A, B hold values of at least 1; what lies behind their 0 is anything and must not matter.
set -euo pipefail

usage() {
  cat <<'END'
usage: samples/tasks/generate.sh TASK [COUNT [SEED [LARGEST [SHORTEST LONGEST]]]]

COUNT examples (400) with values up to LARGEST (20) and SHORTEST to LONGEST elements (1 to 8), the
longest last:

  fill              v, A, 0          every A[i] becomes v
  sum               x, A, 0          x becomes the sum of A
  maximum           x, A, 0          x becomes the largest of A
  clamp             t, A, 0          every A[i] becomes the smaller of A[i] and t
  compact           v, A, 0          the elements other than v move to the front, and a 0 behind them
  prefix-sums       A, 0             every A[i] becomes A[0] + ... + A[i]
  add-arrays        b, A, 0, B, 0    every A[i] becomes A[i] + B[i]; b is the address of B
  list-length       head, x, nodes   x becomes the number of nodes (next, value); next is 0 at the end
  reverse-in-place  p, q, A          A turned round in place; p and q are the addresses of its ends
END
}

case ${1:-} in
  fill | sum | maximum | clamp | compact | prefix-sums | add-arrays | list-length | reverse-in-place) ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

awk -v task="$1" -v count="${2:-400}" -v seed="${3:-1}" -v largest="${4:-20}" -v shortest="${5:-1}" \
  -v longest="${6:-8}" '
  function below(n) { state = (state * 16807) % 2147483647; return int(state / 2147483647 * n) }
  function put(value) { memory[cells] = value; expected[cells++] = "null" }
  function put_array(n,   i) { for (i = 0; i < n; ++i) put(1 + below(largest)) }
  function put_trash(n,   i) { for (i = 0; i < n; ++i) put(below(largest)) }

  # Nodes of two cells from cell 2 on, linked in random order.
  function put_list(n,   i, j, t, order, places) {
    places = n + below(3)
    put(0); put(below(largest))
    for (i = 0; i < places; ++i) order[i] = 2 + 2 * i
    for (i = places - 1; i > 0; --i) { j = below(i + 1); t = order[i]; order[i] = order[j]; order[j] = t }
    put_trash(2 * places)
    memory[0] = order[0]
    for (i = 0; i < n; ++i) memory[order[i]] = i + 1 < n ? order[i + 1] : 0
  }

  function make(n,   first, i, total) {
    cells = 0
    if (task == "list-length") { put_list(n); expected[1] = n; return }
    if (task == "reverse-in-place") {
      put(2); put(n + 1); put_array(n); put_trash(below(4))
      for (i = 0; i < n; ++i) expected[2 + i] = memory[n + 1 - i]
      return
    }
    if (task != "prefix-sums") put(1 + below(largest))
    first = cells
    put_array(n); put(0)
    if (task == "add-arrays") { memory[0] = cells; put_array(n); put(0) }
    put_trash(below(4))
    total = 0
    for (i = first; i < first + n; ++i) {
      if (task == "fill") expected[i] = memory[0]
      if (task == "clamp") expected[i] = memory[i] < memory[0] ? memory[i] : memory[0]
      if (task == "add-arrays") expected[i] = memory[i] + memory[memory[0] + i - first]
      total = task == "maximum" ? (memory[i] > total ? memory[i] : total) : total + memory[i]
      if (task == "prefix-sums") expected[i] = total
    }
    if (task == "sum" || task == "maximum") expected[0] = total
    if (task == "compact") {
      for (i = first; i < first + n; ++i) if (below(3) == 0) memory[i] = memory[0]
      total = first
      for (i = first; i <= first + n; ++i) if (memory[i] != memory[0]) expected[total++] = memory[i]
    }
  }

  BEGIN {
    CONVFMT = "%.0f"   # sums are larger than what awk takes for whole
    state = seed * 7919 + 1
    for (i = 0; i < 10; ++i) below(2)
    for (example = 0; example < count; ++example) {
      make(shortest + int(example * (longest - shortest + 1) / count))   # the largest last
      left = memory[0]; right = expected[0]
      for (cell = 1; cell < cells; ++cell) { left = left "," memory[cell]; right = right "," expected[cell] }
      steps = task == "reverse-in-place" || task == "add-arrays" ? ",\"steps\":" (2 * cells + 6) : ""
      printf "{\"memory\":[%s],\"expected\":[%s]%s}\n", left, right, steps
    }
  }'
