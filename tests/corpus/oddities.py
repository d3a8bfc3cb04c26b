"""Hand-made documents, each with one thing that goes wrong elsewhere: made by string, so that the thing is what it says."""

import copy
import io
import re
import zipfile

import writers
from forms import Cell, Form, placed
from writers import Report

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STRICT = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def run(text, props=""):
    return f'<w:r>{f"<w:rPr>{props}</w:rPr>" if props else ""}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(inner):
    return f"<w:p>{inner}</w:p>"


def word_table(rows, value=lambda text: run(text), wrap=lambda row, xml: xml):
    """A Word table; `value` writes the content of a cell that is no head."""
    width = max(left + c.columns for c, _, left in placed(rows))
    by_row = [[None] * width for _ in rows]
    for cell, top, left in placed(rows):
        for r in range(cell.rows):
            by_row[top + r][left] = (cell, r)
            for c in range(1, cell.columns):
                by_row[top + r][left + c] = "covered"
    out = ["<w:tbl><w:tblPr/><w:tblGrid>" + "<w:gridCol/>" * width + "</w:tblGrid>"]
    for at, row in enumerate(by_row):
        xml = ""
        for here in row:
            if here in (None, "covered"):
                continue
            cell, down = here
            merge = "" if cell.rows == 1 else ('<w:vMerge w:val="restart"/>' if down == 0 else "<w:vMerge/>")
            span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
            text = cell.text if down == 0 else ""
            inner = (run(text) if cell.head else value(text)) if text else ""
            xml += f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{paragraph(inner)}</w:tc>"
        out.append(wrap(at, f"<w:tr>{xml}</w:tr>"))
    return "".join(out) + "</w:tbl>"


def package(body, extra=None, namespace=W):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="png" ContentType="image/png"/><Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        z.writestr(
            "_rels/.rels",
            '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        z.writestr("word/document.xml", f'<?xml version="1.0" encoding="UTF-8"?><w:document {namespace}><w:body>{body}<w:sectPr/></w:body></w:document>')
        for name, data in (extra or {}).items():
            z.writestr(name, data)
    return out.getvalue()


def word(report, table=word_table, **more):
    body = "".join(paragraph(run(b)) if isinstance(b, str) else table(b) + paragraph("") for b in report.blocks())
    return package(body, **more)


def digits_apart(text):
    return "".join(run(c) for c in text)


def tracked(text):
    old = f'<w:del w:id="1" w:author="a"><w:r><w:delText>{escape(text)}9</w:delText></w:r></w:del>'
    return f'{old}<w:ins w:id="2" w:author="a">{run(text)}</w:ins>'


def field(text):
    code = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> =SUM(LEFT) \\# "0" </w:instrText></w:r>'
    return f'{code}<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(text)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def control(text):
    return f'<w:sdt><w:sdtPr><w:alias w:val="1"/><w:text/></w:sdtPr><w:sdtContent>{run(text)}</w:sdtContent></w:sdt>'


def hidden(text):
    return run("7", "<w:vanish/>") + run(text) + run("8", "<w:vanish/>")


def noted(text):
    return run(text) + '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>' + run("1", '<w:vertAlign w:val="superscript"/>')


def nested(rows):
    inner = word_table(rows)
    return f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>{inner}{paragraph('')}</w:tc></w:tr></w:tbl>"


def boxed(rows):
    inner = f"<w:txbxContent>{word_table(rows)}{paragraph('')}</w:txbxContent>"
    names = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
    return paragraph(
        f"<w:r><mc:AlternateContent {names}><mc:Choice Requires='wps'><w:drawing><wps:wsp><wps:txbx>{inner}</wps:txbx></wps:wsp></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{inner}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def controls_around_rows(rows):
    return word_table(rows, wrap=lambda at, xml: f"<w:sdt><w:sdtPr/><w:sdtContent>{xml}</w:sdtContent></w:sdt>")


def changed(report, change):
    """The report with its tables changed: `change(section, rows)` gives the rows, or a list of tables for several."""
    tables = [(s, change(s, copy.deepcopy(rows))) for s, rows in report.tables]
    made = Report(report.agency, report.year, report.form, tables)
    return made


def upright(section, rows):
    """The part labels of table three printed one character a line."""
    for row in rows:
        for c in row:
            if c.head and c.rows > 3:
                c.text = "\n".join(c.text)
    return rows


def transposed(rows):
    """Rows become columns."""
    out = {}
    for cell, top, left in placed(rows):
        out.setdefault(left, []).append((top, Cell(cell.text, cell.rows, cell.columns, cell.head)))
    return [[c for _, c in sorted(out.get(at, []), key=lambda p: p[0])] for at in range(max(out) + 1)]


def numbered(section, rows):
    """A column of row numbers in front and remarks behind."""
    if section != "三":
        return rows
    for at, row in enumerate(rows):
        if at == 0:
            row.insert(0, Cell("序号", 1, 2, True))
            row.append(Cell("备注", 1, 2, True))
        elif at > 1:
            row.insert(0, Cell(str(at - 1)))
            row.append(Cell("见附件" if at == 5 else ""))
    return rows


def backwards(section, rows):
    """Total first, then the applicants from right to left."""
    if section != "三":
        return rows
    rows[0] = [rows[0][0], rows[0][3], rows[0][2], rows[0][1]]
    rows[1] = rows[1][::-1]
    for row in rows[2:]:
        values = [c for c in row if not c.head]
        row[:] = [c for c in row if c.head] + values[::-1]
    return rows


SLIPS = {"其他法律行政法规禁止公开": "其他法律行政法规禁止公幵", "属于行政查询事项": "属于行政査询事项", "商业企业": "商业仝业", "尚未审结": "尚末审结"}


def slips(section, rows):
    """Labels as a scanner misreads them."""
    for row in rows:
        for c in row:
            for right, wrong in SLIPS.items():
                c.text = c.text.replace(right, wrong) if c.head else c.text
    return rows


def divisions(report):
    """Tables made of div elements with display: table-cell."""
    style = ".t{display:table}.r{display:table-row}.c{display:table-cell;border:1px solid}"
    text = writers.page(report, style=style)
    text = re.sub(r"<table>", '<div class="t">', text).replace("</table>", "</div>")
    return text.replace("<tr>", '<div class="r">').replace("</tr>", "</div>").replace("<td>", '<div class="c">').replace("</td>", "</div>")


def veiled(report):
    """Figures of last year in elements that a style sheet hides."""
    style = ".old{display:none} #draft{visibility:hidden} td span.note{display : none}"
    text = writers.page(report, style=style)
    text = re.sub(r"<td>(\d+)</td>", r'<td><span class="old">4</span>\1<span class="note">5</span></td>', text)
    return text.replace("<body>", '<body><table id="draft" style="display:none"><tr><td>规章</td><td>9</td></tr></table>')


def framed(report):
    """A page laid out with tables."""
    text = writers.page(report)
    text = text.replace("<body>", "<body><table width=100%><tr><td>首页 &gt; 政务公开</td><td>2025年2月3日</td></tr><tr><td colspan=2><table><tr><td>")
    return text.replace("</body>", "</td></tr></table></td></tr><tr><td>主办：某区人民政府</td></tr></table></body>")


def picture_pdf(pdf):
    """The pages of a PDF as pictures."""
    import subprocess
    import tempfile
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.lib.utils import ImageReader

    with tempfile.TemporaryDirectory() as folder:
        open(f"{folder}/in.pdf", "wb").write(pdf)
        subprocess.run(["pdftoppm", "-r", "150", "-gray", "-png", f"{folder}/in.pdf", f"{folder}/p"], check=True)
        import pathlib

        pages = sorted(pathlib.Path(folder).glob("p*.png"))
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=(595, 842), invariant=1)
        for page in pages:
            canvas.drawImage(ImageReader(str(page)), 0, 0, 595, 842)
            canvas.showPage()
        canvas.save()
        return out.getvalue(), pages[0].read_bytes()


def picture_docx(report, png):
    names = W + ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    drawing = '<w:r><w:drawing><wp:inline><wp:extent cx="5400000" cy="7200000"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:blipFill><a:blip r:embed="rId9"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    body = "".join(paragraph(run(b)) if isinstance(b, str) else paragraph(drawing) for b in report.blocks())
    rels = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/image1.png"/></Relationships>'
    return package(body, {"word/_rels/document.xml.rels": rels, "word/media/image1.png": png}, names)


def changed_pdf(pdf, turn=0, password=None):
    import pypdf

    writer = pypdf.PdfWriter()
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        writer.add_page(page.rotate(turn) if turn else page)
    if password is not None:
        writer.encrypt(user_password=password, owner_password="office", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def sheets(report):
    """A workbook with one sheet a table, tables away from the corner, a hidden column with other figures."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append([report.title])
    for section, rows in report.tables:
        sheet = book.create_sheet(f"表{section}")
        sheet["C2"] = f"表{section}"
        for cell, top, left in placed(rows):
            at = sheet.cell(4 + top, 4 + left, int(cell.text) if not cell.head and cell.text.isascii() and cell.text.isdigit() else cell.text or None)
            if cell.columns * cell.rows > 1:
                sheet.merge_cells(start_row=at.row, start_column=at.column, end_row=at.row + cell.rows - 1, end_column=at.column + cell.columns - 1)
        for row in range(4, 4 + len(rows)):
            sheet.cell(row, 2, 999)
        sheet.column_dimensions["B"].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def main(save, expect, report):
    """Writes them. `save(writer, name, extension, data, expected, status, rules)`."""
    one, texts = report("odd-2021", "青屿区财政局", 2023, "2021", "plain", 21, 2)
    old, old_texts = report("odd-2019", "青屿区云坞乡人民政府", 2020, "2019", "plain", 22, 1)
    expect("odd-2021", texts)
    expect("odd-2019", old_texts)
    put = lambda name, extension, data, expected="odd-2021", status="read", rules="": save("oddities", name, extension, data, expected, status, rules)

    for name, value in [("digits-apart", digits_apart), ("tracked-changes", tracked), ("formula-fields", field), ("content-controls", control), ("hidden-text", hidden), ("note-marks", noted)]:
        put(name, "docx", word(one, lambda rows: word_table(rows, value)))
    put("nested-tables", "docx", word(one, nested))
    put("text-boxes", "docx", word(old, boxed), "odd-2019")
    put("controls-around-rows", "docx", word(old, controls_around_rows), "odd-2019")
    put("strict", "docx", word(one, namespace=STRICT))
    put("upright-labels", "docx", word(changed(one, upright)))
    put("numbered-rows", "docx", word(changed(one, numbered)))
    put("backwards-columns", "docx", word(changed(one, backwards)))
    put("transposed", "docx", word(changed(old, lambda s, rows: transposed(rows) if s != "二" else rows)), "odd-2019")
    put("label-slips", "docx", word(changed(one, slips)))
    split = lambda rows: word_table(rows[:14]) + paragraph('<w:pPr><w:sectPr/></w:pPr>') + word_table(rows[:2] + rows[14:]) if len(rows) > 20 else word_table(rows)
    put("split-over-sections", "docx", word(changed(one, whole_labels), split))
    put("draft-and-final", "docx", word(one, lambda rows: word_table(rows, lambda t: run(t + "1")) + paragraph(run("以上为初稿，以下为定稿")) + word_table(rows)), rules="duplicate-table")
    put("two-reports", "docx", package("".join(paragraph(run(b)) if isinstance(b, str) else word_table(b) + paragraph("") for r in (one, old) for b in r.blocks())), "odd-2021;odd-2019")
    put("wrong-generation", "docx", word(Report(one.agency, 2023, Form("2019"), old.tables)), "odd-2019", rules="wrong-form")
    put("word-2007-named-doc", "doc", word(one), rules="misnamed-file")
    put("web-page-named-doc", "doc", writers.page(one), rules="misnamed-file")
    put("rich-text-named-doc", "doc", writers.office(word(one), "docx", "rtf"), rules="misnamed-file")
    put("single-file-page-named-doc", "doc", writers.mht(one), rules="misnamed-file")
    put("divisions", "html", divisions(changed(one, plain_heads)))
    put("veiled", "html", veiled(one))
    put("framed", "html", framed(old), "odd-2019")
    put("gb2312", "html", writers.page(old).replace("utf-8", "gb2312").encode("gb18030"), "odd-2019")
    put("utf-16", "html", writers.page(old).replace("utf-8", "utf-16").encode("utf-16"), "odd-2019")
    import zhconv

    put("traditional", "html", zhconv.convert(writers.page(one), "zh-hant"))
    put("big5", "html", zhconv.convert(writers.page(one), "zh-hant").replace("utf-8", "big5").encode("big5", "xmlcharrefreplace"))
    put("sheets", "xlsx", sheets(one))
    printed = writers.chromium(writers.page(one))
    put("three-lines", "pdf", writers.chromium(writers.page(one, style="table{border-collapse:collapse;border-top:2px solid;border-bottom:2px solid;width:100%}td{padding:3px 8px}")))
    put("rotated", "pdf", changed_pdf(printed, turn=90))
    put("owner-password", "pdf", changed_pdf(printed, password=""))
    put("user-password", "pdf", changed_pdf(printed, password="geheim"), "", "unreadable")
    scan, png = picture_pdf(printed)
    put("scan", "pdf", scan, "", "unreadable")
    put("picture", "docx", picture_docx(one, png), "", "partial")


def plain_heads(section, rows):
    """No spans: group labels are left out, every row has all its labels in one cell."""
    width = max(left + c.columns for c, _, left in placed(rows))
    if section == "三":
        names = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
        head = [Cell("申请人情况", 1, 1, True)] + [Cell(n, 1, 1, True) for n in names]
        return [head] + [[Cell([c for c in row if c.head][-1].text, 1, 1, True)] + [c for c in row if not c.head] for row in rows[2:]]
    if section == "四":
        return rows
    for row in rows:
        for c in row:
            c.columns = 1
    return rows


def whole_labels(section, rows):
    """Row labels without merged cells, so that a table can be cut anywhere."""
    if section != "三":
        return rows
    for at, row in enumerate(rows[2:]):
        label = [c for c in row if c.head][-1]
        row[:] = [Cell(label.text, 3, 1, True)] + [c for c in row if not c.head]
    return rows
