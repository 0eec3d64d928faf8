"""The rivals of versus.mjs in Python: one job, one JSON line. Files are raw little-endian doubles, row after row.

versus.py versions                            what there is
versus.py sinkhorn X Y DIMS RATIO TOLERANCE   POT, matrix scaling; epsilon = RATIO x mean cost
versus.py sliced   X Y DIMS PROJECTIONS       POT
versus.py kde      X Y DIMS BANDWIDTH         scikit-learn

Seconds and memory are those of the job, without starting, reading and judging the result.
"""
import importlib
import json
import resource
import sys
import time
import warnings


def versions():
    """Of what can be imported, by the name that it is known by."""
    found = {}
    for name, module in (("NumPy", "numpy"), ("POT", "ot"), ("scikit-learn", "sklearn")):
        try:
            found[name] = importlib.import_module(module).__version__
        except ImportError:
            pass
    try:
        from threadpoolctl import threadpool_info

        blas = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
        found["BLAS"] = ", ".join(f"{p['internal_api']} {p['version']}, {p['num_threads']} threads" for p in blas)
    except ImportError:
        pass
    return found


def sinkhorn(x, y, ratio, tolerance):
    import numpy as np
    import ot

    def work():
        n, m = len(x), len(y)
        a, b = np.full(n, 1 / n), np.full(m, 1 / m)
        cost = ot.dist(x, y)
        # POT stops at an L2 norm; this one stands for the L1 error that is asked for.
        stop = float(tolerance) * 1.25 / np.sqrt(m)
        plan = ot.sinkhorn(a, b, cost, float(ratio) * cost.mean(), numItermax=20000, stopThr=stop)
        return a, b, cost, plan

    def judge(found):
        a, b, cost, plan = found
        error = float(np.abs(plan.sum(0) - b).sum() + np.abs(plan.sum(1) - a).sum())
        return {"value": float(np.einsum("ij,ij->", plan, cost)), "error": error}

    return work, judge


def sliced(x, y, projections):
    import ot

    return lambda: ot.sliced_wasserstein_distance(x, y, n_projections=int(projections), seed=1), valued


def kde(x, y, bandwidth):
    from sklearn.neighbors import KernelDensity

    return lambda: KernelDensity(bandwidth=float(bandwidth)).fit(y).score_samples(x).mean(), valued


def valued(found):
    return {"value": float(found)}


def main(job, *given):
    if job == "versions":
        return versions()
    import numpy as np

    source, target, dims, *rest = given
    x, y = (np.fromfile(path, dtype="<f8").reshape(-1, int(dims)) for path in (source, target))
    work, judge = {"sinkhorn": sinkhorn, "sliced": sliced, "kde": kde}[job](x, y, *rest)
    began, used = time.perf_counter(), time.process_time()
    found = work()
    seconds = {"wallSeconds": time.perf_counter() - began, "cpuSeconds": time.process_time() - used}
    # Linux counts KiB, macOS bytes.
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return {**seconds, "rssMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, **judge(found)}


warnings.filterwarnings("ignore")
print(json.dumps(main(*sys.argv[1:])))
