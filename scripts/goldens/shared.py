"""Golden values for shared/: what independent implementations say. Writes test/golden/shared.

python3 -m venv venv && venv/bin/pip install scikit-image==0.26.0 PyWavelets==1.9.0 pillow==13.0.0 mmh3==5.3.1 tensorflow-cpu==2.21.0
venv/bin/python scripts/goldens/shared.py
"""
import io
import json
import struct
from pathlib import Path

import mmh3
import numpy as np
import pywt
import scipy
import skimage
import tensorflow as tf
from PIL import Image
from scipy import fft, ndimage, signal, stats
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity
from skimage.restoration import estimate_sigma

root = Path(__file__).resolve().parents[2]
out = root / "test/golden/shared"
out.mkdir(parents=True, exist_ok=True)


def save(name, values):
    (out / f"{name}.json").write_text(json.dumps(values) + "\n")


def crop(name, left, top, width, height):
    """A piece of a sample photo, as bytes, height x width x 3; written as <width>x<height>.bin."""
    photo = Image.open(root / "assets/samples" / name).convert("RGB")
    pixels = np.asarray(photo)[top : top + height, left : left + width]
    (out / f"{width}x{height}.bin").write_bytes(pixels.tobytes())
    return pixels


def disturbed(pixels):
    """The same formula as in the tests: each byte moved by -20 to 20, clipped."""
    moves = (np.arange(pixels.size).reshape(pixels.shape) * 7919) % 41 - 20
    return np.clip(pixels.astype(int) + moves, 0, 255).astype(np.uint8)


def similarity(a, b):
    ssim = structural_similarity(
        a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1,
        channel_axis=2 if a.ndim == 3 else None,
    )
    return {"mse": mean_squared_error(a, b), "psnr": peak_signal_noise_ratio(a, b, data_range=1), "ssim": ssim}


def immerkaer(plane):
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]])
    response = np.abs(signal.convolve2d(plane, kernel, mode="valid"))
    return 255 * np.sqrt(np.pi / 2) * response.mean() / 6


def levels(image):
    planes = [image[:, :, c] for c in range(3)]
    halves = [tf.nn.avg_pool2d(p[None, :, :, None], 2, 2, "SAME").numpy()[0, :, :, 0] for p in planes]
    return {
        "immerkaer": [immerkaer(p) for p in planes],
        "mad": [255 * s for s in estimate_sigma(image, channel_axis=2)],
        "madAverage": 255 * estimate_sigma(image, channel_axis=2, average_sigmas=True),
        "madHalf": [255 * estimate_sigma(h) for h in halves],
    }


def malvar(samples):
    """Malvar, He, Cutler (2004), figure 2, pattern RGGB."""
    green = np.array([[0, 0, -1, 0, 0], [0, 0, 2, 0, 0], [-1, 2, 4, 2, -1], [0, 0, 2, 0, 0], [0, 0, -1, 0, 0]]) / 8
    row = np.array([[0, 0, 0.5, 0, 0], [0, -1, 0, -1, 0], [-1, 4, 5, 4, -1], [0, -1, 0, -1, 0], [0, 0, 0.5, 0, 0]]) / 8
    cross = np.array([[0, 0, -1.5, 0, 0], [0, 2, 0, 2, 0], [-1.5, 0, 6, 0, -1.5], [0, 2, 0, 2, 0], [0, 0, -1.5, 0, 0]]) / 8
    g, h, v, x = (ndimage.correlate(samples, k, mode="mirror") for k in (green, row, row.T, cross))
    return choose(samples, g, h, v, x)


def bilinear(samples):
    plus = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / 4
    side = np.array([[0, 0, 0], [1, 0, 1], [0, 0, 0]]) / 2
    diagonal = np.array([[1, 0, 1], [0, 0, 0], [1, 0, 1]]) / 4
    g, h, v, x = (ndimage.correlate(samples, k, mode="mirror") for k in (plus, side, side.T, diagonal))
    return choose(samples, g, h, v, x)


def choose(samples, g, h, v, x):
    y, c = np.indices(samples.shape)
    at_red, at_blue = (y % 2 == 0) & (c % 2 == 0), (y % 2 == 1) & (c % 2 == 1)
    at_green, red_row = ~(at_red | at_blue), y % 2 == 0
    red = np.where(at_red, samples, np.where(at_blue, x, np.where(red_row, h, v)))
    blue = np.where(at_blue, samples, np.where(at_red, x, np.where(red_row, v, h)))
    return np.stack([red, np.where(at_green, samples, g), blue], axis=2)


def jpeg(pixels, name, quality, subsampling):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=subsampling)
    (out / f"{name}.bin").write_bytes(np.asarray(Image.open(file)).tobytes())


small = crop("walrus.jpg", 500, 300, 91, 67)
large = crop("lake.jpg", 380, 320, 177, 163)
as_float = lambda pixels: pixels.astype(np.float64) / 255

metrics = {"versions": {"scikit-image": skimage.__version__, "tensorflow": tf.__version__}}
for name, pixels in {"91x67": small, "177x163": large}.items():
    a, b = as_float(pixels), as_float(disturbed(pixels))
    metrics[name] = {"colour": similarity(a, b), "green": similarity(a[:, :, 1], b[:, :, 1]), "levels": levels(b)}
    if name == "177x163":
        metrics[name]["msSsim"] = float(tf.image.ssim_multiscale(tf.constant(a), tf.constant(b), 1.0))
save("metrics", metrics)

jpeg(small, "jpeg-420-30", 30, 2)
jpeg(small, "jpeg-444-80", 80, 0)
jpeg(small[:, :, 1], "jpeg-grey-60", 60, -1)

numbers = np.random.default_rng(7)
plane = numbers.uniform(size=(12, 15)).astype(np.float32).astype(np.float64)
block = numbers.normal(size=(8, 8))
light = np.concatenate([np.linspace(-0.2, 1.5, 35), [0.0031308, 0.0031309, 0.001]])
code = np.concatenate([np.linspace(-0.2, 1.5, 35), [0.04045, 0.040451, 0.01]])
points = np.concatenate([numbers.uniform(1e-9, 30, 40), 10.0 ** np.arange(-300, 301, 50)])
seeds = [[0], [1], [-1], [7, 2], [2**40 + 5, -3, 12], [1, 2, 3, 4, 5]]
save("maths", {
    "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "pywt": pywt.__version__},
    "points": points.tolist(), "ln": np.log(points).tolist(),
    "exponents": np.linspace(-740, 700, 37).tolist(), "exp": np.exp(np.linspace(-740, 700, 37)).tolist(),
    "counts": [0, 1, 2, 15, 16, 17, 100, 12345],
    "lnFactorial": [float(scipy.special.gammaln(n + 1)) for n in (0, 1, 2, 15, 16, 17, 100, 12345)],
    "light": light.tolist(),
    "encoded": np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055).tolist(),
    "code": code.tolist(),
    "decoded": np.where(code <= 0.04045, code / 12.92, ((np.maximum(code, 0) + 0.055) / 1.055) ** 2.4).tolist(),
    "plane": {"width": 15, "height": 12, "values": plane.ravel().tolist()},
    "blurred": ndimage.gaussian_filter(plane, 1.3, mode="wrap", radius=4).ravel().tolist(),
    "bilinear": bilinear(plane).ravel().tolist(), "malvar": malvar(plane).ravel().tolist(),
    "block": block.ravel().tolist(), "dct": fft.dctn(block, norm="ortho").ravel().tolist(),
})
edges = np.arange(-4, 4.01, 0.25)
save("random", {
    "seeds": seeds,
    "murmur": [list(struct.unpack("<4I", mmh3.hash_bytes(struct.pack(f"<{len(s)}q", *s), 0, False))) for s in seeds],
    "normalEdges": edges.tolist(), "normalShares": np.diff(stats.norm.cdf(np.r_[-np.inf, edges, np.inf])).tolist(),
    "poisson": {str(m): stats.poisson.pmf(np.arange(0, int(m + 8 * m**0.5 + 12)), m).tolist() for m in (0.3, 4, 9.9, 12, 60)},
})
