"""The rivals of search.mjs: one of them, one JSON line. The file holds raw little-endian floats, row after row.

search.py numpy ROWS DIMS TOP BATCH REPEATS FILE    products by BLAS, argpartition, sort
search.py faiss ROWS DIMS TOP BATCH REPEATS FILE    IndexFlatIP (PyPI: faiss-cpu)

The first REPEATS + BATCH rows are left out of the search: they are the queries. Seconds are those of searching, memory is that
of the process, `nearest` are the rows of the first query.
"""
import json
import resource
import sys
import time

import numpy as np


def main(who, rows, dims, top, batch, repeats, path):
    x = np.fromfile(path, dtype="<f4").reshape(rows, dims)
    queries, x = x[: batch + repeats], x[batch + repeats :]
    if who == "faiss":
        import faiss

        faiss.omp_set_num_threads(2)
        index = faiss.IndexFlatIP(dims)
        index.add(x)
        version = faiss.__version__
        search = lambda q: index.search(q, top)[1]
    else:
        version = np.__version__

        def search(q):
            scores = x @ q[0] if len(q) == 1 else q @ x.T
            scores = scores.reshape(len(q), -1)
            best = np.argpartition(scores, -top, axis=1)[:, -top:]
            order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
            return np.take_along_axis(best, order, axis=1)

    def timed(q):
        began, cpu = time.perf_counter(), time.process_time()
        found = search(q)
        return found, time.perf_counter() - began, time.process_time() - cpu

    timed(queries[:1])
    ones = [timed(queries[k : k + 1]) for k in range(repeats)]
    timed(queries[:batch])
    batches = [timed(queries[:batch]) for _ in range(5)]
    median = lambda runs, at: 1000 * sorted(run[at] for run in runs)[len(runs) // 2]
    print(
        json.dumps(
            {
                "who": f"{who} {version}",
                "oneMs": median(ones, 1),
                "oneCpuMs": median(ones, 2),
                "batchMs": median(batches, 1) / batch,
                "batchCpuMs": median(batches, 2) / batch,
                "rssMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "nearest": ones[0][0][0].tolist(),
            }
        )
    )


main(sys.argv[1], *map(int, sys.argv[2:7]), sys.argv[7])
