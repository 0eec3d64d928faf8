# Writes pot-values.json: transport problems solved by POT (https://pythonot.github.io), with all potentials and masses.
# Run: /usr/bin/python3 test/transport/pot-values.py > test/transport/pot-values.json
# Versions that wrote it are in its header. Costs are Sum_k ((x_k - y_k)/s_k)^2; epsilons are ratios of the mean cost.
import json
import sys

import numpy as np
import ot

random = np.random.default_rng(20260202)


def balanced(a, b, cost, epsilon):
    """P = diag(u) exp(-C/epsilon) diag(v), so that f = epsilon log(u/a): POT's reference is not a x b."""
    plan, log = ot.sinkhorn(a, b, cost, epsilon, method="sinkhorn_log", numItermax=500000, stopThr=1e-12, log=True)
    f, g = epsilon * (log["log_u"] - np.log(a)), epsilon * (log["log_v"] - np.log(b))
    mean = a @ f
    return {
        "epsilon": epsilon,
        "value": float((plan * cost).sum()),
        "dual": float(a @ f + b @ g),
        "f": (f - mean).tolist(),
        "g": (g + mean).tolist(),
    }


def unbalanced(a, b, cost, epsilon, rho):
    """
    POT's entropy is that of P alone, Sum P log P - P. KL(P | a x b) is the same with epsilon log(a b) taken off the cost, and
    then f = epsilon log u.
    """
    shifted = cost - epsilon * (np.log(a)[:, None] + np.log(b)[None, :])
    plan, log = ot.unbalanced.sinkhorn_unbalanced(
        a, b, shifted, epsilon, rho, method="sinkhorn", numItermax=500000, stopThr=1e-14, log=True
    )
    return {
        "epsilon": epsilon,
        "rho": rho,
        "value": float((plan * cost).sum()),
        "rowMasses": plan.sum(1).tolist(),
        "columnMasses": plan.sum(0).tolist(),
        "f": (epsilon * log["logu"]).tolist(),
        "g": (epsilon * log["logv"]).tolist(),
    }


def problem(n, m, d, equal, ties=False):
    x, y = random.normal(size=(n, d)), random.normal(size=(m, d)) * 1.2 + 0.5
    x, y = (x.round(0), y.round(0)) if ties else (x.round(3), y.round(3))
    a, b = (np.ones(size, dtype=int) if equal else random.integers(1, 30, size=size) for size in (n, m))
    scale = random.uniform(0.5, 2, size=d).round(2)
    cost = ot.dist(x / scale, y / scale, metric="sqeuclidean")
    masses = a / a.sum(), b / b.sum()
    given = {"dimensions": d, "scale": scale.tolist(), "x": x.ravel().tolist(), "y": y.ravel().tolist()}
    exact = float(ot.emd2(*masses, cost, numItermax=1000000))
    return {**given, "a": a.tolist(), "b": b.tolist(), "exact": exact}, masses, cost


problems = []
for n, m, d, equal, ties in [
    (1, 7, 2, False, False),
    (9, 9, 1, True, False),
    (14, 8, 2, False, True),
    (12, 15, 3, False, False),
    (16, 16, 5, True, False),
    (10, 18, 6, False, False),
]:
    given, (a, b), cost = problem(n, m, d, equal, ties)
    mean = float(a @ cost @ b)
    given["balanced"] = [balanced(a, b, cost, round(ratio * mean, 6)) for ratio in (0.02, 0.1, 0.5, 2)]
    given["unbalanced"] = [
        unbalanced(a, b, cost, round(ratio * mean, 6), rho) for ratio, rho in ((0.1, 0.3), (0.5, 4.0))
    ]
    problems.append(given)
# The exact value alone, of more points.
for n, m, d, equal in [(120, 90, 3, False), (100, 100, 4, True), (80, 120, 1, True)]:
    problems.append({**problem(n, m, d, equal)[0], "balanced": [], "unbalanced": []})

header = {
    "script": "test/transport/pot-values.py",
    "command": "/usr/bin/python3 test/transport/pot-values.py > test/transport/pot-values.json",
    "versions": f"POT {ot.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}",
}


def short(value):
    """Twelve digits are more than the iterations give."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {name: short(part) for name, part in value.items()}
    return [short(part) for part in value] if isinstance(value, list) else value


print(json.dumps(short({"header": header, "problems": problems})))
