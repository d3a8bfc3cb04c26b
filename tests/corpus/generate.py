#!/usr/bin/env python3
"""Makes the corpus: documents of both generations in every container, by different writers, each beside what it says.

    pip install python-docx openpyxl reportlab; apt-get install libreoffice chromium poppler-utils fonts-noto-cjk
    python3 tests/corpus/generate.py

Writes documents/<writer>/<report>.<ext>, expected/<report>.csv (cell,value,state) and documents.csv, which says of each
document what it should give: files of expected/ joined by `;`, the status of `reports.csv`, rules of remarks. Writers stamp times and ids into
their files, so a new run makes other bytes; the figures and what is expected stay the same.
"""

import csv
import pathlib
import sys

import forms
import oddities
import writers

HERE = pathlib.Path(__file__).resolve().parent
REPORTS = [
    # name, agency, year, form, dress, seed, busy
    ("plain-2021", "青屿区水务局", 2023, "2021", "plain", 11, 1),
    ("plain-2019", "青屿区司法局", 2020, "2019", "plain", 12, 1),
    ("units-2021", "青屿区柳津镇人民政府", 2022, "2021", "units", 13, 9),
    ("totals-2019", "青屿区档案馆", 2019, "2019", "totals-only", 14, 1),
    ("marks-2021", "青屿区统计局", 2024, "2021", "marks", 15, 1),
    ("blanks-2021", "青屿区教育局", 2021, "2021", "blanks", 16, 2),
]


def report(name, agency, year, form, dress, seed, busy):
    form = forms.Form(form)
    texts = forms.dress(form, forms.figures(form, seed, busy), dress)
    return writers.Report(agency, year, form, forms.tables(form, texts)), texts


INDEX = {}


def save(writer, name, extension, data, expected=None, status="read", rules=""):
    path = HERE / "documents" / writer / f"{name}.{extension}"
    INDEX[str(path.relative_to(HERE / "documents"))] = [name if expected is None else expected, status, rules]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    print(path.relative_to(HERE), path.stat().st_size)


def expect(name, texts):
    path = HERE / "expected" / f"{name}.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["cell", "value", "state"])
        out.writerows([cell, value, state] for cell, (_, state, value) in texts.items())


def index():
    """documents.csv: what each document should give; rows of documents not made this time stay."""
    path = HERE / "documents.csv"
    known = {row[0]: row[1:] for row in csv.reader(path.open())} if path.exists() else {}
    known.pop("document", None)
    known.update(INDEX)
    with path.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["document", "expected", "status", "rules"])
        out.writerows([name, *known[name]] for name in sorted(known))


def main(only):
    for at, spec in enumerate(REPORTS):
        name = spec[0]
        made, texts = report(*spec)
        if only and not name.startswith(only):
            continue
        expect(name, texts)
        docx = writers.python_docx(made)
        book = writers.workbook(made)
        web = writers.page(made)
        save("python-docx", name, "docx", docx)
        for to in ["doc", "odt", "rtf", "pdf", "html"]:
            save("libreoffice", name, to, writers.office(docx, "docx", to))
        save("libreoffice", name, "docx", writers.office(writers.office(docx, "docx", "odt"), "odt", "docx"))
        save("hand", name, "html", web)
        save("hand", name, "mht", writers.mht(made))
        save("hand", name, "txt", writers.lines(made) if at % 2 else writers.lines(made).encode("gb18030"))
        save("hand-tabs", name, "txt", writers.tabs(made) if at % 2 else writers.tabs(made).encode("utf-16"))
        save("hand", name, "md", writers.pipes(made))
        save("hand-aligned", name, "txt", writers.aligned(made))
        save("hand", name, "csv", writers.commas(made))
        save("openpyxl", name, "xlsx", book)
        ods = writers.office(book, "xlsx", "ods")
        save("libreoffice", name, "ods", ods)
        for to in ["xls", "xlsx"]:
            save("libreoffice", name, to, writers.office(ods, "ods", to))
        printed = writers.chromium(web)
        save("chromium", name, "pdf", printed)
        save("poppler", name, "txt", writers.poppler(printed, "-layout"))
        save("reportlab", name, "pdf", writers.reportlab(made))
        if at < 2:
            inner = writers.archive([("年报/" + f"{made.title}.docx", docx)])
            save("windows-zip", name, "zip", writers.archive([("归档/内层.zip", inner)]) if at else inner)
    if not only or "odd" in only:
        oddities.main(save, expect, report)
    index()


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
