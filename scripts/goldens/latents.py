"""Golden values for main/latents: what scikit-learn says. Writes test/golden/latents/scores.json.

python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1
venv/bin/python scripts/goldens/latents.py
"""
import json
import warnings
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import normalized_mutual_info_score, silhouette_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

out = Path(__file__).resolve().parents[2] / "test/golden/latents"
out.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(7)
centres = rng.normal(size=(4, 3)) * 2
labels = np.arange(160) % 4
points = np.round(centres[labels] + rng.normal(size=(160, 3)) * [1, 0.5, 2], 4).astype(np.float32)
queries = np.round(rng.normal(size=(40, 3)) * 2, 4).astype(np.float32)

scaler = StandardScaler().fit(points)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    model = LogisticRegression(C=0.5, tol=1e-10, max_iter=10000).fit(scaler.transform(points), labels)
clusters = KMeans(4, n_init=20, random_state=0).fit(points)
gaussian = GaussianMixture(1, reg_covar=0).fit(points)
(out / "scores.json").write_text(json.dumps(dict(
    length=3, points=points.ravel().tolist(), queries=queries.ravel().tolist(), labels=labels.tolist(),
    logistic=dict(coef=model.coef_.tolist(), predicted=model.predict(scaler.transform(queries)).tolist()),
    neighbours=KNeighborsClassifier(1).fit(points, labels).predict(queries).tolist(),
    inertia=float(clusters.inertia_), silhouette=float(silhouette_score(points, labels)),
    nmi=float(normalized_mutual_info_score(labels, clusters.labels_)), clusters=clusters.labels_.tolist(),
    gaussian=dict(mean=gaussian.means_[0].tolist(), covariance=gaussian.covariances_[0].tolist(),
                  log_density=float(gaussian.score(points))))) + "\n")
