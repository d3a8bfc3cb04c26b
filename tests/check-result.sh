#!/usr/bin/env bash
# Looks at what `cargo run --release -- run` published: every file of CONTRACT.md is there, opens, and has its hash in run.json.
set -euo pipefail
year=${1:?usage: check-result.sh OUT/YEAR}
for file in index.html district-report.docx district-report.html tables.xlsx notices/index.csv run.json \
  data/cells.parquet data/cells.csv data/reports.csv data/findings.csv data/district.csv data/coverage.csv data/series.csv data/datapackage.json; do
  test -s "$year/$file" || { echo "missing or empty: $year/$file"; exit 1; }
done
charts=$(find "$year/charts" -name '*.svg' | wc -l)
pictures=$(find "$year/charts" -name '*.png' | wc -l)
test "$charts" -ge 12 && test "$charts" -eq "$pictures" || { echo "charts: $charts svg, $pictures png"; exit 1; }
python3 - "$year" <<'P'
import csv, hashlib, json, os, sys, zipfile
year = sys.argv[1]
run = json.load(open(os.path.join(year, "run.json"), encoding="utf-8"))
for o in run["outputs"]:
    data = open(os.path.join(year, o["path"]), "rb").read()
    assert hashlib.sha256(data).hexdigest() == o["sha256"] and len(data) == o["bytes"], o["path"]
listed = {o["path"] for o in run["outputs"]} | {"run.json"}
found = {os.path.relpath(os.path.join(d, f), year).replace(os.sep, "/") for d, _, fs in os.walk(year) for f in fs}
assert found == listed, sorted(found ^ listed)[:5]
for name in ("district-report.docx", "tables.xlsx"):
    assert zipfile.ZipFile(os.path.join(year, name)).testzip() is None, name
reports = list(csv.DictReader(open(os.path.join(year, "data/reports.csv"), encoding="utf-8")))
assert len(reports) >= 170, len(reports)
print(f"{len(listed)} files, {len(reports)} rows in reports.csv, hashes agree")
P
