"""Golden values for main/training/optimizers (Keras) and main/models/dense (NumPy, float64). Writes test/golden/training.

python3 -m venv venv && venv/bin/pip install tensorflow-cpu==2.21.0 keras==3.15.1
venv/bin/python scripts/goldens/training.py
"""
import json
from pathlib import Path

import keras
import numpy as np

out = Path(__file__).resolve().parents[2] / "test/golden/training"
out.mkdir(parents=True, exist_ok=True)


def save(name, values):
    (out / f"{name}.json").write_text(json.dumps(values) + "\n")


def formula(shape, seed):
    """The same formula as in the tests: values in -0.5 to 0.5 without pattern, exact in float32 up to rounding."""
    i = np.arange(np.prod(shape), dtype=np.int64)
    return (((i * i * 31 + i * 7919 + seed * 104729) % 1009) / 1009 - 0.5).reshape(shape)


# Optimizers: five updates with given gradients and rates.

steps, rate, decay = 5, 0.01, 0.1


def updated(optimizer, shape, weight_decays):
    optimizer.weight_decay = decay if weight_decays else None
    weight = keras.Variable(formula(shape, 0).astype("float32"))
    optimizer.build([weight])
    for t in range(1, steps + 1):
        optimizer.apply([keras.ops.convert_to_tensor(formula(shape, t).astype("float32"))], [weight])
    return [float(f"{x:.8g}") for x in weight.numpy().ravel()]


def all_updated(make, shape):
    return {"plain": updated(make(), shape, False), "decayed": updated(make(), shape, True)}


save(
    "optimizers",
    {
        "sgd": all_updated(lambda: keras.optimizers.SGD(rate), (3, 4)),
        "momentum": all_updated(lambda: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True), (3, 4)),
        # Keras adds epsilon under the square root: (1e-7)^2 there is 1e-7 outside where the root is far larger.
        "rmsprop": all_updated(lambda: keras.optimizers.RMSprop(rate, rho=0.9, epsilon=1e-14), (3, 4)),
        "adam": all_updated(lambda: keras.optimizers.Adam(rate, beta_2=0.99, epsilon=1e-8), (3, 4)),
        # A convolution's weights (3, 3, 4, 32) and (1, 1, 32, 40) as the matrices that Muon works on.
        "muonTall": all_updated(lambda: keras.optimizers.Muon(rate), (36, 32)),
        "muonWide": all_updated(lambda: keras.optimizers.Muon(rate), (32, 40)),
    },
)


# The dense network 6-5-4-3-4-5-6 on 7 samples.

widths = [6, 5, 4, 3, 4, 5, 6]
names = ["encoder.0", "encoder.1", "encoder.2", "decoder.0", "decoder.1", "decoder.2"]
activations = {
    "relu": lambda x: np.maximum(x, 0),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}
x = formula((7, 6), 100) + 0.5
# Inverted dropout of a quarter, in the order of the hidden layers.
masks = [np.where(formula((7, width), 200 + k) < -0.25, 0, 1 / 0.75) for k, width in enumerate([5, 4, 4, 5])]


def weights():
    return {
        name: (3 * formula((widths[k + 1], widths[k]), k), formula((widths[k + 1],), 50 + k))
        for k, name in enumerate(names)
    }


def forward(w, activation, dropout):
    h, code, hidden = x, None, 0
    for name in names:
        matrix, bias = w[name]
        h = h @ matrix.T + bias
        if name == "encoder.2":
            code = h
        elif name != "decoder.2":
            h = activations[activation](h)
            if dropout:
                h = h * masks[hidden]
            hidden += 1
    return code, h


def loss_of(w, activation, loss, l1, dropout):
    code, logits = forward(w, activation, dropout)
    y = 1 / (1 + np.exp(-logits))
    mse = np.mean((y - x) ** 2)
    bce = -np.mean(x * np.log(y) + (1 - x) * np.log(1 - y))
    return {"mse": mse, "bce": bce}[loss] + l1 * np.mean(np.abs(code))


def derivative(name, part, place, **settings):
    """By central differences."""
    values = []
    for step in (1e-5, -1e-5):
        w = weights()
        w[name][part][place] += step
        values.append(loss_of(w, **settings))
    return (values[0] - values[1]) / 2e-5


cases = []
for activation, loss, l1, dropout in [
    ("relu", "mse", 0, False),
    ("relu", "bce", 0.1, False),
    ("elu", "mse", 0.1, True),
    ("tanh", "bce", 0, True),
    ("sigmoid", "mse", 0, False),
]:
    settings = {"activation": activation, "loss": loss, "l1": l1, "dropout": dropout}
    code, logits = forward(weights(), activation, dropout)
    cases.append(
        {
            **settings,
            "value": loss_of(weights(), **settings),
            "code": code.ravel().tolist(),
            "output": (1 / (1 + np.exp(-logits))).ravel().tolist(),
            "derivatives": {
                "encoder.0.weight": derivative("encoder.0", 0, (2, 1), **settings),
                "encoder.2.bias": derivative("encoder.2", 1, (1,), **settings),
                "decoder.2.weight": derivative("decoder.2", 0, (5, 4), **settings),
            },
        }
    )
save("dense", cases)
