# Writes reference-values.json: small random problems solved by POT (https://pythonot.github.io), version 0.8.2.
# Run: /usr/bin/python3 test/transport/reference-values.py > test/transport/reference-values.json
import json
import numpy as np
import ot

random = np.random.default_rng(20260101)
problems = []
for k in range(20):
    n, m, d = int(random.integers(2, 13)), int(random.integers(2, 13)), int(random.integers(1, 5))
    x, y = random.normal(size=(n, d)).round(4), (random.normal(size=(m, d)) + 0.5).round(4)
    a, b = random.integers(1, 9, size=n), random.integers(1, 9, size=m)
    masses_a, masses_b = a / a.sum(), b / b.sum()
    cost = ot.dist(x, y, metric="sqeuclidean")
    epsilon = float(round(float(random.choice([0.05, 0.2, 1.0])) * float(masses_a @ cost @ masses_b), 6))
    plan, log = ot.sinkhorn(
        masses_a, masses_b, cost, epsilon, method="sinkhorn_log", numItermax=200000, stopThr=1e-13, log=True
    )
    rho = float([0.1, 1.0, 10.0][k % 3])
    unbalanced = None
    if k < 6:
        # KL to a b', which POT calls reg_type='kl' in later versions: here by hand, iterated to the end.
        kernel = np.exp(-cost / epsilon)
        u, v, power = np.ones(n), np.ones(m), rho / (rho + epsilon)
        for _ in range(200000):
            u = (1 / (kernel @ (masses_b * v))) ** power
            v = (1 / (kernel.T @ (masses_a * u))) ** power
        p = (masses_a * u)[:, None] * kernel * (masses_b * v)[None, :]
        unbalanced = {"rho": rho, "rowMasses": p.sum(1).tolist(), "value": float((p * cost).sum())}
    problems.append(
        {
            "dimensions": d,
            "x": x.ravel().tolist(),
            "y": y.ravel().tolist(),
            "a": a.tolist(),
            "b": b.tolist(),
            "epsilon": epsilon,
            "value": float((plan * cost).sum()),
            "firstRow": plan[0].tolist(),
            "exact": float(ot.emd2(masses_a, masses_b, cost)),
            **({"unbalanced": unbalanced} if unbalanced else {}),
        }
    )
print("[")
print(",\n".join(json.dumps(problem) for problem in problems))
print("]")
