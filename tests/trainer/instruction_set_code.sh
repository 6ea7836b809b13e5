#!/bin/sh
# Code for an instruction set that a computer may lack must not be shared by name with code for every
# computer: the linker keeps one of several weak functions, whichever it meets first. Every function
# with such instructions has to be local, or in one of the namespaces that are for an instruction
# set alone.
#
# usage: instruction_set_code.sh NM OBJDUMP LIBRARY...
set -eu
nm=$1
objdump=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$nm" --defined-only "$@" 2>/dev/null | awk 'NF == 3 && $2 ~ /^[A-Zuvw]$/ { print $3 }' | sort -u >"$work/shared"
# AVX and later (v...), and the bit manipulation that comes with them.
"$objdump" -d --no-show-raw-insn "$@" | awk '
  /^[0-9a-f]+ <.*>:$/ { name = $2; gsub(/[<>:]/, "", name) }
  $2 ~ /^(v[a-z0-9]+|andn|bextr|blsi|blsr|blsmsk|bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx)$/ { print name }
' | sort -u >"$work/special"

if ! grep -q 'N_AVX2' "$work/special"; then
  echo "found no code for AVX2: this test sees nothing"
  exit 1
fi
comm -12 "$work/shared" "$work/special" | grep -v '6N_AVX[23]' >"$work/wrong" || true
if [ -s "$work/wrong" ]; then
  echo "for a special instruction set, yet shared with everybody:"
  c++filt <"$work/wrong"
  exit 1
fi
