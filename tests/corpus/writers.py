"""One report in every dress of file: what other programs write, from the same printed tables."""

import html as escape
import io
import pathlib
import shutil
import subprocess
import tempfile
import unicodedata
import zipfile

from forms import layout, placed


class Report:
    """Title, prose and tables of a report, as printed."""

    def __init__(self, agency, year, form, tables):
        self.agency, self.year, self.form, self.tables = agency, year, form, tables
        self.title = f"{agency}{year}年政府信息公开工作年度报告"

    def blocks(self):
        """Paragraphs (str) and tables (list of rows) in their order."""
        sections = {s["number"]: s["title"] for s in self.form.data["section"]}
        table = dict(self.tables)
        yield self.title
        yield f"本报告所列数据的统计期限自{self.year}年1月1日起至{self.year}年12月31日止。"
        prose = {
            "一": "本年度，我单位按照要求做好政府信息公开各项工作，及时更新信息公开目录，畅通申请受理渠道。",
            "五": "公开内容的针对性还不够强，下一步将加强业务学习，完善内部审核机制。",
            "六": "本年度未收取信息处理费，没有其他需要报告的事项。",
        }
        for mark, heading in sections.items():
            yield f"{mark}、{heading}"
            if mark in table:
                yield table[mark]
            else:
                yield prose[mark]
        yield self.agency
        yield f"{self.year + 1}年1月20日"


def page(report, head="", style="td,th{border:1px solid #000;padding:2px}table{border-collapse:collapse;width:100%}"):
    """A web page."""
    out = [f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}<title>{report.title}</title><style>{style}</style></head><body>"]
    for block in report.blocks():
        if isinstance(block, str):
            out.append(f"<p>{escape.escape(block)}</p>")
            continue
        out.append("<table>")
        for row in block:
            out.append("<tr>")
            for c in row:
                span = (f' colspan="{c.columns}"' if c.columns > 1 else "") + (f' rowspan="{c.rows}"' if c.rows > 1 else "")
                out.append(f"<td{span}>{escape.escape(c.text)}</td>")
            out.append("</tr>")
        out.append("</table>")
    return "".join(out + ["</body></html>"])


def python_docx(report):
    """A Word document by python-docx, cells merged as its users merge them."""
    import docx

    document = docx.Document()
    for block in report.blocks():
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        grid = layout(block)
        table = document.add_table(rows=len(grid), cols=max(len(r) for r in grid), style="Table Grid")
        cells = [list(row.cells) for row in table.rows]
        for cell, top, left in placed(block):
            first = cells[top][left]
            if cell.columns > 1 or cell.rows > 1:
                first = first.merge(cells[top + cell.rows - 1][left + cell.columns - 1])
            first.text = cell.text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def workbook(report):
    """A workbook by openpyxl: one sheet, tables below one another, merged as printed; plain figures as numbers."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "年度报告"
    at = 1
    for block in report.blocks():
        if isinstance(block, str):
            sheet.cell(at, 1, block)
            at += 1
            continue
        for cell, top, left in placed(block):
            value = cell.text
            if not cell.head and value.lstrip("-").replace(".", "", 1).isascii() and value.lstrip("-").replace(".", "", 1).isdigit():
                value = float(value) if "." in value else int(value)
            sheet.cell(at + top, left + 1, value if value != "" else None)
            if cell.columns > 1 or cell.rows > 1:
                sheet.merge_cells(
                    start_row=at + top, start_column=left + 1, end_row=at + top + cell.rows - 1, end_column=left + cell.columns
                )
        at += len(block) + 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lines(report):
    """Text pasted from Word, one cell a line: a leading tab starts a cell, an empty line ends a row."""
    out = []
    for block in report.blocks():
        if isinstance(block, str):
            out.append(block)
            continue
        for row in layout(block):
            out.extend("\t" + (text or "") for text in row)
            out.append("")
    return "\r\n".join(out)


def tabs(report):
    """Text with a row a line and tabs between the cells."""
    return "\n".join(
        block if isinstance(block, str) else "\n".join("\t".join(t or "" for t in row) for row in layout(block)) for block in report.blocks()
    )


def pipes(report):
    """Markdown with tables of pipes."""
    out = []
    for block in report.blocks():
        if isinstance(block, str):
            out.append(block + "\n")
            continue
        for i, row in enumerate(layout(block)):
            out.append("| " + " | ".join(t or "" for t in row) + " |")
            if i == 0:
                out.append("|" + "---|" * len(row))
        out.append("")
    return "\n".join(out)


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def aligned(report):
    """Text with columns aligned by blanks, as a terminal shows it."""
    out = []
    for block in report.blocks():
        if isinstance(block, str):
            out.append(block)
            out.append("")
            continue
        grid = [[t or "" for t in row] for row in layout(block)]
        single = {(top, left) for cell, top, left in placed(block) if cell.columns == 1}
        wide = [max([width(row[c]) for r, row in enumerate(grid) if (r, c) in single] + [4]) + 2 for c in range(len(grid[0]))]
        for row in grid:
            line = ""
            for c, text in enumerate(row):
                line += " " * (sum(wide[:c]) - width(line)) + text
            out.append(line.rstrip())
        out.append("")
    return "\n".join(out)


def commas(report):
    """CSV as a spreadsheet exports it."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out)
    for block in report.blocks():
        if isinstance(block, str):
            writer.writerow([block])
        else:
            writer.writerows([t or "" for t in row] for row in layout(block))
    return out.getvalue()


def mht(report):
    """A single-file web page as browsers save it."""
    import email.mime.multipart
    import email.mime.text

    message = email.mime.multipart.MIMEMultipart("related", type="text/html")
    message["Subject"] = report.title
    message["Snapshot-Content-Location"] = "https://example.invalid/report.html"
    message.set_boundary("----MultipartBoundary--corpus----")
    message.attach(email.mime.text.MIMEText(page(report), "html", "utf-8"))
    return message.as_bytes()


def archive(members):
    """A zip with the names of its members in GBK, as Windows writes them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            info = zipfile.ZipInfo("x" * len(name.encode("gbk")), (2024, 1, 20, 9, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, data)
    raw = out.getvalue()
    for name, _ in members:
        encoded = name.encode("gbk")
        raw = raw.replace(b"x" * len(encoded), encoded)
    return raw


PROFILE = tempfile.mkdtemp(prefix="corpus-office-")


def office(data, extension, to, flt=None, infilter=None):
    """What LibreOffice makes of a file."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / f"in.{extension}"
        source.write_bytes(data if isinstance(data, bytes) else data.encode())
        target = to if flt is None else f"{to}:{flt}"
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{PROFILE}"]
        command += [f"--infilter={infilter}"] if infilter else []
        subprocess.run(command + ["--convert-to", target, "--outdir", folder, str(source)], check=True, capture_output=True, timeout=300)
        return (pathlib.Path(folder) / f"in.{to}").read_bytes()


def chromium(text):
    """What Chromium prints of a web page."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder) / "in.html", pathlib.Path(folder) / "out.pdf"
        source.write_text(text)
        flags = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync"
        subprocess.run(
            [shutil.which("chromium") or "chromium", *flags.split(), f"--user-data-dir={folder}/profile", "--no-pdf-header-footer", f"--print-to-pdf={target}", str(source)],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return target.read_bytes()


def poppler(pdf, *flags):
    """The text that pdftotext takes out of a PDF."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "in.pdf"
        source.write_bytes(pdf)
        return subprocess.run(["pdftotext", *flags, str(source), "-"], check=True, capture_output=True).stdout


def reportlab(report):
    """A PDF with a CID font that is named and not embedded, and without ToUnicode."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A3
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("s", fontName="STSong-Light", fontSize=7, leading=9, wordWrap="CJK")
    story = []
    for block in report.blocks():
        if isinstance(block, str):
            story.append(Paragraph(escape.escape(block), style))
            continue
        grid = layout(block)
        marks = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
        for cell, top, left in placed(block):
            if cell.columns > 1 or cell.rows > 1:
                marks.append(("SPAN", (left, top), (left + cell.columns - 1, top + cell.rows - 1)))
        rows = [[Paragraph(escape.escape(t or ""), style) for t in row] for row in grid]
        story.append(Table(rows, colWidths=[640 / len(grid[0])] * len(grid[0]), style=marks))
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A3, invariant=1).build(story)
    return out.getvalue()
