#!/usr/bin/env bash
# headers.sh INCLUDE CXX: the installed headers compile all together, so that no name stands for two
# things, and those of each library by themselves in the opposite order: what one needs it includes
# itself. (Each alone would be a stricter test, but take a minute.)
set -euo pipefail
include=$1
cxx=$2

check() {
  sed 's/.*/#include <&>/' | "$cxx" -std=c++20 -Wall -Wextra -Werror -fsyntax-only -I "$include" -x c++ -
}

cd "$include"
find nram -name '*.hpp' | grep . | sort | check
for library in nram/*/; do
  find "$library" -name '*.hpp' | sort -r | check
done
