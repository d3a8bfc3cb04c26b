#!/bin/sh
# Makes the pages of this folder from files of the sample district, by LibreOffice and Chromium; sources.csv says which from which.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
reports=../../../../data/reports
office() { soffice --headless "-env:UserInstallation=file://$work/profile" "$@" >/dev/null 2>&1; }

tail -n +2 sources.csv | while IFS=, read -r name source; do
    case $name in
    writer-*)
        extension=${name##*.}
        filter=$([ "$extension" = xhtml ] && echo 'xhtml:XHTML Writer File' || echo html)
        cp "../../../../$source" "$work/in.docx"
        office --convert-to "$filter" --outdir "$work" "$work/in.docx"
        mv "$work/in.$extension" "$name" ;;
    calc-*)
        cp "../../../../$source" "$work/in.html"
        office --infilter='HTML (StarCalc)' --convert-to xlsx --outdir "$work" "$work/in.html"
        office --convert-to 'html:HTML (StarCalc)' --outdir "$work" "$work/in.xlsx"
        mv "$work/in.html" "$name" ;;
    chromium-dom*)
        cp "../../../../$source" "$work/in.html"
        chromium --headless --no-sandbox --disable-gpu "--user-data-dir=$work/chromium" --dump-dom "file://$work/in.html" 2>/dev/null >"$name" ;;
    chromium-*)
        cp "../../../../$source" "$work/in.html"
        python3 capture.py "$work" "$work/in.html"
        mv "$work/in.mht" "$name" ;;
    esac
done
