"""The statutory forms as the program knows them, consistent figures for them, and the tables as they are printed."""

import pathlib
import random
import tomllib

FORMS = pathlib.Path(__file__).resolve().parents[2] / "crates/form/forms"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


class Form:
    """A form: its blocks with rows, columns and labels."""

    def __init__(self, name):
        self.name = name
        self.data = tomllib.loads((FORMS / f"{name}.toml").read_text())
        self.blocks = self.data["block"]

    def cell(self, block, row, column):
        parts = [block.get("prefix", ""), row["id"], column["id"]]
        return ".".join(p for p in parts if p)

    def cells(self):
        for block in self.blocks:
            for row in block["rows"]:
                for column in block["columns"]:
                    yield block, row, column, self.cell(block, row, column)


def figures(form, seed, busy):
    """Figures that satisfy every identity: cell -> int, or float in 万元 for money. `busy` scales them."""
    dice = random.Random(seed)
    small = lambda most: 0 if dice.random() < 0.6 else dice.randint(1, max(1, int(most * busy)))
    out = {}
    for block, row, column, cell in form.cells():
        if block["id"] in ("requests", "review"):
            continue
        unit = column.get("unit", block["unit"])
        if unit.endswith("元"):
            out[cell] = round(dice.randint(0, 9_999_999) / 10_000, 4)
        elif column.get("signed"):
            out[cell] = dice.randint(-9, 9)
        else:
            out[cell] = dice.randint(0, int(40 * busy * busy))
    for block in form.blocks:
        columns = [c["id"] for c in block["columns"] if not c.get("total")]
        rows = [r["id"] for r in block["rows"]]
        if block["id"] == "requests":
            outcomes = [r for r in rows if r not in ("received", "carried_in", "handled", "carried_out")]
            for c in columns:
                weight = 6 if c == "natural_person" else 1
                for r in outcomes:
                    out[f"requests.{r}.{c}"] = small(weight * 3)
                out[f"requests.handled.{c}"] = sum(out[f"requests.{r}.{c}"] for r in outcomes)
                out[f"requests.carried_out.{c}"] = small(weight)
                due = out[f"requests.handled.{c}"] + out[f"requests.carried_out.{c}"]
                out[f"requests.carried_in.{c}"] = dice.randint(0, min(due, 3))
                out[f"requests.received.{c}"] = due - out[f"requests.carried_in.{c}"]
            for r in rows:
                out[f"requests.{r}.total"] = sum(out[f"requests.{r}.{c}"] for c in columns)
        if block["id"] == "review":
            for r in rows:
                for c in columns:
                    out[f"review.{r}.{c}"] = small(4)
                out[f"review.{r}.total"] = sum(out[f"review.{r}.{c}"] for c in columns)
    return out


def dress(form, truth, kind):
    """What an agency prints for its figures: cell -> (text, state, value). `kind` is one of DRESSES."""
    out = {}
    for block, row, column, cell in form.cells():
        value = truth[cell]
        unit = column.get("unit", block["unit"])
        text, state = str(value), "number"
        applicant = block["id"] == "requests" and not column.get("total")
        if kind == "totals-only" and applicant:
            # The small agency's habit: legal, and neither zeros nor errors.
            text, state = "", "blank"
        elif kind == "marks" and value == 0:
            text, state = "/", "none"
        elif kind == "blanks" and value == 0 and not column.get("total"):
            text, state = "", "blank"
        elif kind == "units":
            if unit.endswith("元"):
                text = f"{round(value * 10_000)}元"
            elif value >= 1000:
                text = f"{value:,}"
            elif value % 3 == 0:
                text = f"{value}{unit}"
            elif value % 3 == 1 and value >= 0:
                text = str(value).translate(FULL_WIDTH)
        out[cell] = (text, state, "" if state != "number" else number(value))
    return out


DRESSES = ["plain", "totals-only", "marks", "blanks", "units"]


def number(value):
    """Decimal text without trailing zeros."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def spans(paths, levels):
    """Label paths as cells of a head or of a column of row labels: (text, start, length, level, levels covered)."""
    out = []

    def walk(start, end, level):
        at = start
        while at < end:
            label = paths[at][level]
            stop = at + 1
            while stop < end and len(paths[stop]) > level and paths[stop][: level + 1] == paths[at][: level + 1]:
                stop += 1
            leaf = len(paths[at]) == level + 1
            out.append((label, at, stop - at, level, levels - level if leaf else 1))
            if not leaf:
                walk(at, stop, level + 1)
            at = stop

    walk(0, len(paths), 0)
    return out


class Cell:
    """A printed cell: its text and how many columns and rows it covers."""

    def __init__(self, text, columns=1, rows=1, head=False):
        self.text, self.columns, self.rows, self.head = text, columns, rows, head


def matrix(form, block, texts):
    """A block with row labels at the left, as the official form prints it: rows of Cell."""
    heads = [c["label"].split("/") if block["id"] == "requests" else [c["label"]] for c in block["columns"]]
    labels = [r["label"].split("/") for r in block["rows"]]
    deep, wide = max(map(len, heads)), max(map(len, labels))
    rows = [[] for _ in range(deep + len(labels))]
    rows[0].append(Cell(block.get("corner", ""), wide, deep, True))
    for text, start, length, level, covers in sorted(spans(heads, deep), key=lambda s: (s[3], s[1])):
        rows[level].append((start, Cell(text, length, covers, True)))
    for head in rows[:deep]:
        placed = sorted((p for p in head if isinstance(p, tuple)), key=lambda p: p[0])
        head[:] = [c for c in head if isinstance(c, Cell)] + [c for _, c in placed]
    for text, start, length, level, covers in sorted(spans(labels, wide), key=lambda s: (s[1], s[3])):
        rows[deep + start].append(Cell(text, covers, length, True))
    for i, row in enumerate(block["rows"]):
        for column in block["columns"]:
            rows[deep + i].append(Cell(texts[form.cell(block, row, column)][0]))
    return rows


def line(form, block, texts):
    """Table four: fifteen figures in one row below three heads."""
    groups = [r["label"].split("/") for r in block["rows"]]
    n = len(block["columns"])
    first, second = [], []
    at = 0
    while at < len(groups):
        if len(groups[at]) == 1:
            first.append(Cell(groups[at][0], n, 2, True))
            at += 1
        else:
            stop = at
            while stop < len(groups) and groups[stop][0] == groups[at][0]:
                second.append(Cell(groups[stop][1], n, 1, True))
                stop += 1
            first.append(Cell(groups[at][0], n * (stop - at), 1, True))
            at = stop
    third = [Cell(c["label"], 1, 1, True) for _ in groups for c in block["columns"]]
    values = [Cell(texts[form.cell(block, r, c)][0]) for r in block["rows"] for c in block["columns"]]
    return [first, second, third, values]


def tables(form, texts):
    """The tables in their order: (section number, rows). Table two is one grid with item headings, as printed."""
    two = []
    blocks = [b for b in form.blocks if b["section"] == "proactive"]
    width = max(1 + len(b["columns"]) for b in blocks)
    for block in blocks:
        rows = matrix(form, block, texts)
        have = 1 + len(block["columns"])
        for row in rows:
            extra = width - have
            if extra and len(row) == have:
                row[-1].columns += extra
        two.append([Cell(block["item"], width, 1, True)])
        two.extend(rows)
    by = {b["id"]: b for b in form.blocks}
    return [("二", two), ("三", matrix(form, by["requests"], texts)), ("四", line(form, by["review"], texts))]


def placed(rows):
    """Every cell with its topmost row and leftmost column."""
    taken = set()
    for top, row in enumerate(rows):
        left = 0
        for cell in row:
            while (top, left) in taken:
                left += 1
            taken.update((top + r, left + c) for r in range(cell.rows) for c in range(cell.columns))
            yield cell, top, left
            left += cell.columns


def layout(rows):
    """The text at every place; covered places hold None."""
    cells = list(placed(rows))
    width = max(left + c.columns for c, _, left in cells)
    grid = [[None] * width for _ in rows]
    for cell, top, left in cells:
        grid[top][left] = cell.text
    return grid
