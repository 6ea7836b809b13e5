#!/usr/bin/env bash
# Shows that a change of the trainer does not change what it computes: trains recorded seeds, exports
# the winners, runs them with every executor, and compares digests of the bytes with a record.
#
# What a model says about its settings, its arm, its arithmetic and its verdict is left out, so that
# these may be renamed. The record
# depends on the instruction set (fused multiply-adds round differently); the one in
# tests/same_models.txt is of a computer with AVX2 and FMA; on any other, nothing is compared and the
# exit code is 77 (skipped). After a change that is meant to change
# what is learned, record anew and say so in CHANGELOG.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'END'
usage: tests/same_models.sh [--nram COMMAND] [--record FILE | --compare FILE] [CASE]...

  --nram COMMAND  the command to test (build/release/cli/nram)
  --compare FILE  compare with a record (the default, with tests/same_models.txt)
  --record FILE   write a record instead
  CASE            only these cases (all)
END
}

nram=build/release/cli/nram
record=tests/same_models.txt
recording=no
chosen=()
while [ $# -gt 0 ]; do
  case $1 in
    --nram | --record | --compare)
      [ $# -gt 1 ] || { usage >&2; exit 2; }
      case $1 in
        --nram) nram=$2 ;;
        --record) record=$2 recording=yes ;;
        --compare) record=$2 ;;
      esac
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*)
      usage >&2
      exit 2
      ;;
    *) chosen+=("$1") ;;
  esac
  shift
done
[ -x "$nram" ] || { echo "tests/same_models.sh: $nram is missing; build it first" >&2; exit 1; }
if [ "$recording" = no ] && [ "$record" = tests/same_models.txt ] &&
  ! { grep -qw avx2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo; } 2>/dev/null; then
  echo "tests/same_models.sh: the record is of a processor with AVX2 and FMA, which this one lacks" >&2
  exit 77
fi

# name, then the options of `nram train`. Winners: annealing, gradient at a controller, gradient at an
# automaton, repair with and without proposals of the model; and some that end without success.
cases() {
  cat <<'END'
annealing-access       --task access --seed 3
annealing-copy         --task copy --seed 5
annealing-swap         --task swap --seed 1
annealing-fill         --examples samples/tasks/fill.jsonl --seed 2
annealing-list-length  --examples samples/tasks/list-length.jsonl --seed 2
annealing-table        --task increment --seed 3 --states 1 --no-gradient --preserve
annealing-reverse      --task reverse --seed 1 --no-gradient --attempts 4 --candidates 200000
annealing-merge        --task merge --seed 7 --attempts 6 --candidates 200000
gradient-access        --task access --seed 1 --no-annealing --no-automata --no-repair
gradient-lstm          --task access --seed 2 --no-annealing --no-automata --lstm --hidden 6 --iterations 200 --attempts 2 --noise 0.1 --entropy 0.01
automaton-copy         --task copy --seed 1 --no-annealing
automaton-swap         --task swap --seed 1 --no-annealing
automaton-list-k       --task list-k --seed 3 --no-annealing --attempts 6 --automaton-patience 2
joint-increment        --task increment --seed 1 --no-annealing --no-automata --iterations 300 --attempts 8
repair-increment       --task increment --seed 1 --no-annealing --no-automata --no-joint --iterations 300 --attempts 8
joint-gradient-copy    --task copy --seed 2 --no-annealing --no-automata --joint-gradient 1 --iterations 200 --attempts 5 --repair-candidates 100000
END
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

digest() { sha256sum | cut -c 1-24; }

# A model without what it says about its settings, its arm and its verdict, members of its header.
left_out='settings|found-by|arithmetic|arithmetic-reason|verdict|learned-cells|tested-cells'
model_digest() {
  local length
  length=$(od -An -t u8 -N 8 "$1" | tr -d ' ')
  {
    tail -c +9 "$1" | head -c "$length" | sed -E 's/"('"$left_out"')":"[^"]*",?//g; s/ +$//'
    tail -c +$((9 + length)) "$1"
  } | digest
}

# What the program makes of small memories, by all executors; they have to agree.
run_digest() {
  local program=$1 engine first=''
  shift
  for engine in interpreter jit; do
    # Rows that fault or do not stop have no result; what was reached is compared all the same.
    "$nram" run "$program" "$work/memories.txt" -o "$work/out.$engine.txt" --engine "$engine" \
      --modulus word --steps 20000 --keep-unfinished >/dev/null 2>&1 </dev/null || [ $? -eq 1 ]
    [ -n "$first" ] || first=$engine
    cmp -s "$work/out.$first.txt" "$work/out.$engine.txt" || { echo "engines-differ"; return; }
  done
  digest <"$work/out.$first.txt"
}

# Memories of the case's own task.
draw_memories() {
  if [ "$1" = --task ]; then
    "$nram" example "$2" --length 7 --count 20 -o "$work/memories.jsonl" >/dev/null
  else
    head -n 20 "$2" >"$work/memories.jsonl"
  fi
  sed -E 's/.*"memory": *\[([^]]*)\].*/\1/; s/,/ /g' "$work/memories.jsonl" >"$work/memories.txt"
}

run_case() {
  local name=$1 status=0
  shift
  "$nram" train "$@" --threads 2 --no-checkpoint --no-minimise -o "$work/model.safetensors" \
    >"$work/log" 2>&1 </dev/null || status=$?
  [ "$status" -le 1 ] || { cat "$work/log" >&2; exit 1; }
  printf '%s %s' "$name" "$(model_digest "$work/model.safetensors")"
  if "$nram" export "$work/model.safetensors" -o "$work/program.json" >/dev/null 2>&1 </dev/null; then
    draw_memories "$1" "$2"
    printf ' %s %s\n' "$(sed -E '/"('"$left_out"')":/d' "$work/program.json" | digest)" \
      "$(run_digest "$work/program.json")"
  else
    printf ' no-program -\n'
  fi
}

passed=0
failed=0
[ "$recording" = no ] || : >"$work/record"
while read -r name options; do
  if [ ${#chosen[@]} -gt 0 ] && [[ " ${chosen[*]} " != *" $name "* ]]; then
    continue
  fi
  # The options are words without blanks.
  # shellcheck disable=SC2086
  line=$(run_case "$name" $options)
  if [ "$recording" = yes ]; then
    echo "$line" | tee -a "$work/record"
  elif grep -qxF "$line" "$record"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$name: now      $line"
    echo "$name: recorded $(grep "^$name " "$record" || echo 'not at all')"
  fi
done < <(cases)

if [ "$recording" = yes ]; then
  mv "$work/record" "$record"
else
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
fi
