#!/usr/bin/env bash
# Checks the structure of the sources and says which line breaks which rule:
#   - only the arrows of arrows.txt: which folder, and which room of the trainer, includes which;
#   - no circle, neither between rooms nor between files;
#   - no file of more than 400 lines, unless one of its first ten says "Long because ...".
# --arrows prints the trainer's arrows, with the number of includes each stands for; --root looks at
# another tree.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../..
arrows=no
while [ $# -gt 0 ]; do
  case $1 in
    --arrows) arrows=yes ;;
    --root)
      [ $# -gt 1 ] || { echo "usage: $0 [--arrows] [--root DIRECTORY]" >&2; exit 2; }
      root=$2
      shift
      ;;
    *)
      echo "usage: $0 [--arrows] [--root DIRECTORY]" >&2
      exit 2
      ;;
  esac
  shift
done
cd "$root"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
problem() {
  echo "$*" >&2
  status=1
}

find engine model-io trainer cli tests bench samples -name '*.[chid][pne][pcf]' |
  sort >"$work/files"
xargs grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]' <"$work/files" >"$work/includes"

awk -v arrows="$arrows" -v edges="$work/edges" -v rooms="$work/rooms" -f "$here/includes.awk" \
  "$here/arrows.txt" "$work/files" "$work/includes" || status=1

# tsort names the members of a circle on lines of its own.
circle() { tsort "$1" 2>&1 >/dev/null | sed -nE 's/^tsort: ([^ :]+)$/  \1/p' | head -n 12; }
tsort "$work/edges" >/dev/null 2>&1 || problem "files include each other in a circle:
$(circle "$work/edges")"
tsort "$work/rooms" >/dev/null 2>&1 || problem "rooms of the trainer include each other in a circle:
$(circle "$work/rooms")"

while read -r lines file; do
  head -n 10 "$file" | grep -q 'Long because' ||
    problem "$file:1: $lines lines. Split it by subject, or say at its top: Long because ..."
done < <(xargs wc -l <"$work/files" | awk '$1 > 400 && $2 != "total"')
exit "$status"
