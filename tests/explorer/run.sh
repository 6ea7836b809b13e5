#!/usr/bin/env bash
# Tests of the explorer's page:
#   run.sh semantics MAKE_CASES [COUNT [SEED]]   its machine against the reference, under node
#   run.sh browser NRAM [SCREENSHOTS]            the page in Chromium, driven by node
# The exit code is 77 (skipped) where node, version 18 or later, or Chromium is missing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

skip() {
  echo "skipped: $*" >&2
  exit 77
}
command -v node >/dev/null || skip "node is missing (apt install nodejs)"
version=$(node --version)
version=${version#v}
[ "${version%%.*}" -ge 18 ] || skip "node $version is too old; 18 or later is needed"

case ${1-} in
  semantics)
    "$2" "${3-3000}" "${4-1}" >"$scratch/cases.jsonl"
    node "$here/semantics.mjs" "$scratch/cases.jsonl"
    ;;
  browser)
    browser=
    for name in chromium chromium-browser google-chrome; do
      browser=$(command -v "$name") && break
    done
    [ -n "$browser" ] || skip "Chromium is missing (apt install chromium)"
    node "$here/browser.mjs" "$browser" "$2" "$scratch" ${3+"$3"}
    ;;
  *)
    sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
