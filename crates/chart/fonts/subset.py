#!/usr/bin/env python3
"""Makes NotoSansSC-subset.ttf, the one font that charts are measured and drawn with.

    subset.py NotoSansSC_400Regular.ttf [Unihan_OtherMappings.txt.bz2]

The font: npm package @expo-google-fonts/noto-sans-sc 0.4.3 (SIL OFL 1.1, OFL.txt). The list tgh.txt is the kTGH property of
Unihan (Debian package unicode-data 15.0): the 8,105 characters of 通用规范汉字表 (2013) in its order; it is made anew when
the second argument is given. Needs fonttools.
"""
import bz2
import os
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = os.path.dirname(os.path.abspath(__file__))
TGH = os.path.join(HERE, "tgh.txt")
# Latin-1, Greek, Cyrillic (numbering), punctuation, super- and subscripts, currency, letter-like, number forms, arrows,
# mathematics, enclosed numbers, boxes, geometric shapes, CJK punctuation, enclosed CJK, CJK units, full-width forms.
RANGES = [
    (0x20, 0x7E), (0xA0, 0xFF), (0x0391, 0x03C9), (0x0410, 0x0451), (0x2010, 0x2044), (0x2070, 0x2094), (0x20A0, 0x20BF),
    (0x2100, 0x2127), (0x2150, 0x218B), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2460, 0x24FF), (0x2500, 0x257F), (0x2580, 0x25FF),
    (0x2605, 0x2606), (0x2610, 0x2612), (0x2713, 0x2717), (0x3000, 0x3020), (0x3220, 0x3243), (0x3280, 0x32B0), (0x3380, 0x33DF),
    (0xFE30, 0xFE4F), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE6),
]


def write_list(path):
    order = {}
    with bz2.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            parts = line.rstrip("\n").split("\t")
            if len(parts) == 3 and parts[1] == "kTGH":
                order[int(parts[2].split()[0].split(":")[1])] = chr(int(parts[0][2:], 16))
    assert sorted(order) == list(range(1, 8106)), len(order)
    text = "".join(order[i] for i in sorted(order))
    with open(TGH, "w", encoding="utf-8", newline="\n") as out:
        for at in range(0, len(text), 50):
            out.write(text[at:at + 50] + "\n")


def main():
    if len(sys.argv) > 2:
        write_list(sys.argv[2])
    with open(TGH, encoding="utf-8") as f:
        wanted = {ord(c) for c in f.read() if c != "\n"}
    # GB 2312 whole, for the few of its characters that the list does not have, and its symbols.
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                wanted.add(ord(bytes([high, low]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    for first, last in RANGES:
        wanted.update(range(first, last + 1))
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, glyph_names=False, legacy_kern=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        name_languages=[0x409], recalc_timestamp=False,
        drop_tables=["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "gasp", "DSIG", "prep"],
    )
    font = TTFont(sys.argv[1], recalcTimestamp=False)
    maker = subset.Subsetter(options)
    maker.populate(unicodes=wanted)
    maker.subset(font)
    font.save(os.path.join(HERE, "NotoSansSC-subset.ttf"))


main()
