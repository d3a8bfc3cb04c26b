#!/usr/bin/env python3
"""Fits the constants of the generator (rates.csv) on real figures. numpy and scipy only.

    python3 crates/accuracy/fit.py > crates/accuracy/rates.csv

Sources: `us` = data/us-foia/cells-2008-2020.csv (thirteen years of some 120 agencies: how much agencies differ, how much
a figure swings from year to year, how much the mix of outcomes does); `cn` = the gold of seven real Chinese reports in
../shared/real/reports/gold (what the mix is, how many cells are zero, how large tables two and four are).
"""
import collections, csv, glob, math, os, sys
import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import gammaln
from scipy.stats import norm

HERE = os.path.dirname(os.path.abspath(__file__))
US = os.path.join(HERE, "../../data/us-foia/cells-2008-2020.csv")
CN = os.path.join(HERE, "../../../shared/real/reports/gold/*.csv")
YEARS = range(2008, 2021)
# Bodies larger than this are no district's agencies: the sd of levels is fitted below it, as a truncated normal.
LARGEST = 3000
# Requests a year of the middle agency.
LEVEL_MEDIAN = 40
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["name", "value", "source"])


def put(name, value, source):
    out.writerow([name, f"{value:.4g}", source])


us = collections.defaultdict(dict)
for row in csv.DictReader(open(US)):
    if row["value"].lstrip("-").isdigit():
        us[row["agency"], int(row["year"])][row["cell"]] = int(row["value"])
agencies = sorted({a for a, _ in us})
cn = {}
for path in sorted(glob.glob(CN)):
    rows = list(csv.DictReader(open(path)))
    cn[os.path.basename(path)[:-4]] = {r["cell"]: float(r["value"]) for r in rows if r["state"] == "number"}


def series(cell):
    return [[us.get((a, y), {}).get(cell) for y in YEARS] for a in agencies]


# How agencies differ: log-normal levels, truncated at LARGEST.
levels = [np.mean([v for v in s if v is not None]) for s in series("requests.received") if sum(v is not None for v in s) >= 3]
logs = np.array([math.log(x) for x in levels if 0 < x < LARGEST])
top = math.log(LARGEST)
fit = minimize(lambda p: -np.sum(norm.logpdf(logs, p[0], math.exp(p[1])) - norm.logcdf(top, p[0], math.exp(p[1]))), [4, 0.5], method="Nelder-Mead")
put("level.log_sd", math.exp(fit.x[1]), f"us: requests.received of {len(logs)} agencies below {LARGEST} a year, truncated normal")


def swing(name, cell):
    """Steps of the logarithm from one year to the next: a mixture of two normals plus what chance of a count adds."""
    step, noise = [], []
    for s in series(cell):
        for p, q in zip(s, s[1:]):
            if p is not None and q is not None and p + q >= 60:
                step.append(math.log((q + 0.5) / (p + 0.5)))
                noise.append(1 / (p + 0.5) + 1 / (q + 0.5))
    step, noise = np.array(step), np.array(noise)

    def cost(p):
        share, small, large = 1 / (1 + math.exp(-p[0])), math.exp(p[1]), math.exp(p[2])
        d = (1 - share) * norm.pdf(step, 0, np.sqrt(small**2 + noise)) + share * norm.pdf(step, 0, np.sqrt(large**2 + noise))
        return -np.sum(np.log(d))

    best = minimize(cost, [-2.0, math.log(0.2), math.log(0.8)], method="Nelder-Mead", options={"maxiter": 4000})
    source = f"us: {len(step)} steps of {cell} with 60 in two years at least"
    put(f"{name}.step_sd", math.exp(best.x[1]), source)
    put(f"{name}.jump_share", 1 / (1 + math.exp(-best.x[0])), source)
    put(f"{name}.jump_sd", math.exp(best.x[2]), source)
    # Steps over two years against steps over one: a walk doubles the variance, passing swings leave it as it is.
    two = []
    for s in series(cell):
        for p, q in zip(s, s[2:]):
            if p is not None and q is not None and p + q >= 60:
                two.append(math.log((q + 0.5) / (p + 0.5)))
    robust = lambda x: (np.subtract(*np.percentile(x, [75, 25])) / 1.349) ** 2
    passing = min(max(1 - (robust(two) - robust(step)) / robust(step), 0.0), 1.0)
    put(f"{name}.passing", passing, "us: share of the step's variance that is gone after a year")


common = []
for y, z in zip(YEARS, YEARS[1:]):
    pairs = [(us[a, y].get("requests.received"), us[a, z].get("requests.received")) for a in agencies if (a, y) in us and (a, z) in us]
    common.append(np.median([math.log((q + 0.5) / (p + 0.5)) for p, q in pairs if p is not None and q is not None and p + q >= 60]))
put("common.step_sd", np.std(common), "us: median step of requests.received over the agencies, its sd over twelve pairs of years")
ratios = [(sum(us[a, y].get("appeals.received", 0) for y in YEARS if (a, y) in us), sum(us[a, y].get("requests.processed", 0) for y in YEARS if (a, y) in us)) for a in agencies]
some = [math.log(p / q) for p, q in ratios if p >= 10 and q >= 10]
put("appeals.per_request_log_sd", np.std(some), f"us: appeals for each request processed, {len(some)} agencies with 10 appeals")
swing("requests", "requests.received")
swing("appeals", "appeals.received")
swing("decisions", "consultations.received")


def dm(counts, mean, s):
    a = s * mean
    n = counts.sum(axis=1)
    return np.sum(gammaln(s) - gammaln(s + n) + np.sum(gammaln(a + counts) - gammaln(a), axis=1))


def concentration(groups):
    """groups: list of (counts over years, mean of the group)."""
    f = lambda t: -sum(dm(c, m, math.exp(t)) for c, m in groups)
    return math.exp(minimize_scalar(f, bounds=(-3, 8), method="bounded").x)


def mixes(name, cells):
    parts = []
    for a in agencies:
        c = np.array([[us[a, y].get(k, 0) for k in cells] for y in YEARS if (a, y) in us], float)
        c = c[c.sum(axis=1) >= 10]
        if len(c) >= 3:
            parts.append(c)
    pool = np.mean([c.sum(axis=0) / c.sum() for c in parts], axis=0)
    pool = (pool + 1e-4) / np.sum(pool + 1e-4)
    shares = [(c.sum(axis=0) + pool) / (c.sum() + 1) for c in parts]
    put(f"{name}.within", concentration(list(zip(parts, shares))), f"us: Dirichlet concentration of an agency's years, {len(parts)} agencies")
    put(f"{name}.between", concentration([(c.sum(axis=0, keepdims=True), pool) for c in parts]), "us: Dirichlet concentration of agencies around the common mix")


d = sorted({c for v in us.values() for c in v if c.startswith("dispositions.") and not c.endswith("total")})
mixes("outcomes", d)
mixes("review", [f"appeal_dispositions.{k}" for k in ("affirmed", "partly_reversed", "reversed", "closed_other")])

# What the Chinese figures are. A share is the mean over reports, each smoothed by one request of the mean over all.
form = [r["cell"] for r in csv.DictReader(open(os.path.join(HERE, "../../../shared/forms/cells-2021.csv")))] if os.path.exists(
    os.path.join(HERE, "../../../shared/forms/cells-2021.csv")) else []


def shares(name, cells, older={}):
    table = []
    for report in cn.values():
        c = [report.get(k, report.get(older.get(k, ""), 0.0)) for k in cells]
        if sum(c) > 0:
            table.append(c)
    table = np.array(table)
    mean = (table.sum(axis=0) / table.sum() + np.mean(table / table.sum(axis=1, keepdims=True), axis=0)) / 2
    mean = (mean + 0.002) / np.sum(mean + 0.002)
    for cell, m in zip(cells, mean):
        put(f"{name}.{cell}", m, f"cn: {len(table)} reports, mean of the pooled share and of the reports' shares")
    return table, mean


outcomes = ["disclosed", "partly_disclosed", "refused.state_secret", "refused.prohibited_by_law", "refused.security_and_stability",
    "refused.third_party_rights", "refused.internal_affairs", "refused.deliberative_process", "refused.enforcement_file",
    "refused.administrative_inquiry", "unavailable.not_held", "unavailable.must_be_created", "unavailable.still_unclear",
    "not_processed.petition_or_complaint", "not_processed.repeated", "not_processed.public_publication", "not_processed.excessive",
    "not_processed.confirmation", "other.not_corrected_in_time", "other.fee_not_paid_in_time", "other.other"]
columns = ["natural_person", "commercial_enterprise", "research_institution", "public_welfare_organisation",
    "legal_service_organisation", "other_organisation"]
shares("outcome", [f"requests.{o}.total" for o in outcomes], {"requests.other.other.total": "requests.other.total"})
table, mean = shares("applicant", [f"requests.received.{c}" for c in columns])
put("applicants.between", concentration([(r[None, :], mean) for r in table]), f"cn: Dirichlet concentration of {len(table)} reports")
for kind in ["reconsideration", "direct_litigation", "litigation_after_reconsideration"]:
    shares("result", [f"review.{kind}.{c}" for c in ("upheld", "corrected", "other", "pending")])
    parts = sum(sum(r.get(f"review.{kind}.{c}", 0) for c in ("upheld", "corrected", "other", "pending")) for r in cn.values())
    handled = sum(r.get("requests.handled.total", 0) for r in cn.values())
    put(f"review.{kind}.per_handled", parts / handled, f"cn: {parts:.0f} of {handled:.0f}")
carried = sum(r.get("requests.carried_out.total", 0) for r in cn.values())
rates = [r.get("requests.carried_out.total", 0) / (r["requests.received.total"] + r.get("requests.carried_in.total", 0))
    for r in cn.values() if r.get("requests.received.total", 0) > 0]
put("carried_out.share", np.mean(rates), f"cn: mean of {len(rates)} reports")

zero = []
for r in cn.values():
    cells = [v for k, v in r.items() if k.split(".")[0] in ("requests", "review")]
    if len(cells) >= 170:
        zero.append(sum(v == 0 for v in cells) / len(cells))
put("zero_share", np.mean(zero), f"cn: tables three and four of {len(zero)} reports; calibrates level.median")

put("level.median", LEVEL_MEDIAN, "calibrated so that generated districts have zero_share (test `zeros_are_as_common_as_in_real_reports`)")

bodies = collections.defaultdict(list)
for name, r in cn.items():
    bodies[name.rsplit("-", 1)[0]].append(r)
for what, cell in [("licensing", "proactive.licensing.decisions"), ("penalties", "proactive.penalties.decisions"),
        ("coercion", "proactive.coercion.decisions"), ("fees", "proactive.fees.amount"), ("issued", "proactive.normative_documents.issued"),
        ("repealed", "proactive.normative_documents.repealed"), ("in_force", "proactive.normative_documents.in_force")]:
    means = [np.mean([r.get(cell, 0) for r in rs]) for rs in bodies.values()]
    some = [x for x in means if x > 0]
    put(f"{what}.any", (len(some) + 0.5) / (len(means) + 1), f"cn: {len(some)} of {len(means)} bodies")
    put(f"{what}.median", math.exp(np.mean(np.log(some))), f"cn: geometric mean of {len(some)} bodies")
