"""Published gradients: layers, normalisations, convolutions and losses of deep networks."""

from __future__ import annotations

import numpy as np
from closed_forms import Array, Published, binary, one_hot, positive, share, sigmoid, softmax

TWO_LAYERS = {"x": (3,), "W1": (4, 3), "b1": (4,), "W2": (2, 4), "b2": (2,), "y": (2,)}


def two_layers(x: Array, W1: Array, b1: Array, W2: Array, b2: Array, y: Array) -> dict[str, Array]:
    """Nielsen's four equations: the error at the output, sent backward, and what it is for biases and weights."""
    h = sigmoid(W1 @ x + b1)
    o = sigmoid(W2 @ h + b2)
    delta2 = (o - y) * o * (1 - o)
    delta1 = (W2.T @ delta2) * h * (1 - h)
    return {
        "W2": np.outer(delta2, h),
        "b2": delta2,
        "W1": np.outer(delta1, x),
        "b1": delta1,
        "x": W1.T @ delta1,
        "h": W2.T @ delta2,
    }


def batch_norm(x: Array, gamma: float, beta: float, eps: float, g: Array) -> dict[str, Array]:
    """Ioffe and Szegedy 2015, section 3, with g for the gradient by y."""
    m, mu, var = len(x), x.mean(), x.var()
    g_xhat = g * gamma
    g_var = np.sum(g_xhat * (x - mu) * -0.5 * (var + eps) ** -1.5)
    g_mu = np.sum(-g_xhat / np.sqrt(var + eps)) + g_var * np.sum(-2 * (x - mu)) / m
    return {
        "x": g_xhat / np.sqrt(var + eps) + g_var * 2 * (x - mu) / m + g_mu / m,
        "gamma": np.sum(g * (x - mu) / np.sqrt(var + eps)),
        "beta": np.sum(g),
        "var": g_var,
        "mu": g_mu,
    }


def layer_norm(x: Array, gamma: Array, eps: float, g: Array) -> Array:
    """Along the last axis: (d - mean(d) - xhat*mean(d*xhat))/sd with d = g*gamma."""
    sd = np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    xhat = (x - x.mean(axis=-1, keepdims=True)) / sd
    d = g * gamma
    return (d - d.mean(axis=-1, keepdims=True) - xhat * (d * xhat).mean(axis=-1, keepdims=True)) / sd


def rms_norm(x: Array, gamma: Array, g: Array) -> Array:
    rms = np.sqrt(np.mean(x**2))
    return (g * gamma - x * np.sum(g * gamma * x) / (len(x) * rms**2)) / rms


def convolved(x: Array, w: Array, stride: int = 1, dilation: int = 1, padding: int = 0) -> Array:
    """The sliding product, as frameworks compute it."""
    x = np.pad(x, padding)
    count = (len(x) - dilation * (len(w) - 1) - 1) // stride + 1
    return np.array([sum(w[u] * x[stride * i + dilation * u] for u in range(len(w))) for i in range(count)])


def conv_kernel(x: Array, g: Array, width: int, stride: int = 1, dilation: int = 1, padding: int = 0) -> Array:
    """Input and gradient of the output, slid over each other."""
    x = np.pad(x, padding)
    return np.array([sum(g[i] * x[stride * i + dilation * u] for i in range(len(g))) for u in range(width)])


def conv_input(size: int, w: Array, g: Array, stride: int = 1, dilation: int = 1, padding: int = 0) -> Array:
    """The transposed convolution of the gradient of the output."""
    found = np.zeros(size + 2 * padding)
    for i, slope in enumerate(g):
        for u, weight in enumerate(w):
            found[stride * i + dilation * u] += slope * weight
    return found[padding : padding + size]


def conv2d(x: Array, w: Array, g: Array) -> dict[str, Array]:
    """x[c,i,j], w[f,c,u,v], gradient g[f,i,j] of the output."""
    by_x, by_w = np.zeros_like(x), np.zeros_like(w)
    for f, i, j in np.ndindex(g.shape):
        rows, columns = slice(i, i + w.shape[2]), slice(j, j + w.shape[3])
        by_x[:, rows, columns] += g[f, i, j] * w[f]
        by_w[f] += g[f, i, j] * x[:, rows, columns]
    return {"x": by_x, "w": by_w}


def pooled_slope(x: Array, d: Array) -> Array:
    """The gradient goes to the greatest element of each window of two by two."""
    found = np.zeros_like(x)
    for i, j in np.ndindex(d.shape):
        window = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        found[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = d[i, j] * (window == window.max())
    return found


def highway(x: Array, WH: Array, WT: Array, bT: Array, g: Array) -> dict[str, Array]:
    """y = H*T + x*(1 - T), Srivastava, Greff and Schmidhuber 2015."""
    h, t = np.tanh(WH @ x), sigmoid(WT @ x + bT)
    by_h, by_t = g * t * (1 - h**2), g * (h - x) * t * (1 - t)
    return {
        "WH": np.outer(by_h, x),
        "WT": np.outer(by_t, x),
        "bT": by_t,
        "x": WH.T @ by_h + WT.T @ by_t + g * (1 - t),
    }


def squeeze_excite(x: Array, W1: Array, W2: Array, g: Array) -> Array:
    """x[c,i]: each channel scaled by a gate that sees the means of all."""
    s = x.mean(axis=1)
    hidden = W1 @ s
    gate = sigmoid(W2 @ np.maximum(hidden, 0))
    by_gate = (g * x).sum(axis=1) * gate * (1 - gate)
    by_s = W1.T @ ((W2.T @ by_gate) * (hidden > 0))
    return g * gate[:, None] + (by_s / x.shape[1])[:, None]


def swiglu(x: Array, W: Array, V: Array, U: Array, g: Array) -> dict[str, Array]:
    """Shazeer 2020: (swish(x W) * x V) U"""
    a, b = x @ W, x @ V
    swish, slope = a * sigmoid(a), sigmoid(a) * (1 + a * (1 - sigmoid(a)))
    by_h = U @ g
    return {
        "W": np.outer(x, by_h * b * slope),
        "V": np.outer(x, by_h * swish),
        "U": np.outer(swish * b, g),
        "x": W @ (by_h * b * slope) + V @ (by_h * swish),
    }


def mixture_of_experts(x: Array, G: Array, E: Array, y: Array) -> dict[str, Array]:
    """f = sum of gate_e * (E_e . x), under half a squared error."""
    p, outputs = softmax(G @ x), E @ x
    error = p @ outputs - y
    return {
        "E": error * np.outer(p, x),
        "G": error * np.outer(p * (outputs - p @ outputs), x),
        "p": error * outputs,
    }


def hypernetwork(z: Array, A: Array, x: Array, y: Array) -> dict[str, Array]:
    """The weights W[j,k] = sum of A[j,k,m]*z[m] of a linear layer, made by another network."""
    error = np.einsum("jkm,m,k->j", A, z, x) - y
    return {"A": np.einsum("j,k,m->jkm", error, x, z), "z": np.einsum("j,k,jkm->m", error, x, A)}


def weight_norm(v: Array, s: float, x: Array, y: float) -> dict[str, Array]:
    """Salimans and Kingma 2016, equation 3, for w = s*v/|v|."""
    length = np.linalg.norm(v)
    by_w = (s * v @ x / length - y) * x
    by_s = by_w @ v / length
    return {"s": by_s, "v": s / length * by_w - s * by_s / length**2 * v}


def vae(x: Array, mu: Array, logvar: Array, eps: Array, W: Array) -> dict[str, Array]:
    """Kingma and Welling 2014, reparametrised, with a linear decoder and unit variance."""
    sd = np.exp(logvar / 2)
    z = mu + sd * eps
    by_z = W.T @ (x - W @ z)
    return {
        "mu": by_z - mu,
        "logvar": by_z * eps * sd / 2 - (np.exp(logvar) - 1) / 2,
        "W": np.outer(x - W @ z, z),
    }


def momentum(w0: float, rate: float, mu: float, a: float) -> dict[str, float]:
    """Three steps of heavy-ball descent on a*w^2/2, differentiated forward by hand: (w, v) and their slopes."""
    w, v = w0, 0.0
    slopes = dict.fromkeys(("rate", "mu", "a"), (0.0, 0.0)) | {"w0": (1.0, 0.0)}
    for _ in range(3):
        own = {"rate": -a * w, "mu": v, "a": -rate * w, "w0": 0.0}
        slopes = {
            name: (dw + mu * dv - rate * a * dw + own[name], mu * dv - rate * a * dw + own[name])
            for name, (dw, dv) in slopes.items()
        }
        v = mu * v - rate * a * w
        w = w + v
    return {name: a * w * dw + (w**2 / 2 if name == "a" else 0.0) for name, (dw, _) in slopes.items()}


NETWORKS = (
    Published(
        "one node a layer",
        """
        C = (a(L) - y)**2
        a(L) = sigma(z(L))
        z(L) = w(L)*a(L-1) + b(L)
        a(L-1) = sigma(z(L-1))
        z(L-1) = w(L-1)*a(L-2) + b(L-1)
        """,
        "C",
        {"y": (), "w(L)": (), "b(L)": (), "w(L-1)": (), "b(L-1)": (), "a(L-2)": ()},
        {
            "w(L)": lambda **v: (
                lambda a1: (lambda a2: 2 * (a2 - v["y"]) * a2 * (1 - a2) * a1)(sigmoid(v["wL"] * a1 + v["bL"]))
            )(sigmoid(v["wL-1"] * v["aL-2"] + v["bL-1"])),
            "w(L-1)": lambda **v: (
                lambda a1: (lambda a2: 2 * (a2 - v["y"]) * a2 * (1 - a2) * v["wL"] * a1 * (1 - a1) * v["aL-2"])(
                    sigmoid(v["wL"] * a1 + v["bL"])
                )
            )(sigmoid(v["wL-1"] * v["aL-2"] + v["bL-1"])),
        },
        functions={"sigma": "sigmoid"},
    ),
    Published(
        "two layers",
        """
        E = 1/2*sum((o[k] - y[k])**2 for k in range(m))
        o[k] = sigmoid(sum(W2[k,j]*h[j] for j in range(n)) + b2[k]) for k in range(m)
        h[j] = sigmoid(sum(W1[j,i]*x[i] for i in range(d)) + b1[j]) for j in range(n)
        """,
        "E",
        TWO_LAYERS,
        {
            "W2[k,j]": lambda **v: two_layers(**v)["W2"],
            "b2[j]": lambda **v: two_layers(**v)["b2"],
            "W1[j,k]": lambda **v: two_layers(**v)["W1"],
            "b1[k]": lambda **v: two_layers(**v)["b1"],
            "x[k]": lambda **v: two_layers(**v)["x"],
            "h[k]": lambda **v: two_layers(**v)["h"],
        },
    ),
    Published(
        "two layers over a batch, relu and softmax",
        """
        L = -1/N*sum(y[s,k]*log(p[s,k]) for s in range(N) for k in range(K))
        p[s,k] = exp(z[s,k])/sum(exp(z[s,j]) for j in range(K)) for s in range(N) for k in range(K)
        z[s,k] = sum(h[s,j]*W2[j,k] for j in range(H)) for s in range(N) for k in range(K)
        h[s,j] = max(0, sum(x[s,d]*W1[d,j] for d in range(D)) + b1[j]) for s in range(N) for j in range(H)
        sum(y[s,k] for k in range(K)) == 1 for s in range(N)
        """,
        "L",
        {"y": (4, 3), "W2": (5, 3), "x": (4, 2), "W1": (2, 5), "b1": (5,)},
        {
            "W2[j,k]": lambda y, W2, x, W1, b1: (lambda h: h.T @ (softmax(h @ W2) - y) / 4)(np.maximum(0, x @ W1 + b1)),
            "W1[d,j]": lambda y, W2, x, W1, b1: (lambda h: x.T @ ((softmax(h @ W2) - y) @ W2.T * (h > 0)) / 4)(
                np.maximum(0, x @ W1 + b1)
            ),
            "b1[k]": lambda y, W2, x, W1, b1: (lambda h: ((softmax(h @ W2) - y) @ W2.T * (h > 0)).sum(axis=0) / 4)(
                np.maximum(0, x @ W1 + b1)
            ),
        },
        drawn={"y": one_hot},
    ),
    Published(
        "batch normalisation",
        """
        mu = 1/m*sum(x[i] for i in range(m))
        var = 1/m*sum((x[i] - mu)**2 for i in range(m))
        xhat[i] = (x[i] - mu)/sqrt(var + eps) for i in range(m)
        y[i] = gamma*xhat[i] + beta for i in range(m)
        l = sum(g[i]*y[i] for i in range(m))
        """,
        "l",
        {"x": (5,), "gamma": (), "beta": (), "eps": (), "g": (5,)},
        {
            "x[i]": lambda **v: batch_norm(**v)["x"],
            "gamma": lambda **v: batch_norm(**v)["gamma"],
            "beta": lambda **v: batch_norm(**v)["beta"],
            "var": lambda **v: batch_norm(**v)["var"],
            "mu": lambda **v: batch_norm(**v)["mu"],
            "xhat[i]": lambda **v: v["g"] * v["gamma"],
        },
        drawn={"eps": positive},
    ),
    Published(
        "batch normalisation of features",
        """
        mu[j] = sum(x[i,j] for i in range(N))/N for j in range(D)
        var[j] = sum((x[i,j] - mu[j])**2 for i in range(N))/N for j in range(D)
        xh[i,j] = (x[i,j] - mu[j])/(var[j] + 1e-5)**0.5 for i in range(N) for j in range(D)
        l = sum((gamma[j]*xh[i,j] + beta[j])*g[i,j] for i in range(N) for j in range(D))
        """,
        "l",
        {"x": (5, 2), "gamma": (2,), "beta": (2,), "g": (5, 2)},
        {
            "x[i,j]": lambda x, gamma, beta, g: layer_norm(x.T, gamma[:, None], 1e-5, g.T).T,
            "gamma[j]": lambda x, gamma, beta, g: (g * (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5)).sum(0),
        },
    ),
    Published(
        "layer normalisation of a batch",
        """
        mu[s] = sum(x[s,i] for i in range(H))/H for s in range(N)
        sigma[s] = sqrt(sum((x[s,i] - mu[s])**2 for i in range(H))/H + eps) for s in range(N)
        y[s,i] = (x[s,i] - mu[s])/sigma[s]*a[i] + b[i] for s in range(N) for i in range(H)
        l = sum(y[s,i]*g[s,i] for s in range(N) for i in range(H))
        """,
        "l",
        {"x": (3, 4), "a": (4,), "b": (4,), "g": (3, 4), "eps": ()},
        {
            "x[s,i]": lambda x, a, b, g, eps: layer_norm(x, a, eps, g),
            "b[i]": lambda x, a, b, g, eps: g.sum(axis=0),
        },
        drawn={"eps": positive},
    ),
    Published(
        "root mean square normalisation",
        """
        rms = sqrt(1/n*sum(x[i]**2 for i in range(n)))
        l = sum(g[i]*gamma[i]*x[i]/rms for i in range(n))
        """,
        "l",
        {"x": (4,), "gamma": (4,), "g": (4,)},
        {"x[i]": rms_norm, "gamma[i]": lambda x, gamma, g: g * x / np.sqrt(np.mean(x**2))},
    ),
    Published(
        "weight normalisation",
        """
        J = 1/2*(sum(w[i]*x[i] for i in range(n)) - y)**2
        w[i] = s/sqrt(sum(v[j]**2 for j in range(n)))*v[i] for i in range(n)
        """,
        "J",
        {"v": (4,), "s": (), "x": (4,), "y": ()},
        {"v[i]": lambda **v: weight_norm(**v)["v"], "s": lambda **v: weight_norm(**v)["s"]},
    ),
    Published(
        "convolution in one dimension",
        """
        y[i] = sum(w[u]*x[i+u] for u in range(K)) for i in range(N-K+1)
        L = 1/2*sum(y[i]**2 for i in range(N-K+1))
        """,
        "L",
        {"x": (7,), "w": (3,)},
        {
            "w[u]": lambda x, w: conv_kernel(x, convolved(x, w), 3),
            "x[k]": lambda x, w: conv_input(7, w, convolved(x, w)),
        },
        sizes={"N": 7, "K": 3},
    ),
    Published(
        "convolution with a flipped kernel",
        """
        y[i] = sum(w[p]*x[i+K-1-p] for p in range(K)) for i in range(N-K+1)
        L = 1/2*sum(y[i]**2 for i in range(N-K+1))
        """,
        "L",
        {"x": (7,), "w": (3,)},
        {
            "w[p]": lambda x, w: conv_kernel(x, convolved(x, w[::-1]), 3)[::-1],
            "x[i]": lambda x, w: conv_input(7, w[::-1], convolved(x, w[::-1])),
        },
        sizes={"N": 7, "K": 3},
    ),
    Published(
        "convolution with padding",
        """
        y[i] = sum(w[u]*(x[i+u-P] if 0 <= i+u-P < N else 0) for u in range(K)) for i in range(N+2*P-K+1)
        L = 1/2*sum(y[i]**2 for i in range(N+2*P-K+1))
        """,
        "L",
        {"x": (5,), "w": (3,)},
        {
            "w[u]": lambda x, w: conv_kernel(x, convolved(x, w, padding=1), 3, padding=1),
            "x[k]": lambda x, w: conv_input(5, w, convolved(x, w, padding=1), padding=1),
        },
        sizes={"N": 5, "K": 3, "P": 1},
    ),
    Published(
        "convolution with a stride and a dilation",
        """
        y[i] = sum(w[u]*x[2*i+3*u] for u in range(K)) for i in range(M)
        L = 1/2*sum(y[i]**2 for i in range(M))
        """,
        "L",
        {"x": (9,), "w": (2,)},
        {
            "w[u]": lambda x, w: conv_kernel(x, convolved(x, w, 2, 3), 2, 2, 3),
            "x[k]": lambda x, w: conv_input(9, w, convolved(x, w, 2, 3), 2, 3),
        },
        sizes={"M": 3, "K": 2},
    ),
    Published(
        "transposed convolution",
        """
        y[i] = sum(x[k]*w[u] for k in range(N) for u in range(K) if 2*k + u == i) for i in range(M)
        L = 1/2*sum((y[i] - t[i])**2 for i in range(M))
        """,
        "L",
        {"x": (3,), "w": (3,), "t": (7,)},
        {
            "x[k]": lambda x, w, t: convolved(conv_input(7, w, x, stride=2) - t, w, stride=2),
            "w[u]": lambda x, w, t: conv_kernel(conv_input(7, w, x, stride=2) - t, x, 3, stride=2),
        },
        sizes={"N": 3, "K": 3, "M": 7},
    ),
    Published(
        "convolution in two dimensions",
        """
        z[f,i,j] = (sum(w[f,c,u,v]*x[c,i+u,j+v] for c in range(C) for u in range(K) for v in range(K))
                    + b[f]) for f in range(F) for i in range(H) for j in range(W)
        L = sum(z[f,i,j]*g[f,i,j] for f in range(F) for i in range(H) for j in range(W))
        """,
        "L",
        {"x": (2, 4, 5), "w": (2, 2, 2, 2), "b": (2,), "g": (2, 3, 4)},
        {
            "w[f,c,u,v]": lambda x, w, b, g: conv2d(x, w, g)["w"],
            "x[c,p,q]": lambda x, w, b, g: conv2d(x, w, g)["x"],
            "b[f]": lambda x, w, b, g: g.sum(axis=(1, 2)),
        },
        sizes={"H": 3, "W": 4, "K": 2, "F": 2, "C": 2},
    ),
    Published(
        "depthwise convolution",
        """
        y[c,i] = sum(w[c,u]*x[c,i+u] for u in range(K)) for c in range(C) for i in range(M)
        L = sum(y[c,i]*g[c,i] for c in range(C) for i in range(M))
        """,
        "L",
        {"x": (2, 5), "w": (2, 3), "g": (2, 3)},
        {
            "w[c,u]": lambda x, w, g: np.array([conv_kernel(*rows, 3) for rows in zip(x, g, strict=True)]),
            "x[c,i]": lambda x, w, g: np.array([conv_input(5, *rows) for rows in zip(w, g, strict=True)]),
        },
        sizes={"M": 3, "K": 3},
    ),
    Published(
        "max pooling in one dimension",
        """
        p[i] = max(x[2*i+u] for u in range(2)) for i in range(n)
        L = sum(d[i]*p[i] for i in range(n))
        """,
        "L",
        {"x": (6,), "d": (3,)},
        {"x[k]": lambda x, d: (lambda w: np.ravel(d[:, None] * (w == w.max(axis=1, keepdims=True))))(x.reshape(3, 2))},
    ),
    Published(
        "max pooling in two dimensions",
        """
        p[i,j] = max(x[2*i+u,2*j+v] for u in range(2) for v in range(2)) for i in range(H) for j in range(W)
        L = sum(p[i,j]*d[i,j] for i in range(H) for j in range(W))
        """,
        "L",
        {"x": (4, 6), "d": (2, 3)},
        {"x[i,j]": pooled_slope},
    ),
    Published(
        "mean pooling",
        """
        p[i] = 1/s*sum(x[s*i+u] for u in range(s)) for i in range(n)
        L = sum(d[i]*p[i] for i in range(n))
        """,
        "L",
        {"x": (6,), "d": (3,)},
        {"x[k]": lambda x, d: np.repeat(d, 2) / 2},
        sizes={"s": 2},
    ),
    Published(
        "global average pooling and a linear classifier",
        """
        z[k] = sum(W[k,c]*a[c] for c in range(C)) for k in range(K)
        a[c] = sum(x[c,i,j] for i in range(H) for j in range(V))/(H*V) for c in range(C)
        L = sum(g[k]*z[k] for k in range(K))
        """,
        "L",
        {"W": (3, 2), "x": (2, 3, 4), "g": (3,)},
        {"x[c,i,j]": lambda W, x, g: np.broadcast_to((W.T @ g)[:, None, None] / 12, x.shape)},
    ),
    Published(
        "residual blocks over a label",
        """
        J = 1/2*sum(a(L)[i]**2 for i in range(n))
        a(l)[i] = a(l-1)[i] + relu(sum(W(l)[i,j]*a(l-1)[j] for j in range(n))) for l in range(1, L+1) for i in range(n)
        """,
        "J",
        {"a(0)": (3,), "W(1)": (3, 3), "W(2)": (3, 3)},
        {
            "a(0)[k]": lambda a0, W1, W2: (
                lambda a1: (lambda a2: (lambda d1: d1 + W1.T @ (d1 * (W1 @ a0 > 0)))(a2 + W2.T @ (a2 * (W2 @ a1 > 0))))(
                    a1 + np.maximum(0, W2 @ a1)
                )
            )(a0 + np.maximum(0, W1 @ a0)),
            "W(2)[i,j]": lambda a0, W1, W2: (lambda a1: np.outer((a1 + np.maximum(0, W2 @ a1)) * (W2 @ a1 > 0), a1))(
                a0 + np.maximum(0, W1 @ a0)
            ),
        },
        sizes={"L": 2},
    ),
    Published(
        "highway layer",
        """
        y[i] = h[i]*t[i] + x[i]*(1 - t[i]) for i in range(n)
        h[i] = tanh(sum(WH[i,j]*x[j] for j in range(n))) for i in range(n)
        t[i] = sigmoid(sum(WT[i,j]*x[j] for j in range(n)) + bT[i]) for i in range(n)
        L = sum(g[i]*y[i] for i in range(n))
        """,
        "L",
        {"x": (3,), "WH": (3, 3), "WT": (3, 3), "bT": (3,), "g": (3,)},
        {
            "WT[i,j]": lambda **v: highway(**v)["WT"],
            "WH[j,i]": lambda **v: highway(**v)["WH"],
            "x[j]": lambda **v: highway(**v)["x"],
            "bT[i]": lambda **v: highway(**v)["bT"],
        },
    ),
    Published(
        "maxout",
        """
        h[i] = max(sum(W[i,c,d]*x[d] for d in range(D)) + b[i,c] for c in range(C)) for i in range(n)
        L = sum(g[i]*h[i] for i in range(n))
        """,
        "L",
        {"W": (3, 2, 4), "x": (4,), "b": (3, 2), "g": (3,)},
        {
            "W[i,c,d]": lambda W, x, b, g: (
                lambda z: (g[:, None] * (z == z.max(axis=1, keepdims=True)))[:, :, None] * x
            )(W @ x + b),
            "x[d]": lambda W, x, b, g: (
                lambda z: np.einsum("ic,icd->d", g[:, None] * (z == z.max(axis=1, keepdims=True)), W)
            )(W @ x + b),
        },
    ),
    Published(
        "dropout with a given mask",
        """
        y[j] = sum(v[j,k]*h[k]*mask[k]/(1 - p) for k in range(m)) for j in range(n)
        h[k] = relu(sum(w[k,i]*x[i] for i in range(d))) for k in range(m)
        L = 1/2*sum((y[j] - t[j])**2 for j in range(n))
        """,
        "L",
        {"v": (2, 4), "mask": (4,), "p": (), "w": (4, 3), "x": (3,), "t": (2,)},
        {
            "w[k,i]": lambda v, mask, p, w, x, t: (lambda h, s: np.outer(v.T @ (v @ (h * s) - t) * s * (h > 0), x))(
                np.maximum(0, w @ x), mask / (1 - p)
            )
        },
        drawn={"mask": binary, "p": share},
    ),
    Published(
        "squeeze and excitation",
        """
        y[c,i] = e[c]*x[c,i] for c in range(C) for i in range(n)
        e[c] = sigmoid(sum(W2[c,r]*relu(h[r]) for r in range(R))) for c in range(C)
        h[r] = sum(W1[r,c]*s[c] for c in range(C)) for r in range(R)
        s[c] = 1/n*sum(x[c,i] for i in range(n)) for c in range(C)
        L = sum(y[c,i]*g[c,i] for c in range(C) for i in range(n))
        """,
        "L",
        {"x": (3, 4), "W1": (2, 3), "W2": (3, 2), "g": (3, 4)},
        {"x[c,i]": squeeze_excite},
    ),
    Published(
        "SwiGLU",
        """
        L = sum(g[o]*y[o] for o in range(n))
        y[o] = sum(swish(a[j])*b[j]*U[j,o] for j in range(m)) for o in range(n)
        a[j] = sum(x[i]*W[i,j] for i in range(n)) for j in range(m)
        b[j] = sum(x[i]*V[i,j] for i in range(n)) for j in range(m)
        """,
        "L",
        {"x": (3,), "W": (3, 4), "V": (3, 4), "U": (4, 3), "g": (3,)},
        {
            "W[i,j]": lambda **v: swiglu(**v)["W"],
            "V[i,j]": lambda **v: swiglu(**v)["V"],
            "U[j,o]": lambda **v: swiglu(**v)["U"],
            "x[i]": lambda **v: swiglu(**v)["x"],
        },
    ),
    Published(
        "mixture of experts",
        """
        J = 1/2*(sum(p[e]*o[e] for e in range(M)) - y)**2
        p[e] = exp(s[e])/sum(exp(s[f]) for f in range(M)) for e in range(M)
        s[e] = sum(G[e,i]*x[i] for i in range(n)) for e in range(M)
        o[e] = sum(E[e,i]*x[i] for i in range(n)) for e in range(M)
        """,
        "J",
        {"x": (4,), "G": (3, 4), "E": (3, 4), "y": ()},
        {
            "G[e,i]": lambda **v: mixture_of_experts(**v)["G"],
            "E[i,e]": lambda **v: mixture_of_experts(**v)["E"],
            "p[e]": lambda **v: mixture_of_experts(**v)["p"],
        },
    ),
    Published(
        "hypernetwork",
        """
        J = 1/2*sum((sum(W[j,k]*x[k] for k in range(n)) - y[j])**2 for j in range(m))
        W[j,k] = sum(A[j,k,r]*z[r] for r in range(R)) for j in range(m) for k in range(n)
        """,
        "J",
        {"z": (2,), "A": (3, 4, 2), "x": (4,), "y": (3,)},
        {"A[j,k,r]": lambda **v: hypernetwork(**v)["A"], "z[r]": lambda **v: hypernetwork(**v)["z"]},
    ),
    Published(
        "tied weights of an autoencoder",
        """
        h[j] = tanh(sum(W[j,i]*x[i] for i in range(n))) for j in range(m)
        r[i] = sum(W[j,i]*h[j] for j in range(m)) for i in range(n)
        L = 1/2*sum((r[i] - x[i])**2 for i in range(n))
        """,
        "L",
        {"W": (2, 4), "x": (4,)},
        {
            "W[j,i]": lambda W, x: (lambda h: np.outer(h, W.T @ h - x) + np.outer((W @ (W.T @ h - x)) * (1 - h**2), x))(
                np.tanh(W @ x)
            )
        },
    ),
    Published(
        "tied embedding and output weights",
        """
        L = -sum(y[v]*log(p[v]) for v in range(V))
        p[v] = exp(z[v])/sum(exp(z[u]) for u in range(V)) for v in range(V)
        z[v] = sum(E[v,d]*tanh(e[d]) for d in range(D)) for v in range(V)
        e[d] = sum(x[v]*E[v,d] for v in range(V)) for d in range(D)
        sum(y[v] for v in range(V)) == 1
        """,
        "L",
        {"y": (4,), "E": (4, 3), "x": (4,)},
        {
            "E[v,d]": lambda y, E, x: (
                lambda h: np.outer(softmax(E @ h) - y, h) + np.outer(x, (E.T @ (softmax(E @ h) - y)) * (1 - h**2))
            )(np.tanh(x @ E))
        },
        drawn={"y": one_hot, "x": one_hot},
    ),
    Published(
        "bag of embeddings",
        """
        e[d] = 1/T*sum(E[v,d]*X[t,v] for t in range(T) for v in range(V)) for d in range(D)
        L = sum(e[d]**2 for d in range(D))
        """,
        "L",
        {"E": (4, 3), "X": (5, 4)},
        {"E[v,d]": lambda E, X: 2 * np.outer(X.mean(axis=0), X.mean(axis=0) @ E)},
        drawn={"X": one_hot},
    ),
    Published(
        "discriminator of a generative adversarial network",
        """
        V = -1/m*sum(log(D[i]) + log(1 - F[i]) for i in range(m))
        D[i] = sigmoid(sum(w[k]*x[i,k] for k in range(n))) for i in range(m)
        F[i] = sigmoid(sum(w[k]*G[i,k] for k in range(n))) for i in range(m)
        G[i,k] = tanh(theta[k]*z[i]) for i in range(m) for k in range(n)
        """,
        "V",
        {"w": (3,), "x": (4, 3), "theta": (3,), "z": (4,)},
        {
            "w[k]": lambda w, x, theta, z: (lambda G: (x.T @ (sigmoid(x @ w) - 1) + G.T @ sigmoid(G @ w)) / 4)(
                np.tanh(np.outer(z, theta))
            ),
            "theta[k]": lambda w, x, theta, z: (
                lambda G: ((sigmoid(G @ w) / 4)[:, None] * w * (1 - G**2) * z[:, None]).sum(axis=0)
            )(np.tanh(np.outer(z, theta))),
        },
    ),
    Published(
        "generator that does not saturate",
        """
        J = -1/m*sum(log(sigmoid(sum(w[k]*G[i,k] for k in range(n)))) for i in range(m))
        G[i,k] = theta[k]*z[i] for i in range(m) for k in range(n)
        """,
        "J",
        {"w": (3,), "theta": (3,), "z": (4,)},
        {"theta[k]": lambda w, theta, z: -w * np.mean(sigmoid(-z * (theta @ w)) * z)},
    ),
    Published(
        "evidence lower bound of a variational autoencoder",
        """
        ELBO = -1/2*sum((x[i] - r[i])**2 for i in range(n)) - KL
        KL = -1/2*sum(1 + logvar[j] - mu[j]**2 - exp(logvar[j]) for j in range(d))
        r[i] = sum(W[i,j]*z[j] for j in range(d)) for i in range(n)
        z[j] = mu[j] + exp(logvar[j]/2)*eps[j] for j in range(d)
        """,
        "ELBO",
        {"x": (4,), "mu": (2,), "logvar": (2,), "eps": (2,), "W": (4, 2)},
        {
            "mu[j]": lambda **v: vae(**v)["mu"],
            "logvar[j]": lambda **v: vae(**v)["logvar"],
            "W[i,j]": lambda **v: vae(**v)["W"],
        },
    ),
    Published(
        "affine coupling layer's likelihood",
        """
        nll = sum(z[i]**2/2 for i in range(n)) - sum(s[i] for i in range(n))
        z[i] = y[i]*exp(s[i]) + t[i] for i in range(n)
        s[i] = tanh(sum(A[i,k]*x[k] for k in range(m))) for i in range(n)
        t[i] = sum(B[i,k]*x[k] for k in range(m)) for i in range(n)
        """,
        "nll",
        {"y": (3,), "A": (3, 2), "B": (3, 2), "x": (2,)},
        {
            "A[i,k]": lambda y, A, B, x: (
                lambda s: np.outer(((y * np.exp(s) + B @ x) * y * np.exp(s) - 1) * (1 - s**2), x)
            )(np.tanh(A @ x))
        },
    ),
    Published(
        "planar flow's log determinant",
        "l = log(abs(1 + sum(u[i]*w[i] for i in range(n))*(1 - tanh(sum(w[i]*z[i] for i in range(n)) + b)**2)))",
        "l",
        {"u": (3,), "w": (3,), "z": (3,), "b": ()},
        {
            "u[i]": lambda u, w, z, b: (lambda t: w * (1 - t**2) / (1 + u @ w * (1 - t**2)))(np.tanh(w @ z + b)),
            "b": lambda u, w, z, b: (lambda t: -2 * u @ w * t * (1 - t**2) / (1 + u @ w * (1 - t**2)))(
                np.tanh(w @ z + b)
            ),
        },
    ),
    Published(
        "momentum, unrolled for three steps",
        """
        loss = a*w[3]**2/2
        w[t] = w[t-1] + v[t] for t in range(1, 4)
        v[t] = mu*v[t-1] - rate*a*w[t-1] for t in range(1, 4)
        w[0] = w0
        v[0] = 0
        """,
        "loss",
        {"w0": (), "rate": (), "mu": (), "a": ()},
        {
            "rate": lambda **v: momentum(**v)["rate"],
            "mu": lambda **v: momentum(**v)["mu"],
            "a": lambda **v: momentum(**v)["a"],
            "w0": lambda **v: momentum(**v)["w0"],
        },
        drawn=dict.fromkeys(("rate", "mu", "a"), share),
    ),
    Published(
        "one step of meta-learning",
        """
        L = 1/2*(u*s - q)**2
        u = w - rate*(w*x - y)*x
        """,
        "L",
        {"s": (), "q": (), "w": (), "rate": (), "x": (), "y": ()},
        {
            "w": lambda s, q, w, rate, x, y: ((w - rate * (w * x - y) * x) * s - q) * s * (1 - rate * x**2),
            "rate": lambda s, q, w, rate, x, y: -((w - rate * (w * x - y) * x) * s - q) * s * (w * x - y) * x,
        },
    ),
)
