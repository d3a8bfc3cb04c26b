#!/usr/bin/env python3
"""Writes Word documents (.docx) with everything that tables and words of a report may have, from a seed, and lets
LibreOffice rewrite them as .doc. The test `pairs` reads both and compares them block by block.

    generate.py FOLDER FIRST LAST       seeds FIRST to LAST (not included)

Left out is what LibreOffice writes otherwise than it reads: it repeats content controls and turns columns left out before a
row into cells. The pairs beside this script are seeds 0 to 5, made by LibreOffice 7.4. To try others, write them to a folder of their own and
name it to the test: NIANBAO_DOC_PAIRS=FOLDER cargo test -p nianbao-intake --lib doc::
"""

import pathlib
import random
import subprocess
import sys
import tempfile
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NS = (
    W
    + ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    + ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    + ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    + ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
WORDS = ["政府信息", "公开", "申请", "本年", "结果", "予以公开", "规章", "Table", "café", "—", "（件）", "𠮷林", "1,234", "12.5万元"]


class Writer:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.notes = []
        self.boxes = 0
        self.revision = 0

    def text(self):
        r = self.r
        kind = r.random()
        if kind < 0.5:
            return str(r.randrange(10 ** r.randrange(1, 6)))
        return "".join(r.choice(WORDS) for _ in range(r.randrange(1, 4)))

    def run(self, text, properties=""):
        return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'

    def tracked(self, tag, inner):
        self.revision += 1
        return f'<w:{tag} w:id="{self.revision}" w:author="甲" w:date="2024-01-02T03:04:05Z">{inner}</w:{tag}>'

    def field(self, code, result):
        char = lambda kind: f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'
        code = f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        return char("begin") + code + char("separate") + self.run(result) + char("end")

    def note(self):
        self.notes.append(self.run(f"注{self.text()}"))
        return f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="{len(self.notes) + 1}"/></w:r>'

    def box(self):
        self.boxes += 1
        inner = "".join(self.paragraph(plain=True) for _ in range(self.r.randrange(1, 3)))
        return (
            '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0"'
            ' simplePos="0" relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
            '<wp:positionH relativeFrom="column"><wp:posOffset>100</wp:posOffset></wp:positionH>'
            '<wp:positionV relativeFrom="paragraph"><wp:posOffset>100</wp:posOffset></wp:positionV>'
            f'<wp:extent cx="1800000" cy="720000"/><wp:wrapTopAndBottom/><wp:docPr id="{self.boxes}" name="box{self.boxes}"/>'
            '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
            '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1800000" cy="720000"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr><wps:txbx><w:txbxContent>'
            f"{inner}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
            "</mc:Choice></mc:AlternateContent></w:r>"
        )

    def paragraph(self, plain=False, cell=False):
        r, out = self.r, ""
        for _ in range(r.randrange(0 if cell else 1, 4)):
            kind, text = r.random(), self.text()
            if plain or kind < 0.55:
                out += self.run(text)
            elif kind < 0.60:
                out += self.run(text, "<w:vanish/>")
            elif kind < 0.64:
                out += self.run(text, r.choice(["<w:strike/>", "<w:dstrike/>"]))
            elif kind < 0.68:
                out += self.run(text, f'<w:vertAlign w:val="{r.choice(["superscript", "subscript"])}"/>')
            elif kind < 0.72:
                out += self.tracked("ins", self.run(text))
            elif kind < 0.77:
                out += self.tracked("del", f'<w:r><w:delText xml:space="preserve">{text}</w:delText></w:r>')
            elif kind < 0.81:
                out += self.field("=SUM(ABOVE)" if r.random() < 0.5 else "QUOTE 9", text)
            elif kind < 0.84:
                out += self.note()
            elif kind < 0.87:
                out += "<w:r><w:tab/></w:r>" + self.run(text)
            elif kind < 0.90:
                out += "<w:r><w:br/></w:r>" + self.run(text)
            elif kind < 0.92:
                out += "<w:r><w:noBreakHyphen/></w:r>" + self.run(text)
            elif kind < 0.925:
                out += f'<w:hyperlink w:anchor="_top">{self.run(text)}</w:hyperlink>'
            elif kind < 0.935 and not cell:
                out += '<w:r><w:br w:type="page"/></w:r>' + self.run(text)
            elif kind < 0.95:
                out += self.run(text, '<w:b/><w:rFonts w:eastAsia="仿宋"/><w:sz w:val="21"/>')
            elif not cell:
                out += self.box() + self.run(text)
        return f"<w:p>{out}</w:p>"

    def cell(self, depth):
        r = self.r
        out = "".join(self.paragraph(cell=True) for _ in range(1 if r.random() < 0.8 else 2))
        if depth < 3 and r.random() < 0.02:
            out += self.table(depth + 1) + self.paragraph(cell=True)
        return out

    def table(self, depth=1):
        r = self.r
        rows, columns = (r.randrange(1, 9), r.randrange(1, 9)) if depth == 1 else (r.randrange(1, 4), r.randrange(1, 4))
        total = 9000 // depth ** 2
        widths = [r.randrange(300, 900) for _ in range(columns)]
        widths = [w * total // sum(widths) for w in widths]
        # Merged cells: rectangles that do not overlap.
        owner = {}
        for _ in range(r.randrange(0, 6)):
            top, left = r.randrange(rows), r.randrange(columns)
            bottom, right = min(rows, top + r.randrange(1, 4)), min(columns, left + r.randrange(1, 4))
            places = [(y, x) for y in range(top, bottom) for x in range(left, right)]
            if not any(p in owner for p in places):
                owner.update({p: (top, left, bottom, right) for p in places})
        # No grid line without a cell that begins there, or writers drop the column.
        for x in range(columns):
            if all((y, x) in owner and owner[y, x][1] != x for y in range(rows)):
                owner = {}
                break
        out = f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>'
        out += "".join(f'<w:gridCol w:w="{w}"/>' for w in widths) + "</w:tblGrid>"
        for y in range(rows):
            out += "<w:tr>"
            x = 0
            # Lines that writers round and hands draw do not quite meet.
            slip = r.choice([0, 0, 0, 1, 2, 15]) if y else 0
            while x < columns:
                top, left, bottom, right = owner.get((y, x), (y, x, y + 1, x + 1))
                merge = ""
                if bottom - top > 1:
                    merge = '<w:vMerge w:val="restart"/>' if y == top else "<w:vMerge/>"
                span = f'<w:gridSpan w:val="{right - left}"/>' if right - left > 1 else ""
                width = f'<w:tcW w:w="{sum(widths[left:right]) + (slip if x == 0 else 0)}" w:type="dxa"/>'
                content = self.cell(depth) if y == top else "<w:p/>"
                out += f"<w:tc><w:tcPr>{width}{span}{merge}</w:tcPr>{content}</w:tc>"
                x = right
            out += "</w:tr>"
        return out + "</w:tbl>"

    def body(self):
        out = ""
        for _ in range(self.r.randrange(2, 6)):
            out += "".join(self.paragraph() for _ in range(self.r.randrange(1, 4)))
            out += self.table()
            if self.r.random() < 0.1:
                section = '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/></w:sectPr>'
                out += f"<w:p><w:pPr>{section}</w:pPr>{self.run(self.text())}</w:p>"
        return out + self.paragraph() + '<w:sectPr><w:headerReference w:type="default" r:id="r3"/><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'


def docx(path, seed):
    writer = Writer(seed)
    document = f"<w:document {NS}><w:body>{writer.body()}</w:body></w:document>"
    notes = "".join(
        f'<w:footnote w:id="{i}"><w:p><w:r><w:footnoteRef/></w:r>{note}</w:p></w:footnote>' for i, note in enumerate(writer.notes, 2)
    )
    styles = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    parts = {
        "[Content_Types].xml": f'{xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kind}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{kind}.styles+xml"/>'
        f'<Override PartName="/word/header1.xml" ContentType="{kind}.header+xml"/>'
        f'<Override PartName="/word/footnotes.xml" ContentType="{kind}.footnotes+xml"/></Types>',
        "_rels/.rels": f'{xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{rel}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'{xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{rel}/styles" Target="styles.xml"/>'
        f'<Relationship Id="r2" Type="{rel}/footnotes" Target="footnotes.xml"/>'
        f'<Relationship Id="r3" Type="{rel}/header" Target="header1.xml"/></Relationships>',
        "word/header1.xml": f"{xml}<w:hdr {NS}>{writer.paragraph(plain=True)}<w:tbl><w:tblGrid/><w:tr><w:tc>{writer.paragraph(plain=True)}</w:tc></w:tr></w:tbl><w:p/></w:hdr>",
        "word/document.xml": xml + document,
        "word/styles.xml": f"{xml}<w:styles {W}>{styles}</w:styles>",
        "word/footnotes.xml": f'{xml}<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        f'<w:footnote w:type="continuationSeparator" w:id="1"><w:p/></w:footnote>{notes}</w:footnotes>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def main():
    folder, first, last = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{seed:04}.docx" for seed in range(first, last)]
    for seed, path in zip(range(first, last), files):
        docx(path, seed)
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", "doc:MS Word 97"]
        subprocess.run([*command, "--outdir", folder, *files], check=True, stdout=subprocess.DEVNULL)


main()
