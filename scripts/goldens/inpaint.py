"""Golden values for biharmonic filling: what scikit-image says. Writes test/golden/shared/inpaint.json.

python3 -m venv venv && venv/bin/pip install scikit-image==0.26.0 pillow==13.0.0
venv/bin/python scripts/goldens/inpaint.py
"""
import json
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.restoration import inpaint_biharmonic

root = Path(__file__).resolve().parents[2]
photo = Image.open(root / "assets/samples/walrus.jpg").convert("RGB")
pixels = np.asarray(photo)[200:240, 300:348].astype(np.float64) / 255

masks = {}
hole = np.zeros(pixels.shape[:2], bool)
hole[8:20, 10:25] = True
hole[18:27, 20:33] = True
masks["hole"] = hole
edges = np.zeros_like(hole)
edges[0:6, 0:9] = True
edges[30:40, 40:48] = True
edges[39, 3:20] = True
masks["edges"] = edges
lines = np.zeros_like(hole)
lines[5:8, :] = True
lines[20, :] = True
lines[:, 30] = True
masks["lines"] = lines

cases = []
for name, mask in masks.items():
    filled = inpaint_biharmonic(np.where(mask[..., None], 0, pixels), mask, channel_axis=-1)
    cases.append(dict(name=name, missing=np.flatnonzero(mask).tolist(),
                      filled=np.round(filled[mask], 6).ravel().tolist()))
(root / "test/golden/shared/inpaint.json").write_text(json.dumps(dict(
    width=48, height=40, pixels=np.round(pixels * 255).astype(int).ravel().tolist(), cases=cases)) + "\n")
