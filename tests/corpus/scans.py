#!/usr/bin/env python3
"""Makes scans of documents of the corpus: pages printed, laid on the glass a little askew, copied grey and blurred.

    pip install pillow numpy python-docx; apt-get install poppler-utils
    python3 tests/corpus/scans.py

Writes scans/<name>.<ext>; what they say is expected/<report>.csv, which is the name up to the second hyphen.
"""

import io
import pathlib
import subprocess
import tempfile

import docx
import numpy
from PIL import Image, ImageFilter

HERE = pathlib.Path(__file__).resolve().parent
SCANS = [
    # name, source, dots an inch, degrees, blur, shade of the paper, noise, quality, container
    ("plain-2021-flat", "chromium/plain-2021.pdf", 150, 0.0, 0.0, 255, 0, 60, "pdf"),
    ("plain-2019-askew", "chromium/plain-2019.pdf", 150, 0.8, 0.4, 225, 4, 45, "pdf"),
    ("blanks-2021-grey", "libreoffice/blanks-2021.pdf", 150, -1.1, 0.5, 205, 5, 45, "pdf"),
    ("marks-2021-pasted", "libreoffice/marks-2021.pdf", 130, 0.3, 0.0, 250, 2, 60, "docx"),
]


def pages(source, dots):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-gray", "-r", str(dots), HERE / "documents" / source, f"{folder}/p"], check=True)
        return [Image.open(p).copy() for p in sorted(pathlib.Path(folder).glob("p*"))]


def scanned(page, degrees, blur, shade, noise, dice):
    page = page.rotate(degrees, fillcolor=255, resample=Image.Resampling.BICUBIC)
    if blur:
        page = page.filter(ImageFilter.GaussianBlur(blur))
    grey = numpy.asarray(page).astype(float) * shade / 255
    return Image.fromarray((grey + dice.normal(0, noise, grey.shape)).clip(0, 255).astype("uint8"))


def main():
    folder = HERE / "scans"
    folder.mkdir(exist_ok=True)
    for number, (name, source, dots, degrees, blur, shade, noise, quality, container) in enumerate(SCANS):
        dice = numpy.random.default_rng(number)
        images = [scanned(p, degrees, blur, shade, noise, dice) for p in pages(source, dots)]
        path = folder / f"{name}.{container}"
        if container == "pdf":
            images[0].save(path, save_all=True, append_images=images[1:], resolution=dots, quality=quality)
        else:
            document = docx.Document()
            for image in images:
                data = io.BytesIO()
                image.save(data, "JPEG", quality=quality)
                document.add_picture(data, width=docx.shared.Cm(15))
            document.save(path)
        print(path.name, len(images), path.stat().st_size)


if __name__ == "__main__":
    main()
