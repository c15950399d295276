"""BM3D (colour) as a process: reads jobs as lines of JSON {noisy, out, width, height, sigma}, float32 files, answers {seconds}."""
import json
import sys
import time

import numpy as np
from bm3d import bm3d_rgb

for line in sys.stdin:
    job = json.loads(line)
    noisy = np.fromfile(job["noisy"], np.float32).reshape(job["height"], job["width"], 3)
    started = time.perf_counter()
    clean = bm3d_rgb(noisy.astype(np.float64), job["sigma"])
    seconds = time.perf_counter() - started
    clean.astype(np.float32).tofile(job["out"])
    print(json.dumps({"seconds": seconds}), flush=True)
