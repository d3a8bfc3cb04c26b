#!/usr/bin/env bash
# Looks at what `cargo run --release -- run` published: every file of CONTRACT.md is there and holds something.
# What is in them is tested by tests/district.rs.
set -euo pipefail
year=${1:?usage: check-result.sh OUT/YEAR}
for file in index.html district-report.docx district-report.html tables.xlsx notices/index.csv run.json \
  data/cells.parquet data/cells.csv data/reports.csv data/findings.csv data/district.csv data/coverage.csv data/series.csv data/datapackage.json \
  data/dictionary.html data/cell-ids.csv data/series-ids.csv rules.html page/page.js page/page.css page/2024.js charts/index.html notices/cover-list.docx; do
  test -s "$year/$file" || { echo "missing or empty: $year/$file"; exit 1; }
done
charts=$(find "$year/charts" -name '*.svg' | wc -l)
pictures=$(find "$year/charts" -name '*.png' | wc -l)
test "$charts" -ge 12 && test "$charts" -eq "$pictures" || { echo "charts: $charts svg, $pictures png"; exit 1; }
echo "$charts charts, $(find "$year/agencies" -name '*.html' | wc -l) pages of agencies, $(find "$year/notices" -name '*.docx' | wc -l) notices"
