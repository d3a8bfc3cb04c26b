#!/usr/bin/env python3
"""Readers beside their peers on the same files, one core, in one run: what docs/performance.md shows.

    pip install python-docx lxml openpyxl pdfplumber selectolax; apt-get install antiword
    cargo build --release --workspace --example speed
    python3 benches/readers.py [target folder]

Peers do a part of the work only: they open the file and visit every cell's text, or parse, or inflate. `nianbao` goes the
whole way from the file on disk to the cells of the report: opening, hashing, unpacking, parsing, matching, sections,
agency and year.
"""

import importlib.util
import io
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests/corpus/documents"
SECONDS = 2.0


def rate(work, seconds=SECONDS):
    """Calls a second, the best of three tries."""
    best = 0.0
    work()
    for _ in range(3):
        n, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds / 3:
            work()
            n += 1
        best = max(best, n / (time.perf_counter() - start))
    return best


def as_word_writes(light):
    """The light document with the properties that Word puts on every cell, paragraph and run."""
    source = zipfile.ZipFile(io.BytesIO(light))
    xml = source.read("word/document.xml").decode()
    font = '<w:rFonts w:ascii="宋体" w:eastAsia="宋体" w:hAnsi="宋体" w:cs="宋体" w:hint="eastAsia"/>'
    props = f'<w:rPr>{font}<w:color w:val="000000"/><w:kern w:val="0"/><w:sz w:val="20"/><w:szCs w:val="20"/><w:lang w:bidi="ar"/></w:rPr>'
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in ("top", "left", "bottom", "right"))
    count = iter(range(0x10000000, 0x7FFFFFFF, 7919))
    xml = re.sub(r"<w:p>", lambda _: f'<w:p w14:paraId="{next(count):08X}" w14:textId="77777777" w:rsidR="00A77B3E" w:rsidRDefault="00B5261C"><w:pPr><w:widowControl/><w:jc w:val="center"/><w:textAlignment w:val="center"/>{props}</w:pPr>', xml)
    xml = xml.replace("<w:r>", f'<w:r w:rsidRPr="00C01D2E">{props}')
    xml = xml.replace("<w:tcPr>", f'<w:tcPr><w:tcW w:w="1189" w:type="dxa"/><w:tcBorders>{borders}</w:tcBorders><w:noWrap/><w:vAlign w:val="center"/>')
    xml = xml.replace("<w:document ", '<w:document xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" ', 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name in source.namelist():
            z.writestr(name, xml if name == "word/document.xml" else source.read(name))
    return out.getvalue()


def peers(files):
    """What other readers need for the same files: (name of file, peer, calls a second)."""
    docx_peer = importlib.import_module("docx")
    from lxml import etree
    from lxml import html as lxml_html
    import openpyxl
    import logging

    import pdfplumber

    logging.disable(logging.WARNING)
    from selectolax.lexbor import LexborHTMLParser

    for name in ("light.docx", "word.docx"):
        data = files[name].read_bytes()
        package = zipfile.ZipFile(io.BytesIO(data))
        xml = package.read("word/document.xml")
        info = package.getinfo("word/document.xml")
        start = data.index(b"word/document.xml", info.header_offset) + len("word/document.xml")
        packed = data[start : start + info.compress_size]
        yield name, "zlib, inflating alone", rate(lambda: zlib.decompress(packed, -15))
        yield name, "lxml, parsing the inflated part", rate(lambda: etree.fromstring(xml))
        yield name, "python-docx, text of every cell", rate(
            lambda: [c.text for t in docx_peer.Document(io.BytesIO(data)).tables for r in t.rows for c in r.cells]
        )
    page = files["page.html"].read_text()
    yield "page.html", "lxml, parsing", rate(lambda: lxml_html.fromstring(page))
    yield "page.html", "lexbor (selectolax), parsing", rate(lambda: LexborHTMLParser(page))
    book = files["book.xlsx"].read_bytes()
    yield "book.xlsx", "openpyxl, every value", rate(lambda: [c.value for r in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows() for c in r])
    old = files["old.doc"]
    yield "old.doc", "antiword, as a process", rate(lambda: subprocess.run(["antiword", old], capture_output=True))
    for name in ("office.pdf", "browser.pdf"):
        yield name, "pdfplumber, tables of all pages", rate(lambda: [p.extract_tables() for p in pdfplumber.open(files[name]).pages])


def main():
    os.sched_setaffinity(0, {0})
    target = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    sys.path.insert(0, str(ROOT / "tests/corpus"))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        light = (CORPUS / "oddities/upright-labels.docx").read_bytes()
        sources = {
            "light.docx": light,
            "word.docx": as_word_writes(light),
            "page.html": (CORPUS / "libreoffice/plain-2021.html").read_bytes(),
            "book.xlsx": (CORPUS / "openpyxl/plain-2021.xlsx").read_bytes(),
            "old.doc": (CORPUS / "libreoffice/plain-2021.doc").read_bytes(),
            "text.rtf": (CORPUS / "libreoffice/plain-2021.rtf").read_bytes(),
            "text.odt": (CORPUS / "libreoffice/plain-2021.odt").read_bytes(),
            "office.pdf": (CORPUS / "libreoffice/plain-2021.pdf").read_bytes(),
            "browser.pdf": (CORPUS / "chromium/plain-2021.pdf").read_bytes(),
        }
        files = {}
        for name, data in sources.items():
            files[name] = folder / name
            files[name].write_bytes(data)
        for name in ("light.docx", "word.docx"):
            size = zipfile.ZipFile(files[name]).getinfo("word/document.xml").file_size
            print(f"{name}: document.xml has {size // 1000} kB")
        print(f"page.html: {files['page.html'].stat().st_size // 1000} kB\n")
        print("| file | reader | files a second, one core |\n|---|---|---:|")
        own = subprocess.run([target / "release/examples/speed", *files.values()], capture_output=True, text=True, check=True).stdout
        found = {}
        for line in own.splitlines():
            whole, *_, name = line.split()
            if name in files:
                found[name] = float(whole)
        rows = [(name, "**nianbao, whole way**", found.get(name, float("nan"))) for name in files] + list(peers(files))
        for name in files:
            for at, reader, speed in rows:
                if at == name:
                    print(f"| {name} | {reader} | {speed:,.0f} |")


if __name__ == "__main__":
    main()
