"""Smallest sets of wrong cells by integer programming (HiGHS) on the records that

    cargo run --release -p nianbao-check --example localising -- /tmp/records.jsonl
    pip install highspy numpy; python benches/localise_highs.py /tmp/records.jsonl [RECORDS]

wrote: compares the smallest number of cells on every record, and how often the one set that the solver happens to return
is the injected one, with the first set of nianbao.
"""
import json
import sys
import time

import highspy
import numpy as np


def smallest(identities, found):
    """The least number of cells whose change makes every identity hold, and one such set.

    found + up - down are the figures, up <= big * chosen, down <= found * chosen."""
    n = len(found)
    big = 4 * max(1, sum(abs(v) for v in found))
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_feasibility_tolerance", 1e-9)
    for value in found:
        solver.addVar(-value, big)
    for _ in range(n):
        solver.addVar(0, 1)
    for at in range(n):
        solver.changeColCost(n + at, 1)
        solver.changeColIntegrality(n + at, highspy.HighsVarType.kInteger)
        solver.addRow(-highspy.kHighsInf, 0, 2, np.array([at, n + at], dtype=np.int32), np.array([1.0, -big]))
        solver.addRow(0, highspy.kHighsInf, 2, np.array([at, n + at], dtype=np.int32), np.array([1.0, max(found[at], 0)]))
    for row in identities:
        residual = sum(k * found[c] for c, k in row)
        columns = np.array([c for c, _ in row], dtype=np.int32)
        solver.addRow(-residual, -residual, len(row), columns, np.array([float(k) for _, k in row]))
    solver.run()
    values = solver.getSolution().col_value
    chosen = [at for at in range(n) if values[n + at] > 0.5]
    return round(solver.getInfo().objective_function_value), chosen


def main():
    lines = open(sys.argv[1], encoding="utf-8")
    form = json.loads(next(lines))
    most = int(sys.argv[2]) if len(sys.argv) > 2 else None
    tally = {}
    for line in lines:
        record = json.loads(line)
        row = tally.setdefault(len(record["wrong"]), dict(records=0, equal=0, highs=0, ours=0, seconds=0.0))
        if most and row["records"] >= most:
            continue
        start = time.perf_counter()
        size, chosen = smallest(form["identities"], record["found"])
        row["seconds"] += time.perf_counter() - start
        row["records"] += 1
        row["equal"] += size == record["size"]
        row["highs"] += chosen == sorted(record["wrong"])
        row["ours"] += sorted(record["first"]) == sorted(record["wrong"])
        if size != record["size"]:
            print("differs:", size, record["size"], record["wrong"])
    print("wrong cells | records | size equal | exact set, HiGHS | exact set, nianbao | HiGHS records a second")
    for wrong, row in sorted(tally.items()):
        n = row["records"]
        print(f"{wrong} | {n} | {row['equal']} | {row['highs'] / n:.3f} | {row['ours'] / n:.3f} | {n / row['seconds']:.0f}")


if __name__ == "__main__":
    main()
