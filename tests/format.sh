#!/usr/bin/env bash
# Checks that sources are as .clang-format wants them; --fix makes them so. Exit code 77 (skipped)
# without clang-format 14, because other versions format differently.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

action=(--dry-run -Werror)
case ${1-} in
  '') ;;
  --fix) action=(-i) ;;
  *)
    echo "usage: tests/format.sh [--fix]" >&2
    exit 2
    ;;
esac

for tool in clang-format-14 clang-format; do
  if command -v "$tool" >/dev/null && "$tool" --version | grep -q 'version 14\.'; then
    find engine model-io trainer cli tests bench samples -name '*.[ch]pp' -print0 |
      xargs -0 "$tool" "${action[@]}"
    exit 0
  fi
done
echo "tests/format.sh: clang-format 14 is missing (cmake/setup.sh --ci installs it)" >&2
exit 77
