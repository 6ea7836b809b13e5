#!/usr/bin/env bash
# Installs the Debian packages of cmake/packages.txt that are missing, with --ci those of
# cmake/packages-ci.txt, too; does nothing, quickly, if none is. Needs root or sudo only if there is
# something to install.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
  echo "set-up: $*" >&2
  exit 1
}

lists=(packages.txt)
case ${1-} in
  '') ;;
  --ci) lists+=(packages-ci.txt) ;;
  *)
    echo "usage: cmake/setup.sh [--ci]" >&2
    exit 2
    ;;
esac
mapfile -t packages < <(sed 's/#.*//' "${lists[@]}" | awk 'NF { print $1 }')

if ! command -v dpkg-query >/dev/null; then
  echo "set-up: this is not a Debian system; what is needed is listed in cmake/packages.txt" >&2
  exit 0
fi

# dpkg-query answers for the packages it knows and fails if one of them is unknown.
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true)
missing=()
for package in "${packages[@]}"; do
  grep -qxF "installed $package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null ||
    fail "not root, and there is no sudo. As root, run: apt-get install ${missing[*]}"
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -y -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1 </dev/null
}

echo "set-up: installing ${missing[*]}"
# A stale or missing package list is the usual state of a fresh machine; if it cannot be renewed,
# what is known may still do.
apt update || echo "set-up: the package list could not be renewed: $(tail -n 1 "$log")" >&2
apt install --no-install-recommends "${missing[@]}" || {
  tail -n 15 "$log" >&2
  fail "apt-get could not install: ${missing[*]}"
}
