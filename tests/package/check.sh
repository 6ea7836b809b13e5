#!/usr/bin/env bash
# check.sh installed|subdirectory SOURCE BUILD CXX: builds and runs a program that uses nram this
# way. Build directories stay, so that a second check only builds what has changed.
set -euo pipefail
way=$1
source=$2
build=$3
cxx=$4
jit=$(find "$build/engine" -name libnram-jit.so)

consumer="$(dirname "${BASH_SOURCE[0]}")/$way"
work=$build/package-$way
configure=(cmake -G Ninja -S "$consumer" -B "$work/build" -DCMAKE_CXX_COMPILER="$cxx")

case $way in
  installed)
    # A file that is no longer installed must not be found by the consumer.
    rm -rf "$work/prefix"
    cmake --install "$build" --prefix "$work/prefix" >/dev/null
    # The complete program that nram.hpp opens with, to the letter.
    sed -n '/\\code/,/\\endcode/p' "$work/prefix/include/nram/nram.hpp" |
      sed '1d;$d; s|^/// \{0,1\}||' >"$work/example.cpp"
    "${configure[@]}" -DCMAKE_PREFIX_PATH="$work/prefix" -DEXAMPLE="$work/example.cpp"
    # The installed command runs from anywhere.
    (cd / && "$work/prefix/bin/nram" tasks >/dev/null)
    # With manual pages and completion scripts that are of this very command.
    share=$work/prefix/share
    "$work/prefix/bin/nram" completion bash | cmp - "$share/bash-completion/completions/nram"
    "$work/prefix/bin/nram" completion zsh | cmp - "$share/zsh/site-functions/_nram"
    "$work/prefix/bin/nram" completion fish | cmp - "$share/fish/vendor_completions.d/nram.fish"
    "$work/prefix/bin/nram" manual | cmp - "$share/man/man1/nram.1"
    "$work/prefix/bin/nram" manual train | cmp - "$share/man/man1/nram-train.1"
    # And it finds the JIT's plug-in, if there is one, wherever the prefix is.
    if [ -n "$jit" ]; then
      [ "$(cd / && echo 2 5 6 7 8 | "$work/prefix/bin/nram" run \
        "$source/tests/package/access.json" - -o - --engine jit)" = "7 5 6 7 8" ]
    fi
    # What is installed is complete: no header reaches back into the source tree.
    if grep -rn "$source" "$work/prefix/include" "$work/prefix"/lib*/*/cmake/nram \
      "$work/prefix"/lib*/cmake/nram 2>/dev/null; then
      echo "the installed package refers to the source tree" >&2
      exit 1
    fi
    "$(dirname "${BASH_SOURCE[0]}")/headers.sh" "$work/prefix/include" "$cxx"
    ;;
  subdirectory) "${configure[@]}" -DNRAM_SOURCE_DIR="$source" -DNRAM_UNITY=ON ;;
esac
cmake --build "$work/build" --target consumer
"$work/build/consumer"
[ -z "$jit" ] || "$work/build/consumer" jit
if [ "$way" = installed ]; then
  cmake --build "$work/build" --target example
  output=$(cd "$work" && build/example)
  [ "$output" = "501 8 123456790 9 2 2 2 2 2 0 " ] || {
    echo "the example in nram.hpp prints: $output" >&2
    exit 1
  }
fi
