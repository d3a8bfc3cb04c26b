#!/usr/bin/env python3
"""Writes the workbooks of this folder from tables.json, each with another writer: openpyxl, XlsxWriter, xlwt, odfpy,
LibreOffice (soffice), and by hand where no free program writes the format (xlsb).

tables.json and figures.csv come from `cargo test -p nianbao-intake --no-default-features --test sheet -- --ignored`.
exceptions.csv (file,cell,state,value) says what is not the plain figure of figures.csv; it is written here too, beside
the decision that makes it so.

    python3 make.py        # needs openpyxl XlsxWriter xlwt odfpy and soffice
"""

import csv
import json
import pathlib
import shutil
import struct
import subprocess
import tempfile
import zipfile

import odf.opendocument
import odf.table
import odf.text
import openpyxl
import xlsxwriter
import xlwt
from openpyxl.utils import get_column_letter

HERE = pathlib.Path(__file__).parent
TABLES = json.loads((HERE / "tables.json").read_text(encoding="utf-8"))
FIGURES = {(r["form"], r["value"]): r["cell"] for r in csv.DictReader((HERE / "figures.csv").open(encoding="utf-8"))}
EXCEPTIONS = []


def cells(form, gap=1, first=1):
    """Row, column (from 1), text, rows and columns of every printed cell, headings and title included."""
    data, row = TABLES[form], first
    yield row, 1, data["title"], 1, 16
    row += 1
    for part in data["parts"]:
        yield row, 1, part["heading"], 1, 16
        row += 1
        if not part["tables"]:
            yield row, 1, "全年工作有序。", 1, 1
            row += 1
        for table in part["tables"]:
            for r, c, text, columns, rows in places(table):
                yield row + r, c + 1, text, rows, columns
            row += len(table) + gap


def places(table):
    taken = set()
    for r, line in enumerate(table):
        c = 0
        for text, columns, rows in line:
            while (r, c) in taken:
                c += 1
            taken |= {(r + i, c + j) for i in range(rows) for j in range(columns)}
            yield r, c, text, columns, rows
            c += columns


def is_figure(text):
    return text.isdigit()


def by_openpyxl(name, form, change=None):
    """`change(ws, row, column, text)` writes a figure in its own way."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row, column, text, rows, columns in cells(form):
        cell = sheet.cell(row, column)
        if is_figure(text) and change:
            change(sheet, cell, text)
        else:
            cell.value = int(text) if is_figure(text) else text
        if rows > 1 or columns > 1:
            sheet.merge_cells(start_row=row, start_column=column, end_row=row + rows - 1, end_column=column + columns - 1)
    book.save(HERE / name)


def formats(name, form):
    """The same figures under formats that show them as whole numbers, with units, as text, as dates, as formulas."""
    seen = 0

    def change(_, cell, text):
        nonlocal seen
        seen += 1
        number, id = int(text), FIGURES[form, text]
        match seen % 9:
            case 0:
                cell.value, cell.number_format = number, "#,##0"
            case 1:
                cell.value, cell.number_format = number, "0.00_ "
            case 2:
                cell.value, cell.number_format = number, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ '
            case 3:
                cell.value, cell.number_format = text, "@"
            case 4:
                # openpyxl writes a formula without its result.
                cell.value = f"=SUM({number})"
                EXCEPTIONS.append((name, id, "text", ""))
            case 5:
                cell.value, cell.number_format = number, "yyyy/m/d"
                EXCEPTIONS.append((name, id, "text", ""))
            case 6:
                cell.value, cell.number_format = number / 100, "0%"
                EXCEPTIONS.append((name, id, "text", ""))
            case 7:
                cell.value = None
                EXCEPTIONS.append((name, id, "blank", ""))
            case 8:
                cell.value, cell.number_format = number * 1000, "0,"
                EXCEPTIONS.append((name, id, "text", ""))

    by_openpyxl(name, form, change)


def by_xlsxwriter(name, form):
    """Rich text with note marks, formulas with results, a hidden sheet, hidden rows and columns that hold other figures."""
    book = xlsxwriter.Workbook(HERE / name)
    sheet = book.add_worksheet("年报")
    raised, struck, merged = book.add_format({"font_script": 1}), book.add_format({"font_strikeout": True}), book.add_format({"border": 1})
    seen = 0
    for row, column, text, rows, columns in cells(form):
        row, column = row - 1, column - 1
        # A column of decoys stands hidden between B and C, and a row of them below the fifth.
        column += column >= 2
        right = column + columns - 1 + (1 if column < 2 < column + columns else 0)
        row, bottom = row + (row >= 5), row + rows - 1 + (row >= 5 or row + rows > 5)
        if bottom > row or right > column:
            sheet.merge_range(row, column, bottom, right, "", merged)
        if is_figure(text):
            seen += 1
            match seen % 5:
                case 0:
                    sheet.write_rich_string(row, column, text, raised, "1")
                case 1:
                    sheet.write_rich_string(row, column, struck, "9", text)
                case 2:
                    sheet.write_formula(row, column, f"={text}", None, int(text))
                case 3:
                    sheet.write_string(row, column, text)
                case _:
                    sheet.write_number(row, column, int(text))
        else:
            sheet.write_string(row, column, text)
    for column in range(16):
        sheet.write_number(5, column, 77)
    for row in range(90):
        sheet.write_number(row, 2, 88)
    sheet.set_row(5, None, None, {"hidden": True})
    sheet.set_column(2, 2, None, None, {"hidden": True})
    other = book.add_worksheet("旧数")
    for row, column, text, rows, columns in cells(form):
        other.write(row - 1, column - 1, 5 if is_figure(text) else text)
    other.hide()
    book.close()


def by_xlwt(name, form):
    """BIFF8 with shared strings, note marks, a hidden row, formulas whose results nobody has worked out."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("年报")
    raised = xlwt.easyfont("")
    raised.escapement = xlwt.Font.ESCAPEMENT_SUPERSCRIPT
    seen = 0
    for row, column, text, rows, columns in cells(form):
        row, column = row - 1, column - 1
        bottom, right = row + rows - 1, column + columns - 1
        if rows > 1 or columns > 1:
            sheet.write_merge(row, bottom, column, right, text)
        elif is_figure(text):
            seen += 1
            match seen % 4:
                case 0:
                    sheet.write_rich_text(row, column, (text, ("2", raised)))
                case 1:
                    sheet.write(row, column, text)
                case 2 if seen % 8 == 2:
                    sheet.write(row, column, xlwt.Formula(f"SUM({text})"))
                    EXCEPTIONS.append((name, FIGURES[form, text], "text", ""))
                case _:
                    sheet.write(row, column, int(text))
        else:
            sheet.write(row, column, text)
    book.save(str(HERE / name))


def by_odfpy(name, form):
    """Numbers without the text that they are shown as, and spans."""
    book = odf.opendocument.OpenDocumentSpreadsheet()
    sheet = odf.table.Table(name="年报")
    rows = {}
    covered = {}
    for row, column, text, down, right in cells(form):
        rows.setdefault(row, {})[column] = (text, down, right)
        covered.update({(row + i, column + j): True for i in range(down) for j in range(right) if i or j})
    for row in range(1, max(rows) + 1):
        line = odf.table.TableRow()
        for column in range(1, 17):
            if (row, column) in covered:
                line.addElement(odf.table.CoveredTableCell())
                continue
            text, down, right = rows.get(row, {}).get(column, ("", 1, 1))
            spans = {"numberrowsspanned": down, "numbercolumnsspanned": right} if down > 1 or right > 1 else {}
            if is_figure(text):
                cell = odf.table.TableCell(valuetype="float", value=text, **spans)
            else:
                cell = odf.table.TableCell(valuetype="string", **spans) if text else odf.table.TableCell(**spans)
                if text:
                    cell.addElement(odf.text.P(text=text))
            line.addElement(cell)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    book.save(str(HERE / name))


def by_soffice(source, name, kind):
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", kind, "--outdir", folder]
        subprocess.run([*command, str(HERE / source)], check=True, capture_output=True, timeout=240)
        shutil.move(next(pathlib.Path(folder).glob(f"{pathlib.Path(source).stem}.*")), HERE / name)


def by_hand_xlsb(name, form):
    """[MS-XLSB]: a package with records in its parts; numbers as RK and as floating point, text shared and in place."""

    def record(kind, body=b""):
        head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        length, size = b"", len(body)
        while True:
            length += bytes([size & 127 | (128 if size > 127 else 0)])
            size >>= 7
            if not size:
                return head + length + body

    def wide(text):
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    strings, lines, merges = [], {}, []
    seen = 0
    for row, column, text, rows, columns in cells(form):
        head = struct.pack("<II", column - 1, 0)
        seen += 1
        if not is_figure(text):
            strings.append(text)
            cell = record(7, head + struct.pack("<I", len(strings) - 1))
        elif seen % 3 == 0:
            cell = record(2, head + struct.pack("<I", int(text) << 2 | 2))
        elif seen % 3 == 1:
            cell = record(5, head + struct.pack("<d", int(text)))
        else:
            cell = record(6, head + wide(text))
        lines.setdefault(row - 1, []).append((column, cell))
        if rows > 1 or columns > 1:
            merges.append(record(176, struct.pack("<IIII", row - 1, row + rows - 2, column - 1, column + columns - 2)))
    sheet = record(129) + record(148, struct.pack("<IIII", 0, max(lines), 0, 15)) + record(145)
    for row in sorted(lines):
        sheet += record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0)) + b"".join(c for _, c in sorted(lines[row]))
    sheet += record(146) + record(177, struct.pack("<I", len(merges))) + b"".join(merges) + record(178) + record(130)
    shared = record(159, struct.pack("<II", len(strings), len(strings))) + b"".join(record(19, b"\0" + wide(s)) for s in strings) + record(160)
    book = record(131) + record(153, struct.pack("<III", 0, 0, 0)) + record(143)
    book += record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("年报")) + record(144) + record(132)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"><Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>')
        out.writestr("_rels/.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{relation}/officeDocument" Target="xl/workbook.bin"/></Relationships>')
        out.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{relation}/worksheet" Target="worksheets/sheet1.bin"/><Relationship Id="rId2" Type="{relation}/sharedStrings" Target="sharedStrings.bin"/></Relationships>')
        out.writestr("xl/workbook.bin", book)
        out.writestr("xl/worksheets/sheet1.bin", sheet)
        out.writestr("xl/sharedStrings.bin", shared)


def main():
    by_openpyxl("openpyxl-2021.xlsx", "2021")
    by_openpyxl("openpyxl-2019.xlsx", "2019")
    formats("openpyxl-formats-2021.xlsx", "2021")
    by_xlsxwriter("xlsxwriter-hidden-2021.xlsx", "2021")
    by_xlwt("xlwt-2021.xls", "2021")
    by_xlwt("xlwt-2019.et", "2019")
    by_odfpy("odfpy-2021.ods", "2021")
    by_hand_xlsb("by-hand-2021.xlsb", "2021")
    by_soffice("openpyxl-2021.xlsx", "libreoffice-2021.xlsx", "xlsx")
    by_soffice("openpyxl-2021.xlsx", "libreoffice-2021.xls", "xls:MS Excel 97")
    by_soffice("openpyxl-2021.xlsx", "libreoffice-2021.ods", "ods")
    by_soffice("xlsxwriter-hidden-2021.xlsx", "libreoffice-hidden-2021.xls", "xls:MS Excel 97")
    by_soffice("xlsxwriter-hidden-2021.xlsx", "libreoffice-hidden-2021.ods", "ods")
    by_soffice("xlwt-2019.et", "libreoffice-2019.xlsx", "xlsx")
    with (HERE / "exceptions.csv").open("w", encoding="utf-8", newline="\n") as out:
        csv.writer(out, lineterminator="\n").writerows([("file", "cell", "state", "value"), *EXCEPTIONS])


if __name__ == "__main__":
    main()
