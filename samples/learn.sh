#!/usr/bin/env bash
# Learns tasks with the default settings; those that succeed become samples/models/TASK.safetensors
# and samples/programs/TASK.json. A model holds its seed and its settings.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'END'
usage: samples/learn.sh [--keep] [--seed N] [--time SECONDS] [--minimise SECONDS] [TASK]...

  --keep          do not learn anew: look for programs shorter than those that there are
  --seed N        first seed (1); a task that is not learned is tried with the two next ones
  --time SECONDS  for each try (300)
  --minimise SECONDS
                  then, of these, at most, to look for a shorter program (60)
  TASK            a built-in task, or a file samples/tasks/TASK.jsonl (default: all built-in tasks)
END
}

seed=1
seconds=300
shorten=60
keep=no
tasks=()
while [ $# -gt 0 ]; do
  case $1 in
    --seed | --time | --minimise)
      [ $# -gt 1 ] || { usage >&2; exit 2; }
      case $1 in
        --seed) seed=$2 ;;
        --time) seconds=$2 ;;
        --minimise) shorten=$2 ;;
      esac
      shift
      ;;
    --keep) keep=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*)
      usage >&2
      exit 2
      ;;
    *) tasks+=("$1") ;;
  esac
  shift
done

nram=build/release/cli/nram
[ -x $nram ] || { echo "samples/learn.sh: $nram is missing; samples/quickstart.sh builds it" >&2; exit 1; }
if [ ${#tasks[@]} -eq 0 ]; then
  mapfile -t tasks < <($nram tasks | awk 'NR > 1 { print $1 }')
fi
mkdir -p samples/models samples/programs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

learned=0
for task in "${tasks[@]}"; do
  source=(--task "$task")
  [ ! -f "samples/tasks/$task.jsonl" ] || source=(--examples "samples/tasks/$task.jsonl")
  if [ "$keep" = yes ]; then
    $nram minimise "samples/models/$task.safetensors" "${source[@]}" --time "$shorten" --seed "$seed" \
      -o "$work/$task.safetensors" >"$work/log" 2>"$work/errors" </dev/null || { cat "$work/errors" >&2; exit 1; }
    $nram export "$work/$task.safetensors" -o "samples/programs/$task.json" >/dev/null
    mv "$work/$task.safetensors" samples/models/
    printf '%s: ' "$task"
    awk '/nothing shorter/ { print; exit } $1 == "before" || $1 == "after" { printf "%s %s steps, size %s, %s states%s", $1, $2, $3, $4, $1 == "after" ? "\n" : "; " }' "$work/log"
    learned=$((learned + 1))
    continue
  fi
  for try in 0 1 2; do
    status=0
    $nram train "${source[@]}" --seed $((seed + try)) --time "$seconds" --no-checkpoint --minimise "$shorten" \
      -o "$work/$task.safetensors" >"$work/log" 2>&1 </dev/null || status=$?
    [ "$status" -le 1 ] || { cat "$work/log" >&2; exit "$status"; }
    if [ "$status" -eq 0 ]; then
      $nram export "$work/$task.safetensors" -o "samples/programs/$task.json" >/dev/null
      mv "$work/$task.safetensors" samples/models/
      echo "$task: seed $((seed + try)): $(grep -m 1 ' by attempt ' "$work/log")"
      learned=$((learned + 1))
      break
    fi
    echo "$task: seed $((seed + try)): not learned within $seconds s"
  done
done
echo "$learned of ${#tasks[@]} learned"
[ "$learned" -eq ${#tasks[@]} ]
