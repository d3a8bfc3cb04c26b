"""Copied narratives by MinHash LSH of PyPI, on the texts that our example writes:

    cargo run --release -p nianbao-screen --example copied -- 10000 --dump /tmp/narratives.tsv
    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install datasketch rensa
    /tmp/peers/bin/python benches/copied_peers.py /tmp/narratives.tsv [how many]

5-character shingles without digits and punctuation; 128 permutations in 32 bands of 4 rows, as the tools' documentation
uses them. Recall is counted per degree of editing; CPU seconds, one thread.
"""
import re
import sys
import time

lines = [line.rstrip("\n").split("\t") for line in open(sys.argv[1], encoding="utf-8")]
lines = lines[: int(sys.argv[2])] if len(sys.argv) > 2 else lines
texts = [re.sub(r"[\W\d_]+", "", text) for _, _, text in lines]
planted = {(i, int(s)): d for i, (s, d, _) in enumerate(lines) if s and int(s) < len(lines)}


def shingles(text):
    return {text[i : i + 5] for i in range(len(text) - 4)}


def contained(a, b):
    a, b = shingles(texts[a]), shingles(texts[b])
    return len(a & b) / max(1, min(len(a), len(b)))


def tell(name, seconds, pairs):
    recall = {}
    for (a, b), degree in planted.items():
        if contained(a, b) >= 0.6:
            recall.setdefault(degree, []).append((a, b) in pairs or (b, a) in pairs)
    told = ", ".join(f"{float(d):.0%} edited {sum(f)}/{len(f)}" for d, f in sorted(recall.items()))
    known = {frozenset(p) for p in planted}
    wrong = sum(frozenset(p) not in known for p in pairs)
    print(f"{name}: {len(texts) / seconds:,.0f} narratives a second; {told}; {wrong} pairs that nobody planted")


def datasketch():
    from datasketch import MinHash, MinHashLSH

    lsh, pairs = MinHashLSH(num_perm=128, params=(32, 4)), set()
    for i, text in enumerate(texts):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([s.encode() for s in shingles(text)])
        pairs.update((i, other) for other in lsh.query(sketch))
        lsh.insert(i, sketch)
    return pairs


def rensa():
    from rensa import RMinHash, RMinHashLSH

    lsh, pairs = RMinHashLSH(threshold=0.4, num_perm=128, num_bands=32), set()
    for i, text in enumerate(texts):
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update(list(shingles(text)))
        pairs.update((i, other) for other in lsh.query(sketch))
        lsh.insert(i, sketch)
    return pairs


for method in (datasketch, rensa):
    start = time.process_time()
    try:
        pairs = method()
    except ImportError as error:
        print(f"{method.__name__}: not measured, {error}")
        continue
    tell(method.__name__, time.process_time() - start, {p for p in pairs if p[0] != p[1]})
