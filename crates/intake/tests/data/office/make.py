#!/usr/bin/env python3
"""Makes every.docx, a report whose cells hold whatever Word can put into one, and lets LibreOffice write it as OpenDocument
(package and flat) and Rich Text Format. every.csv beside them says what each of those cells shows.

    python3 make.py BASE.docx

BASE.docx is any report of the 2021 form whose cells hold one run of digits each (data/reports/2024 has such).
"""
import csv, os, re, subprocess, sys, tempfile, zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
BY = 'w:author="a" w:date="2024-01-01T00:00:00Z"'


def run(text, properties=""):
    rpr = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{rpr}<w:t xml:space="preserve">{text}</w:t></w:r>'


def inserted(runs):
    return f'<w:ins w:id="901" {BY}>{runs}</w:ins>'


def deleted(text):
    return f'<w:del w:id="902" {BY}><w:r><w:delText>{text}</w:delText></w:r></w:del>'


def field(code, result):
    mark = lambda kind: f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'
    return mark("begin") + f'<w:r><w:instrText> {code} </w:instrText></w:r>' + mark("separate") + run(result) + mark("end")


NOTE = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>'
# What stands in the cell and what a reader of it sees.
CELLS = [
    (run("1") + run("2") + run("3"), "123"),
    (inserted(run("7")) + deleted("9"), "7"),
    (deleted("9") + run("5"), "5"),
    (run("9", "<w:vanish/>") + run("31"), "31"),
    (run("8", "<w:strike/>") + run("32"), "32"),
    (run("33") + run("1", '<w:vertAlign w:val="superscript"/>'), "33[1]"),
    (run("34") + NOTE, "34"),
    (field("=SUM(ABOVE)", "35"), "35"),
    ("<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>" + run("37") + "</w:sdtContent></w:sdt>", "37"),
    (run("38") + "<w:r><w:tab/></w:r>" + run("39"), "38\t39"),
    (run("40") + "<w:r><w:br/></w:r>" + run("41"), "40\n41"),
    (run("1,234") + run("件"), "1,234件"),
    ('<w:hyperlink w:anchor="a">' + run("42") + "</w:hyperlink>", "42"),
    ('<w:bookmarkStart w:id="5" w:name="b"/>' + run("43") + '<w:bookmarkEnd w:id="5"/>', "43"),
    (run("１２"), "１２"),
    (run("\u00a00\u00a0"), "0"),
    (run("44") + run("（其中修订 16 件）"), "44（其中修订 16 件）"),
    (run("9", "<w:dstrike/>") + run("45"), "45"),
    (run("46") + run("②", '<w:vertAlign w:val="superscript"/>'), "46②"),
    (run("47") + '<w:r><w:commentReference w:id="1"/></w:r>', "47"),
    (run("48") + "<w:r><w:noBreakHyphen/></w:r>" + run("49"), "48-49"),
    (run("-50"), "-50"),
    (run("—"), "—"),
    (run("/"), "/"),
    (run("无"), "无"),
    ("", ""),
    (run("\u3000"), ""),
    (run("51") + run("2", '<w:vertAlign w:val="subscript"/>'), "51[2]"),
    (run("5") + run("2", '<w:b/><w:color w:val="FF0000"/>'), "52"),
]


def text_box(text):
    """A shape with a text box, as Word 2010 writes it."""
    ns = "http://schemas.openxmlformats.org"
    return (
        f'<w:r><mc:AlternateContent xmlns:mc="{ns}/markup-compatibility/2006"><mc:Choice Requires="wps"><w:drawing>'
        f'<wp:anchor xmlns:wp="{ns}/drawingml/2006/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0" simplePos="0" '
        'relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV><wp:extent cx="2000000" cy="500000"/>'
        '<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapSquare wrapText="bothSides"/><wp:docPr id="1" name="b"/>'
        f'<a:graphic xmlns:a="{ns}/drawingml/2006/main">'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        '<wps:wsp xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:cNvSpPr/><wps:spPr><a:xfrm>'
        '<a:off x="0" y="0"/><a:ext cx="2000000" cy="500000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
        f"<wps:txbx><w:txbxContent><w:p>{run(text)}</w:p></w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData>"
        "</a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent></w:r>"
    )


def cell(content, width):
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{content}</w:tc>'


def table(rows, width):
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for _ in rows[0])
    body = "".join("<w:tr>" + "".join(cell(c, width) for c in row) + "</w:tr>" for row in rows)
    return f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>'


def p(text):
    return f"<w:p>{run(text)}</w:p>"


def every(document):
    count = [0]

    def put(match):
        count[0] += 1
        if count[0] > len(CELLS):
            return match.group(0)
        return match.group(1) + CELLS[count[0] - 1][0] + match.group(3)

    until = lambda end: f"(?:(?!{end}).)*"
    document = re.sub(
        f"(<w:tc>{until('</w:tc>')}?<w:p>(?:<w:pPr>{until('</w:pPr>')}</w:pPr>)?)"
        f"(<w:r>{until('</w:r>')}<w:t[^>]*>[\\d.,]+</w:t></w:r>)(</w:p></w:tc>)",
        put,
        document,
        flags=re.S,
    )
    assert count[0] >= len(CELLS), "the base has too few cells of digits"
    # A row that was deleted with tracked changes before the second row of the first table.
    at = document.index("</w:tr>") + len("</w:tr>")
    row = document[document.index("<w:tr>") : at]
    gone = re.sub(r"<w:tr>(<w:trPr>.*?</w:trPr>)?", f'<w:tr><w:trPr><w:del w:id="903" {BY}/></w:trPr>', row, count=1)
    gone = re.sub(r"<w:r>(.*?)<w:t([^>]*)>.*?</w:t></w:r>", rf'<w:del w:id="904" {BY}><w:r>\1<w:delText\2>99</w:delText></w:r></w:del>', gone)
    document = document[:at] + gone + document[at:]
    first = document.index("<w:p>")
    before = f'<w:p>{text_box("文本框里的话")}{run("文本框外的话")}</w:p><w:p>{run("隐藏的话", "<w:vanish/>")}</w:p>'
    document = document[:first] + before + document[first:]
    inner = table([[p("内甲"), p("内乙")], [p("内丙"), p("内丁")]], 1000)
    nested = table([[p("外甲") + inner + p("外甲之后"), p("外乙")]], 2500) + p("表后")
    end = document.rindex("<w:sectPr")
    return document[:end] + nested + document[end:]


def part(name, body):
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:{name} {ns}>{body}</w:{name}>'


NOTES = {
    "footnotes": part(
        "footnotes",
        '<w:footnote w:id="0" w:type="separator"><w:p/></w:footnote><w:footnote w:id="1" w:type="continuationSeparator"><w:p/>'
        f'</w:footnote><w:footnote w:id="2">{p("脚注77")}</w:footnote>',
    ),
    "comments": part("comments", f'<w:comment w:id="1" {BY}>{p("批注88")}</w:comment>'),
}


def main():
    base = zipfile.ZipFile(sys.argv[1])
    with zipfile.ZipFile(f"{HERE}/every.docx", "w", zipfile.ZIP_DEFLATED) as out:
        put = lambda name, data: out.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
        types = "application/vnd.openxmlformats-officedocument.wordprocessingml"
        relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        overrides = "".join(f'<Override PartName="/word/{n}.xml" ContentType="{types}.{n}+xml"/>' for n in NOTES)
        put("[Content_Types].xml", base.read("[Content_Types].xml").decode().replace("</Types>", overrides + "</Types>"))
        put("_rels/.rels", base.read("_rels/.rels"))
        links = "".join(f'<Relationship Id="r{n}" Type="{relations}/{n}" Target="{n}.xml"/>' for n in NOTES)
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        put("word/_rels/document.xml.rels", f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{package}">{links}</Relationships>')
        put("word/document.xml", every(base.read("word/document.xml").decode()))
        for name, text in NOTES.items():
            put(f"word/{name}.xml", text)
    with open(f"{HERE}/every.csv", "w", newline="") as out:
        csv.writer(out).writerows([["shown"], *([shown] for _, shown in CELLS)])
    with tempfile.TemporaryDirectory() as profile:
        for kind in ["odt", "fodt", "rtf"]:
            office = ["soffice", "--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", kind]
            subprocess.run([*office, "--outdir", HERE, f"{HERE}/every.docx"], check=True, timeout=300)


main()
