"""The rivals of versus.mjs: one job, one JSON line. Files are raw little-endian doubles, row after row.

versus.py sinkhorn X Y DIMS RATIO TOLERANCE   POT, matrix scaling; epsilon = RATIO x mean cost
versus.py sliced   X Y DIMS PROJECTIONS       POT
versus.py kde      X Y DIMS BANDWIDTH         scikit-learn
"""
import json
import resource
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
job, source, target, dims, *rest = sys.argv[1:]
x, y = (np.fromfile(path, dtype="<f8").reshape(-1, int(dims)) for path in (source, target))
n, m = len(x), len(y)
began, used = time.perf_counter(), time.process_time()
if job == "sinkhorn":
    import ot

    ratio, tolerance = map(float, rest)
    a, b = np.full(n, 1 / n), np.full(m, 1 / m)
    cost = ot.dist(x, y)
    # POT stops at an L2 norm; this one stands for the L1 error that is asked for.
    stop = tolerance * 1.25 / np.sqrt(m)
    plan = ot.sinkhorn(a, b, cost, ratio * cost.mean(), numItermax=20000, stopThr=stop)
    error = float(np.abs(plan.sum(0) - b).sum() + np.abs(plan.sum(1) - a).sum())
    found = {"value": float((plan * cost).sum()), "error": error}
elif job == "sliced":
    import ot

    found = {"value": float(ot.sliced_wasserstein_distance(x, y, n_projections=int(rest[0]), seed=1))}
elif job == "kde":
    from sklearn.neighbors import KernelDensity

    density = KernelDensity(bandwidth=float(rest[0])).fit(y)
    found = {"value": float(density.score_samples(x).mean())}
else:
    sys.exit(f"unknown job {job}")
print(
    json.dumps(
        {
            "wallSeconds": time.perf_counter() - began,
            "cpuSeconds": time.process_time() - used,
            "rssMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            **found,
        }
    )
)
