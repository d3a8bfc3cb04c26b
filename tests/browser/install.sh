#!/usr/bin/env bash
# Installs the pinned modules of the page tests outside the checkout; says where. Does nothing where they are there already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${NIANBAO_BROWSER:-${XDG_CACHE_HOME:-$HOME/.cache}/nianbao/browser}
if ! cmp -s "$here/package-lock.json" "$target/installed.json"; then
  mkdir -p "$target"
  cp "$here/package.json" "$here/package-lock.json" "$target/"
  (cd "$target" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)
  cp "$here/package-lock.json" "$target/installed.json"
fi
echo "$target"
