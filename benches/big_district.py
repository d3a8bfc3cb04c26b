"""A made-up district of any size as normalised cells, with its registry and pipeline: what publishing is timed on.

    python3 benches/big_district.py OUT [--agencies 100] [--years 10] [--seed 1] [--charts FOLDER]

writes OUT/cells-<year>.csv, OUT/agencies.csv, OUT/pipeline.toml; `nianbao run OUT/pipeline.toml` publishes OUT/out/<last year>.
Reports are consistent (every identity and chain holds) but for one wrong cell in one report of ten, two agencies that have
not reported in the last year, and agencies that leave the applicants' columns blank. The first two years are of the 2019
form. Standard library only; the same seed gives the same bytes.
"""
import argparse, csv, pathlib, random

FORMS = pathlib.Path(__file__).resolve().parent.parent / "crates/form/forms"
COLUMNS = ["natural_person", "commercial_enterprise", "research_institution", "public_welfare_organisation",
           "legal_service_organisation", "other_organisation"]
OUTCOMES = """disclosed partly_disclosed refused.state_secret refused.prohibited_by_law refused.security_and_stability
refused.third_party_rights refused.internal_affairs refused.deliberative_process refused.enforcement_file
refused.administrative_inquiry unavailable.not_held unavailable.must_be_created unavailable.still_unclear
not_processed.petition_or_complaint not_processed.repeated not_processed.public_publication not_processed.excessive
not_processed.confirmation""".split()
OTHER = {2019: ["other"], 2021: ["other.not_corrected_in_time", "other.fee_not_paid_in_time", "other.other"]}
WEIGHTS = [50, 10, .2, .5, .3, 1.5, 3, 1, 1, 2, 20, 3, 2, 2, 1, .5, .3, .7, 1, .2, 1.5]
REVIEWS = ["reconsideration", "direct_litigation", "litigation_after_reconsideration"]
BUREAUS = """发展和改革 教育 科技和工业信息化 民族宗教事务 公安 民政 司法 财政 人力资源和社会保障 自然资源 生态环境 住房和城乡建设 交通运输 水务 农业农村
商务 文化和旅游 卫生健康 退役军人事务 应急管理 审计 国有资产监督管理 市场监督管理 体育 统计 医疗保障 信访 行政审批服务 城市管理 林业 地方金融监督管理
乡村振兴 机关事务管理 投资促进 政务服务数据管理 档案 粮食和物资储备 园林绿化 人民防空 供销合作""".split()
PLACES = "东湖 西山 南岗 北苑 青石 望江 柳林 白沙 红旗 新华 朝阳 解放 桥头 龙泉 梅岭 桃源 凤凰 马鞍 石门 清河 双桥 永安 平安 兴隆 古城 金星 银杏 松林 竹园 花桥".split()


def name(i):
    if i < len(BUREAUS):
        return f"临江区{BUREAUS[i]}局", "bureau"
    j = i - len(BUREAUS)
    place = PLACES[j % len(PLACES)] + ["", "东", "西", "南"][j // len(PLACES) % 4]
    return (f"临江区{place}街道办事处", "sub-district") if j % 3 else (f"临江区{place}镇人民政府", "town")


def spread(dice, total, weights):
    parts = [0] * len(weights)
    for pick in dice.choices(range(len(weights)), weights, k=total):
        parts[pick] += 1
    return parts


def agency(dice, years):
    """The figures of one agency, year by year, as {cell: value}."""
    level = dice.lognormvariate(2.5, 1.2)
    carried = [0] * 6
    stock = {"rules": 0, "normative_documents": dice.randrange(40)}
    decisions = {k: dice.lognormvariate(4, 2) if dice.random() < .5 else 0 for k in ("licensing", "penalties", "coercion")}
    fees = dice.lognormvariate(5, 2) if dice.random() < .4 else 0
    items = {k: dice.randrange(60) for k in ("licensing", "other_services", "penalties", "coercion", "fees")}
    out = []
    for year in years:
        old = year < 2021
        cells = {}
        level *= dice.lognormvariate(.03, .25)
        received = spread(dice, min(int(level), 4000), [80, 9, .5, 1, 6, 3.5])
        handled = [max(0, r + c - int(dice.random() < .25)) if r + c else 0 for r, c in zip(received, carried)]
        onward = [r + c - h for r, c, h in zip(received, carried, handled)]
        rows = {"received": received, "carried_in": carried, "handled": handled, "carried_out": onward}
        names = OUTCOMES + OTHER[2019 if old else 2021]
        weights = WEIGHTS[:18] + ([2.7] if old else WEIGHTS[18:])
        by_column = [spread(dice, h, weights) for h in handled]
        for n, outcome in enumerate(names):
            rows[outcome] = [column[n] for column in by_column]
        for row, values in rows.items():
            for column, value in zip(COLUMNS, values):
                cells[f"requests.{row}.{column}"] = value
            cells[f"requests.{row}.total"] = sum(values)
        carried = onward
        for review in REVIEWS:
            parts = [int(dice.random() < level / 400) * dice.randrange(1, 4) for _ in range(4)]
            for part, value in zip(["upheld", "corrected", "other", "pending"], parts):
                cells[f"review.{review}.{part}"] = value
            cells[f"review.{review}.total"] = sum(parts)
        for kind in stock:
            made = dice.randrange(4) if kind == "normative_documents" else 0
            gone = dice.randrange(min(3, stock[kind] + 1))
            stock[kind] += made if old else made - gone
            if old:
                cells |= {f"proactive.{kind}.made": made, f"proactive.{kind}.published": made,
                          f"proactive.{kind}.published_total": stock[kind]}
            else:
                cells |= {f"proactive.{kind}.issued": made, f"proactive.{kind}.repealed": gone,
                          f"proactive.{kind}.in_force": stock[kind]}
        for kind, rate in decisions.items():
            cells[f"proactive.{kind}.decisions"] = int(rate * dice.lognormvariate(0, .2))
        if old:
            for kind in items:
                change = dice.randrange(-2, 3)
                cells[f"proactive.{kind}.items_last_year"] = items[kind]
                cells[f"proactive.{kind}.items_change"] = change
                items[kind] = max(items[kind] + change, 0)
            cells["proactive.other_services.decisions"] = dice.randrange(500)
            cells |= {"proactive.procurement.projects": dice.randrange(20),
                      "proactive.procurement.amount": f"{dice.lognormvariate(4, 1):.2f}"}
        else:
            cells["proactive.fees.amount"] = f"{fees * dice.lognormvariate(0, .1):.6f}".rstrip("0").rstrip(".")
        out.append((year, cells))
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--agencies", type=int, default=100)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--charts", default=str(FORMS.parent.parent.parent / "charts"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    years = range(2019, 2019 + args.years)
    files = {y: csv.writer((args.out / f"cells-{y}.csv").open("w", newline="", encoding="utf-8")) for y in years}
    for writer in files.values():
        writer.writerow(["agency", "year", "cell", "value", "state", "form", "raw", "place", "agency_id", "report"])
    with (args.out / "agencies.csv").open("w", newline="", encoding="utf-8") as f:
        registry = csv.writer(f)
        registry.writerow("agency_id,agency,kind,parent,aliases,from,to,successor,reports".split(","))
        registry.writerow(["LJ", "临江区人民政府", "district", "", "", "", "", "", "compiled"])
        for i in range(args.agencies):
            who, kind = name(i)
            registry.writerow([f"LJ-{i:03}", who, kind, "LJ", "", "", "", "", "own"])
            dice = random.Random(args.seed * 1_000_003 + i)
            totals_only = dice.random() < .15
            for year, cells in agency(dice, years):
                if year == years[-1] and i % 61 == 60:
                    continue
                if dice.random() < .1:
                    wrong = dice.choice([c for c in cells if c.startswith("requests.") and c.endswith("natural_person")])
                    cells[wrong] += dice.choice([1, 2, 9, 10])
                for n, (cell, value) in enumerate(cells.items()):
                    blank = totals_only and cell.startswith("requests.") and not cell.endswith("total")
                    value = "" if blank else value
                    place = f"table {1 + n // 70}, row {2 + n % 70 // 7}, column {1 + n % 7}"
                    files[year].writerow([who, year, cell, value, "blank" if blank else "number", 2019 if year < 2021 else 2021,
                                          value, place, f"LJ-{i:03}", f"{year}/{who}{year}年政府信息公开工作年度报告.docx"])
    (args.out / "pipeline.toml").write_text(
        f'charts = ["{args.charts}/*.toml"]\n\n[input]\nreports = ["cells-*.csv"]\nregistry = "agencies.csv"\n\n[output]\ndir = "out"\n\n'
        '[notices]\nseverities = ["error", "warning"]\nanswer_by = "2月28日"\nfrom = "临江区政务公开领导小组办公室"\n\n[report]\ngroup = "LJ"\n',
        encoding="utf-8")


main()
