#!/usr/bin/env bash
# Opens a workbook in LibreOffice, works every formula out anew whatever is stored with it, and saves it again.
#
#   tests/validate/recalculate.sh FILE.xlsx OUTDIR     0 if done, 77 without LibreOffice
set -euo pipefail
if ! command -v soffice >/dev/null 2>&1; then
  echo "SKIPPED: no LibreOffice (soffice)" >&2
  exit 77
fi
profile="$(mktemp -d)"
trap 'rm -rf "$profile"' EXIT
mkdir -p "$profile/user" "$2"
# OOXMLRecalcMode 0: always recalculate.
cat >"$profile/user/registrymodifications.xcu" <<'X'
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
X
timeout 180 soffice "-env:UserInstallation=file://$profile" --headless --convert-to xlsx --outdir "$2" "$1" >/dev/null 2>&1
[ -s "$2/$(basename "${1%.*}").xlsx" ]
