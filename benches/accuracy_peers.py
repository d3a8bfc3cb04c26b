#!/usr/bin/env python3
"""kNN, isolation forest and ECOD of PyOD on the districts that the accuracy bench exports.

    cargo run --release -p nianbao-screen --example anomalies -- export /tmp/districts
    python3 benches/accuracy_peers.py /tmp/districts        # installs pyod from PyPI into a folder of its own

What a detector sees of a report: for every cell that is not constant, log1p of this year's figure less the mean of log1p
over the agency's past years (on the figures themselves all of them do worse). Small districts are pooled over seeds after
each was scored by itself, by rank within the district.
"""
import csv, glob, os, subprocess, sys, venv

folder = sys.argv[1]
place = os.path.expanduser(os.environ.get("NIANBAO_VENV", "/tmp/nianbao-pyod"))
if os.environ.get("NIANBAO_INSIDE") is None:
    if not os.path.exists(os.path.join(place, "bin", "python")):
        venv.create(place, with_pip=True)
        subprocess.check_call([os.path.join(place, "bin", "pip"), "install", "-q", "pyod==2.0.5"])
    os.execve(os.path.join(place, "bin", "python"), [os.path.join(place, "bin", "python"), __file__, folder], {**os.environ, "NIANBAO_INSIDE": "1"})

import numpy as np
from pyod.models.ecod import ECOD
from pyod.models.iforest import IForest
from pyod.models.knn import KNN


def load(path):
    rows = list(csv.reader(open(path)))
    figures = {}
    for row in rows[1:]:
        figures.setdefault(row[0], []).append((int(row[1]), int(row[2]), np.array([float(v or 0) for v in row[3:]])))
    x, wrong = [], []
    for agency in sorted(figures):
        years = sorted(figures[agency], key=lambda r: r[0])
        now = np.log1p(np.maximum(years[-1][2], 0))
        x.append(now - np.mean([np.log1p(np.maximum(y[2], 0)) for y in years[:-1]], axis=0))
        wrong.append(years[-1][1])
    x = np.array(x)
    return x[:, x.std(axis=0) > 0], np.array(wrong)


def quality(score, wrong):
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(wrong[order])
    n, total = len(wrong), wrong.sum()
    average = np.sum(hits / np.arange(1, n + 1) * wrong[order]) / total
    return hits[round(n * 0.05) - 1] / total, hits[max(round(n * 0.01), 1) - 1] / max(round(n * 0.01), 1), average


methods = {
    "one-liner": None,
    "kNN": lambda n: KNN(n_neighbors=min(5, n - 1)),
    "isolation forest": lambda n: IForest(random_state=1),
    "ECOD": lambda n: ECOD(),
}
print("| reports | method | recall at 5 % | precision at 1 % | average precision |\n|---|---|---|---|---|")
for size in ("60", "4000"):
    files = sorted(glob.glob(os.path.join(folder, f"{size}-*.csv")))
    districts = [load(f) for f in files]
    for name, make in methods.items():
        scores = []
        for x, _ in districts:
            if make is None:
                score = np.abs(x).max(axis=1)
            else:
                score = make(len(x)).fit(x).decision_scores_
            if size == "60" and make is not None:
                score = (np.argsort(np.argsort(score)) + 1) / len(score) + 1e-9 * score
            scores.append(score)
        if size == "60":
            groups = [(np.concatenate(scores), np.concatenate([w for _, w in districts]))]
        else:
            groups = [(s, w) for s, (_, w) in zip(scores, districts)]
        r, p, a = np.mean([quality(s, w) for s, w in groups], axis=0)
        print(f"| {size}, {len(files)} districts | {name} | {r:.3f} | {p:.3f} | {a:.3f} |", flush=True)
