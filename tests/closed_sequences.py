"""Published gradients: recurrences, attention, dynamic programmes, control. Loops go backward through time by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from closed_forms import Array, Published, binary, one_hot, positive, share, sigmoid, softmax

Slopes = dict[str, Array]


def elman(x: Array, y: Array, h0: Array, W: Array, U: Array, b: Array) -> Slopes:
    """Backpropagation through time: delta_t = (dL/dh_t + W^T delta_(t+1)) * (1 - h_t^2). Row 0 of x and y is not used."""
    steps = len(x) - 1
    h = [h0]
    for t in range(1, steps + 1):
        h.append(np.tanh(W @ h[-1] + U @ x[t] + b))
    by_h = np.zeros((steps + 1, len(h0)))
    found = {"W": np.zeros_like(W), "U": np.zeros_like(U), "b": np.zeros_like(b), "x": np.full(x.shape, np.nan)}
    carried = np.zeros_like(h0)
    for t in range(steps, 0, -1):
        by_h[t] = h[t] - y[t] + carried
        delta = by_h[t] * (1 - h[t] ** 2)
        found["W"] += np.outer(delta, h[t - 1])
        found["U"] += np.outer(delta, x[t])
        found["b"] += delta
        found["x"][t] = U.T @ delta
        carried = W.T @ delta
    by_h[0] = carried
    return {**found, "h": by_h, "h0": carried}


def lstm_cell(x: Array, y: Array, w: Array, u: Array, b: Array, p: Array) -> Slopes:
    """One cell with peepholes p to forget, input and output gate (Gers and Schmidhuber 2000); gates in the order f i o g."""
    steps = len(x) - 1
    h, c, gates = [0.0], [0.0], [np.zeros(4)]
    for t in range(1, steps + 1):
        a = w * x[t] + u * h[-1] + b
        f, i, g = sigmoid(a[0] + p[0] * c[-1]), sigmoid(a[1] + p[1] * c[-1]), np.tanh(a[3])
        c.append(f * c[-1] + i * g)
        o = sigmoid(a[2] + p[2] * c[-1])
        h.append(o * np.tanh(c[-1]))
        gates.append(np.array([f, i, o, g]))
    by_w, by_u, by_b, by_p = np.zeros(4), np.zeros(4), np.zeros(4), np.zeros(3)
    by_h, by_c = 0.0, 0.0
    for t in range(steps, 0, -1):
        f, i, o, g = gates[t]
        by_h += h[t] - y[t]
        tanh = np.tanh(c[t])
        by_o = by_h * tanh * o * (1 - o)
        by_c += by_h * o * (1 - tanh**2) + p[2] * by_o
        by_f, by_i, by_g = by_c * c[t - 1] * f * (1 - f), by_c * g * i * (1 - i), by_c * i * (1 - g**2)
        delta = np.array([by_f, by_i, by_o, by_g])
        by_w, by_u, by_b = by_w + delta * x[t], by_u + delta * h[t - 1], by_b + delta
        by_p = by_p + np.array([by_f * c[t - 1], by_i * c[t - 1], by_o * c[t]])
        by_c = by_c * f + p[0] * by_f + p[1] * by_i
        by_h = u @ delta
    return {"w": by_w, "u": by_u, "b": by_b, "p": by_p}


def gru_cell(x: Array, W: Array, U: Array) -> Slopes:
    """Cho 2014 with scalars, gates z, r and candidate n in rows 0, 1, 2; the loss is the last h."""
    steps = len(x) - 1
    h, kept = [0.0], [(0.0, 0.0, 0.0)]
    for t in range(1, steps + 1):
        z, r = sigmoid(W[0] * x[t] + U[0] * h[-1]), sigmoid(W[1] * x[t] + U[1] * h[-1])
        n = np.tanh(W[2] * x[t] + U[2] * r * h[-1])
        kept.append((z, r, n))
        h.append((1 - z) * h[-1] + z * n)
    by_W, by_U, by_h = np.zeros(3), np.zeros(3), 1.0
    for t in range(steps, 0, -1):
        z, r, n = kept[t]
        d_z, d_n = by_h * (n - h[t - 1]) * z * (1 - z), by_h * z * (1 - n**2)
        d_r = d_n * U[2] * h[t - 1] * r * (1 - r)
        by_W += np.array([d_z, d_r, d_n]) * x[t]
        by_U += np.array([d_z * h[t - 1], d_r * h[t - 1], d_n * r * h[t - 1]])
        by_h = by_h * (1 - z) + d_z * U[0] + d_r * U[1] + d_n * U[2] * r
    return {"W": by_W, "U": by_U, "h0": by_h}


def attention(Q: Array, K: Array, V: Array, G: Array, mask: Array | None = None, bias: Array | float = 0.0) -> Slopes:
    """dV = P^T dO, dP = dO V^T, dS = P*(dP - rowsum(dP*P)), dQ = dS K/sqrt(d), dK = dS^T Q/sqrt(d)."""
    scale = np.sqrt(Q.shape[1])
    S = Q @ K.T / scale + bias
    P = softmax(S if mask is None else np.where(mask, S, -np.inf))
    by_P = G @ V.T
    by_S = P * (by_P - np.sum(by_P * P, axis=1, keepdims=True))
    return {"V": P.T @ G, "P": by_P, "S": by_S, "Q": by_S @ K / scale, "K": by_S.T @ Q / scale}


def additive_attention(s: Array, h: Array, W: Array, U: Array, v: Array, g: Array) -> Slopes:
    """Bahdanau, Cho and Bengio 2015: e_j = v . tanh(W s + U h_j), the context is the sum of alpha_j h_j."""
    t = np.tanh(W @ s + h @ U.T)
    alpha = softmax(t @ v)
    by_alpha = h @ g
    by_e = alpha * (by_alpha - alpha @ by_alpha)
    inner = by_e[:, None] * v * (1 - t**2)
    return {
        "v": by_e @ t,
        "W": np.outer(inner.sum(axis=0), s),
        "U": inner.T @ h,
        "h": np.outer(alpha, g) + inner @ U,
    }


def graph_attention(A: Array, X: Array, a: Array, b: Array, G: Array) -> Slopes:
    """GAT with one head: e_ij = leaky(a . x_i + b . x_j) among neighbours."""
    raw = (X @ a)[:, None] + (X @ b)[None]
    e = np.where(raw > 0, raw, 0.2 * raw)
    alpha = softmax(np.where(A == 1, e, -np.inf))
    by_alpha = G @ X.T
    by_e = alpha * (by_alpha - np.sum(alpha * by_alpha, axis=1, keepdims=True)) * np.where(raw > 0, 1, 0.2)
    return {
        "a": by_e.sum(axis=1) @ X,
        "b": by_e.sum(axis=0) @ X,
        "X": alpha.T @ G + np.outer(by_e.sum(axis=1), a) + np.outer(by_e.sum(axis=0), b),
    }


def ring(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Neighbours in a ring, each node its own among them."""
    return np.eye(shape[0]) + np.roll(np.eye(shape[0]), 1, axis=1)


def forward_backward(s: Array, A: Array) -> Slopes:
    """The gradient of log Z by scores is the marginal, by transitions the expected number of times."""
    steps, states = s.shape
    paths = np.array(list(np.ndindex(*(states,) * steps)))
    scores = s[np.arange(steps), paths].sum(axis=1) + A[paths[:, :-1], paths[:, 1:]].sum(axis=1)
    p = softmax(scores)
    marginal, pairs = np.zeros_like(s), np.zeros_like(A)
    for path, weight in zip(paths, p, strict=True):
        marginal[np.arange(steps), path] += weight
        np.add.at(pairs, (path[:-1], path[1:]), weight)
    return {"s": marginal, "A": pairs}


def viterbi(s: Array, A: Array) -> Slopes:
    """The gradient of the best score is the best path itself."""
    steps, states = s.shape
    paths = np.array(list(np.ndindex(*(states,) * steps)))
    scores = s[np.arange(steps), paths].sum(axis=1) + A[paths[:, :-1], paths[:, 1:]].sum(axis=1)
    best = paths[np.argmax(scores)]
    chosen, pairs = np.zeros_like(s), np.zeros_like(A)
    chosen[np.arange(steps), best] = 1
    np.add.at(pairs, (best[:-1], best[1:]), 1)
    return {"s": chosen, "A": pairs}


def hidden_markov(start: Array, A: Array, B: Array) -> Slopes:
    """d log P / d theta: expected counts over parameters."""
    steps, states = B.shape[1], len(start)
    paths = np.array(list(np.ndindex(*(states,) * steps)))
    logs = np.log(start)[paths[:, 0]] + np.log(B)[paths, np.arange(steps)].sum(axis=1)
    logs = logs + np.log(A)[paths[:, :-1], paths[:, 1:]].sum(axis=1)
    counts = np.zeros_like(A)
    first = np.zeros(states)
    for path, weight in zip(paths, softmax(logs), strict=True):
        np.add.at(counts, (path[:-1], path[1:]), weight)
        first[path[0]] += weight
    return {"A": counts / A, "start": first / start}


def linear_recurrence(a: float, b: float, c: float, x: Array, y: Array) -> Slopes:
    """s_t = a s_(t-1) + b x_t, read by c: d/da sums powers, s_t = sum of a^(t-k) b x_k."""
    steps = len(x) - 1
    s = [sum(a ** (t - k) * b * x[k] for k in range(1, t + 1)) for t in range(steps + 1)]
    ds = [sum((t - k) * a ** (t - k - 1) * b * x[k] for k in range(1, t)) for t in range(steps + 1)]
    error = [c * s[t] - y[t] for t in range(steps + 1)]
    return {
        "a": sum(error[t] * c * ds[t] for t in range(1, steps + 1)),
        "c": sum(error[t] * s[t] for t in range(1, steps + 1)),
        "x": np.array(
            [np.nan] + [sum(error[t] * c * a ** (t - k) * b for t in range(k, steps + 1)) for k in range(1, steps + 1)]
        ),
    }


def kalman(z: Array, q: float, r: float) -> float:
    """A filter for a random walk, its likelihood's slope by r carried forward by hand."""
    m, P, dm, dP, total = 0.0, 1.0, 0.0, 0.0, 0.0
    for value in z[1:]:
        P, e, de = P + q, value - m, -dm
        S, dS = P + r, dP + 1
        total += (dS / S + 2 * e * de / S - e**2 * dS / S**2) / 2
        k, dk = P / S, (dP * S - P * dS) / S**2
        m, dm = m + k * e, dm + dk * e + k * de
        P, dP = (1 - k) * P, -dk * P + (1 - k) * dP
    return total


def euler(x0: float, theta: float, dt: float, goal: float, steps: int = 4) -> Slopes:
    """The discrete adjoint of x' = -theta x^3."""
    x = [x0]
    for _ in range(steps):
        x.append(x[-1] - dt * theta * x[-1] ** 3)
    adjoint, by_theta = 2 * (x[-1] - goal), 0.0
    for t in range(steps - 1, -1, -1):
        by_theta += adjoint * -dt * x[t] ** 3
        adjoint = adjoint * (1 - 3 * dt * theta * x[t] ** 2)
    return {"theta": by_theta, "x0": adjoint}


def ppo(logits: Array, old: Array, A: Array, eps: float) -> Array:
    """The clipped surrogate by log-probabilities: the ratio times the advantage, where it is not clipped."""
    ratio = np.exp(logits - old)
    clipped = np.clip(ratio, 1 - eps, 1 + eps)
    return np.where(clipped * A < ratio * A, 0.0, ratio * A) / len(A)


def rotary(q: Array, k: Array, base: float, g: Array) -> Array:
    """q_t rotated by t*base, k_s by s*base: the score sees the difference of positions."""
    found = np.zeros_like(q)
    for t, s in np.ndindex(g.shape):
        angle = (t - s) * base
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        found[t] += g[t, s] * turn @ k[s]
    return found


def neural_autoregression(x: Array, V: Array, W: Array, c: Array) -> Array:
    """NADE: p_d sees the x before d; d(-log p)/dV is (p - x) h."""
    found = np.zeros_like(V)
    for d in range(len(x)):
        h = sigmoid(c + W[:, :d] @ x[:d])
        found[d] = (sigmoid(V[d] @ h) - x[d]) * h
    return found


def by(slopes: Callable[..., Slopes], name: str) -> Callable[..., Array]:
    return lambda **values: slopes(**values)[name]


TIME = {"x": (5, 2), "y": (5, 3), "h0": (3,), "W": (3, 3), "U": (3, 2), "b": (3,)}

SEQUENCES = (
    Published(
        "Elman network",
        """
        L = 1/2*sum((h[t,i] - y[t,i])**2 for t in range(1, T+1) for i in range(n))
        h[t,i] = tanh(sum(W[i,k]*h[t-1,k] for k in range(n)) + sum(U[i,k]*x[t,k] for k in range(m)) + b[i]) for t in range(1, T+1) for i in range(n)
        h[0,i] = h0[i] for i in range(n)
        """,
        "L",
        TIME,
        {
            "W[i,k]": by(elman, "W"),
            "U[i,j]": by(elman, "U"),
            "b[i]": by(elman, "b"),
            "x[t,k]": by(elman, "x"),
            "h[t,i]": lambda **v: np.vstack(
                [np.full((1, 3), np.nan), elman(**v)["h"][1:]]
            ),  # h[0] is an equation apart
            "h[0,i]": lambda **v: elman(**v)["h"][0],
            "h0[k]": by(elman, "h0"),
        },
        sizes={"T": 4},
    ),
    Published(
        "Elman network, time as a label",
        """
        L = 1/2*sum((h(t)[i] - y(t)[i])**2 for t in range(1, 4) for i in range(n))
        h(t)[i] = tanh(sum(W[i,k]*h(t-1)[k] for k in range(n)) + sum(U[i,k]*x(t)[k] for k in range(m)) + b[i]) for t in range(1, 4) for i in range(n)
        """,
        "L",
        {**{f"{name}({t})": shape for t in range(1, 4) for name, shape in (("x", (2,)), ("y", (3,)))}}
        | {"h(0)": (3,), "W": (3, 3), "U": (3, 2), "b": (3,)},
        {
            name: (
                lambda key: (
                    lambda W, U, b, h0, x1, x2, x3, y1, y2, y3: elman(
                        np.array([x1, x1, x2, x3]), np.array([y1, y1, y2, y3]), h0, W, U, b
                    )[key]
                )
            )(key)
            for name, key in (("W[i,k]", "W"), ("b[i]", "b"), ("h(0)[i]", "h0"))
        },
    ),
    Published(
        "peephole LSTM of one cell",
        """
        E = 1/2*sum((h[t] - y[t])**2 for t in range(1, T+1))
        h[t] = o[t]*tanh(c[t]) for t in range(1, T+1)
        c[t] = f[t]*c[t-1] + i[t]*g[t] for t in range(1, T+1)
        f[t] = sigmoid(w[0]*x[t] + u[0]*h[t-1] + b[0] + p[0]*c[t-1]) for t in range(1, T+1)
        i[t] = sigmoid(w[1]*x[t] + u[1]*h[t-1] + b[1] + p[1]*c[t-1]) for t in range(1, T+1)
        o[t] = sigmoid(w[2]*x[t] + u[2]*h[t-1] + b[2] + p[2]*c[t]) for t in range(1, T+1)
        g[t] = tanh(w[3]*x[t] + u[3]*h[t-1] + b[3]) for t in range(1, T+1)
        h[0] = 0
        c[0] = 0
        """,
        "E",
        {"x": (4,), "y": (4,), "w": (4,), "u": (4,), "b": (4,), "p": (3,)},
        {
            "w[k]": by(lstm_cell, "w"),
            "u[k]": by(lstm_cell, "u"),
            "b[k]": by(lstm_cell, "b"),
            "p[k]": by(lstm_cell, "p"),
        },
        sizes={"T": 3},
    ),
    Published(
        "GRU of one cell",
        """
        E = h[T]
        h[t] = (1 - z[t])*h[t-1] + z[t]*n[t] for t in range(1, T+1)
        z[t] = sigmoid(W[0]*x[t] + U[0]*h[t-1]) for t in range(1, T+1)
        r[t] = sigmoid(W[1]*x[t] + U[1]*h[t-1]) for t in range(1, T+1)
        n[t] = tanh(W[2]*x[t] + U[2]*r[t]*h[t-1]) for t in range(1, T+1)
        h[0] = 0
        """,
        "E",
        {"x": (4,), "W": (3,), "U": (3,)},
        {"W[k]": by(gru_cell, "W"), "U[k]": by(gru_cell, "U"), "h[0]": by(gru_cell, "h0")},
        sizes={"T": 3},
    ),
    Published(
        "scaled dot-product attention",
        """
        S[i,j] = sum(Q[i,k]*K[j,k] for k in range(d))/sqrt(d) for i in range(n) for j in range(m)
        P[i,j] = exp(S[i,j])/sum(exp(S[i,l]) for l in range(m)) for i in range(n) for j in range(m)
        O[i,c] = sum(P[i,j]*V[j,c] for j in range(m)) for i in range(n) for c in range(v)
        L = sum(O[i,c]*G[i,c] for i in range(n) for c in range(v))
        """,
        "L",
        {"Q": (3, 2), "K": (4, 2), "V": (4, 3), "G": (3, 3)},
        {
            "Q[i,k]": by(attention, "Q"),
            "K[j,k]": by(attention, "K"),
            "V[j,c]": by(attention, "V"),
            "S[i,j]": by(attention, "S"),
            "P[j,i]": by(attention, "P"),
        },
    ),
    Published(
        "causal attention",
        """
        S[i,j] = sum(Q[i,k]*K[j,k] for k in range(d))/d**0.5 for i in range(n) for j in range(n)
        P[i,j] = (exp(S[i,j])/sum(exp(S[i,k]) for k in range(i+1)) if j <= i else 0) for i in range(n) for j in range(n)
        O[i,c] = sum(P[i,j]*V[j,c] for j in range(n)) for i in range(n) for c in range(v)
        L = sum(O[i,c]*G[i,c] for i in range(n) for c in range(v))
        """,
        "L",
        {"Q": (4, 2), "K": (4, 2), "V": (4, 3), "G": (4, 3)},
        {
            "Q[i,k]": lambda Q, K, V, G: attention(Q, K, V, G, np.tri(4) == 1)["Q"],
            "K[j,k]": lambda Q, K, V, G: attention(Q, K, V, G, np.tri(4) == 1)["K"],
            "V[j,c]": lambda Q, K, V, G: attention(Q, K, V, G, np.tri(4) == 1)["V"],
        },
    ),
    Published(
        "attention with linear biases",
        """
        S[i,j] = sum(Q[i,k]*K[j,k] for k in range(d))/sqrt(d) - slope*(i - j) for i in range(n) for j in range(n)
        P[i,j] = exp(S[i,j])/sum(exp(S[i,l]) for l in range(i+1)) for i in range(n) for j in range(i+1)
        O[i,c] = sum(P[i,j]*V[j,c] for j in range(i+1)) for i in range(n) for c in range(v)
        L = sum(O[i,c]*G[i,c] for i in range(n) for c in range(v))
        """,
        "L",
        {"Q": (4, 2), "K": (4, 2), "V": (4, 3), "G": (4, 3), "slope": ()},
        {
            "K[j,k]": lambda Q, K, V, G, slope: attention(
                Q, K, V, G, np.tri(4) == 1, -slope * (np.arange(4)[:, None] - np.arange(4))
            )["K"],
            "slope": lambda Q, K, V, G, slope: (
                lambda gap: -np.sum(attention(Q, K, V, G, np.tri(4) == 1, -slope * gap)["S"] * gap)
            )(np.arange(4)[:, None] - np.arange(4)),
        },
    ),
    Published(
        "self-attention by its input",
        """
        Q[i,c] = sum(X[i,e]*A[e,c] for e in range(D)) for i in range(n) for c in range(d)
        K[i,c] = sum(X[i,e]*B[e,c] for e in range(D)) for i in range(n) for c in range(d)
        V[i,c] = sum(X[i,e]*C[e,c] for e in range(D)) for i in range(n) for c in range(d)
        S[i,j] = sum(Q[i,c]*K[j,c] for c in range(d))/sqrt(d) for i in range(n) for j in range(n)
        P[i,j] = exp(S[i,j])/sum(exp(S[i,l]) for l in range(n)) for i in range(n) for j in range(n)
        L = sum(G[i,c]*P[i,j]*V[j,c] for i in range(n) for j in range(n) for c in range(d))
        """,
        "L",
        {"X": (3, 4), "A": (4, 2), "B": (4, 2), "C": (4, 2), "G": (3, 2)},
        {
            "X[i,e]": lambda X, A, B, C, G: (lambda s: s["Q"] @ A.T + s["K"] @ B.T + s["V"] @ C.T)(
                attention(X @ A, X @ B, X @ C, G)
            ),
            "B[e,c]": lambda X, A, B, C, G: X.T @ attention(X @ A, X @ B, X @ C, G)["K"],
        },
    ),
    Published(
        "multi-head attention with its heads in one row",
        """
        S[h,i,j] = sum(Q[i,h*w+c]*K[j,h*w+c] for c in range(w))/sqrt(w) for h in range(H) for i in range(n) for j in range(n)
        P[h,i,j] = exp(S[h,i,j])/sum(exp(S[h,i,l]) for l in range(n)) for h in range(H) for i in range(n) for j in range(n)
        O[i,o] = sum(P[h,i,j]*V[j,h*w+c]*W[h*w+c,o] for h in range(H) for j in range(n) for c in range(w)) for i in range(n) for o in range(D)
        L = sum(O[i,o]*G[i,o] for i in range(n) for o in range(D))
        """,
        "L",
        {"Q": (3, 4), "K": (3, 4), "V": (3, 4), "W": (4, 5), "G": (3, 5)},
        {
            "Q[i,k]": lambda Q, K, V, W, G: np.hstack(
                [attention(Q[:, s], K[:, s], V[:, s], G @ W[s].T)["Q"] for s in (slice(0, 2), slice(2, 4))]
            ),
            "V[j,k]": lambda Q, K, V, W, G: np.hstack(
                [attention(Q[:, s], K[:, s], V[:, s], G @ W[s].T)["V"] for s in (slice(0, 2), slice(2, 4))]
            ),
        },
        sizes={"w": 2, "H": 2, "n": 3, "D": 5},
    ),
    Published(
        "linear attention",
        """
        O[i,c] = sum(phi[i,k]*M[k,c] for k in range(d))/sum(phi[i,k]*Z[k] for k in range(d)) for i in range(n) for c in range(v)
        M[k,c] = sum(exp(K[j,k])*V[j,c] for j in range(m)) for k in range(d) for c in range(v)
        Z[k] = sum(exp(K[j,k]) for j in range(m)) for k in range(d)
        phi[i,k] = exp(Q[i,k]) for i in range(n) for k in range(d)
        L = sum(O[i,c]*G[i,c] for i in range(n) for c in range(v))
        """,
        "L",
        {"Q": (3, 2), "K": (4, 2), "V": (4, 3), "G": (3, 3)},
        {
            "V[j,c]": lambda Q, K, V, G: (lambda A: (A / A.sum(axis=1, keepdims=True)).T @ G)(np.exp(Q) @ np.exp(K).T),
            "Q[i,k]": lambda Q, K, V, G: (
                lambda A: (
                    (
                        (G @ V.T - np.sum((A @ V) * G, axis=1, keepdims=True) / A.sum(axis=1, keepdims=True))
                        / A.sum(axis=1, keepdims=True)
                    )
                    @ np.exp(K)
                    * np.exp(Q)
                )
            )(np.exp(Q) @ np.exp(K).T),
        },
    ),
    Published(
        "additive attention",
        """
        e[j] = sum(v[a]*tanh(sum(W[a,k]*s[k] for k in range(n)) + sum(U[a,k]*h[j,k] for k in range(m))) for a in range(A)) for j in range(T)
        alpha[j] = exp(e[j])/sum(exp(e[k]) for k in range(T)) for j in range(T)
        c[k] = sum(alpha[j]*h[j,k] for j in range(T)) for k in range(m)
        L = sum(g[k]*c[k] for k in range(m))
        """,
        "L",
        {"s": (2,), "h": (4, 3), "W": (5, 2), "U": (5, 3), "v": (5,), "g": (3,)},
        {
            "v[a]": by(additive_attention, "v"),
            "W[a,k]": by(additive_attention, "W"),
            "U[j,k]": by(additive_attention, "U"),
            "h[j,k]": by(additive_attention, "h"),
        },
    ),
    Published(
        "graph attention",
        """
        L = sum(G[i,d]*alpha[i,j]*X[j,d] for i in range(n) for j in range(n) for d in range(D))
        alpha[i,j] = (exp(e[i,j])/sum(exp(e[i,k]) for k in range(n) if A[i,k] == 1) if A[i,j] == 1 else 0) for i in range(n) for j in range(n)
        e[i,j] = (r[i,j] if r[i,j] > 0 else 0.2*r[i,j]) for i in range(n) for j in range(n)
        r[i,j] = sum(a[d]*X[i,d] + b[d]*X[j,d] for d in range(D)) for i in range(n) for j in range(n)
        """,
        "L",
        {"A": (4, 4), "X": (4, 2), "a": (2,), "b": (2,), "G": (4, 2)},
        {"a[d]": by(graph_attention, "a"), "b[d]": by(graph_attention, "b"), "X[i,d]": by(graph_attention, "X")},
        drawn={"A": ring},
    ),
    Published(
        "graph convolution",
        """
        H[i,f] = relu(sum(A[i,j]*X[j,d]*W[d,f] for j in range(N) for d in range(D))) for i in range(N) for f in range(F)
        L = 1/2*sum(H[i,f]**2 for i in range(N) for f in range(F))
        """,
        "L",
        {"A": (4, 4), "X": (4, 3), "W": (3, 2)},
        {
            "W[d,f]": lambda A, X, W: (A @ X).T @ np.maximum(A @ X @ W, 0),
            "X[j,d]": lambda A, X, W: A.T @ np.maximum(A @ X @ W, 0) @ W.T,
        },
    ),
    Published(
        "rotary positions",
        """
        L = sum(g[t,s]*(a[t,0]*b[s,0] + a[t,1]*b[s,1]) for t in range(T) for s in range(T))
        a[t,0] = q[t,0]*cos(t*base) - q[t,1]*sin(t*base) for t in range(T)
        a[t,1] = q[t,0]*sin(t*base) + q[t,1]*cos(t*base) for t in range(T)
        b[t,0] = k[t,0]*cos(t*base) - k[t,1]*sin(t*base) for t in range(T)
        b[t,1] = k[t,0]*sin(t*base) + k[t,1]*cos(t*base) for t in range(T)
        """,
        "L",
        {"q": (3, 2), "k": (3, 2), "base": (), "g": (3, 3)},
        {"q[t,c]": rotary},
    ),
    Published(
        "conditional random field",
        """
        alpha[0,k] = s[0,k] for k in range(K)
        alpha[t,k] = s[t,k] + log(sum(exp(alpha[t-1,j] + A[j,k]) for j in range(K))) for t in range(1, T) for k in range(K)
        logZ = log(sum(exp(alpha[T-1,k]) for k in range(K)))
        """,
        "logZ",
        {"s": (4, 2), "A": (2, 2)},
        {"s[t,k]": by(forward_backward, "s"), "A[j,k]": by(forward_backward, "A")},
        sizes={"T": 4},
    ),
    Published(
        "Viterbi",
        """
        v[0,k] = s[0,k] for k in range(K)
        v[t,k] = s[t,k] + max(v[t-1,j] + A[j,k] for j in range(K)) for t in range(1, T) for k in range(K)
        best = max(v[T-1,k] for k in range(K))
        """,
        "best",
        {"s": (4, 2), "A": (2, 2)},
        {"s[t,k]": by(viterbi, "s"), "A[j,k]": by(viterbi, "A")},
        sizes={"T": 4},
    ),
    Published(
        "hidden Markov model",
        """
        alpha[0,i] = start[i]*B[i,0] for i in range(N)
        alpha[t,j] = sum(alpha[t-1,i]*A[i,j] for i in range(N))*B[j,t] for t in range(1, T) for j in range(N)
        L = log(sum(alpha[T-1,i] for i in range(N)))
        """,
        "L",
        {"start": (2,), "A": (2, 2), "B": (2, 4)},
        {"A[i,j]": by(hidden_markov, "A"), "start[j]": by(hidden_markov, "start")},
        sizes={"T": 4},
        drawn={"start": positive, "A": positive, "B": positive},
    ),
    Published(
        "linear state space",
        """
        L = 1/2*sum((c*s[t] - y[t])**2 for t in range(1, T+1))
        s[t] = a*s[t-1] + b*x[t] for t in range(1, T+1)
        s[0] = 0
        """,
        "L",
        {"a": (), "b": (), "c": (), "x": (5,), "y": (5,)},
        {
            "a": by(linear_recurrence, "a"),
            "c": by(linear_recurrence, "c"),
            "x[t]": by(linear_recurrence, "x"),
        },
        sizes={"T": 4},
    ),
    Published(
        "echo state network's readout",
        """
        J = 1/2*sum((sum(V[k]*h[t,k] for k in range(n)) - y[t])**2 for t in range(1, T+1)) + lam/2*sum(V[k]**2 for k in range(n))
        h[t,i] = (1 - leak)*h[t-1,i] + leak*tanh(sum(W[i,k]*h[t-1,k] for k in range(n)) + U[i]*x[t]) for t in range(1, T+1) for i in range(n)
        h[0,i] = 0 for i in range(n)
        """,
        "J",
        {"V": (3,), "y": (4,), "lam": (), "leak": (), "W": (3, 3), "U": (3,), "x": (4,)},
        {
            "V[k]": lambda V, y, lam, leak, W, U, x: (lambda H: H.T @ (H @ V - y[1:]) + lam * V)(
                np.array(states(leak, W, U, x))
            )
        },
        sizes={"T": 3},
        drawn={"leak": share},
    ),
    Published(
        "Kalman filter's likelihood",
        """
        NLL = 1/2*sum(log(S[t]) + e[t]**2/S[t] for t in range(1, T+1))
        e[t] = z[t] - m[t-1] for t in range(1, T+1)
        S[t] = Q[t] + r for t in range(1, T+1)
        Q[t] = P[t-1] + q for t in range(1, T+1)
        k[t] = Q[t]/S[t] for t in range(1, T+1)
        m[t] = m[t-1] + k[t]*e[t] for t in range(1, T+1)
        P[t] = (1 - k[t])*Q[t] for t in range(1, T+1)
        m[0] = 0
        P[0] = 1
        """,
        "NLL",
        {"z": (5,), "q": (), "r": ()},
        {"r": kalman},
        sizes={"T": 4},
        drawn={"q": positive, "r": positive},
    ),
    Published(
        "Euler's steps of a differential equation",
        """
        x[0] = x0
        x[t+1] = x[t] + dt*f(x[t], theta) for t in range(T)
        loss = (x[T] - goal)**2
        """,
        "loss",
        {"x0": (), "theta": (), "dt": (), "goal": ()},
        {"theta": by(euler, "theta"), "x0": by(euler, "x0")},
        sizes={"T": 4},
        functions={"f": (lambda x, a: -a * x**3, lambda x, a: -3 * a * x**2, lambda x, a: -(x**3))},
        drawn={"dt": lambda rng, shape: 0.1},
    ),
    Published(
        "REINFORCE with a baseline",
        """
        J = 1/N*sum(a[t,k]*(R[t] - b)*log(pi_[t,k]) for t in range(N) for k in range(K))
        pi_[t,k] = exp(s[t,k])/sum(exp(s[t,j]) for j in range(K)) for t in range(N) for k in range(K)
        s[t,k] = sum(W[k,d]*x[t,d] for d in range(D)) for t in range(N) for k in range(K)
        sum(a[t,k] for k in range(K)) == 1 for t in range(N)
        """,
        "J",
        {"a": (4, 3), "R": (4,), "b": (), "W": (3, 2), "x": (4, 2)},
        {"W[k,d]": lambda a, R, b, W, x: ((a - softmax(x @ W.T)) * (R - b)[:, None]).T @ x / 4},
        drawn={"a": one_hot},
    ),
    Published(
        "proximal policy optimisation",
        """
        J = 1/n*sum(min(r[t]*A[t], max(1 - eps, min(1 + eps, r[t]))*A[t]) for t in range(n))
        r[t] = exp(logp[t] - old[t]) for t in range(n)
        """,
        "J",
        {"logp": (6,), "old": (6,), "A": (6,), "eps": ()},
        {"logp[t]": lambda logp, old, A, eps: ppo(logp, old, A, eps)},
        drawn={"eps": lambda rng, shape: 0.4},
    ),
    Published(
        "generalised advantages",
        """
        J = 1/2*sum(A[t]**2 for t in range(T))
        A[t] = delta[t] + gamma*lam*A[t+1] for t in range(T)
        delta[t] = R[t] + gamma*V[t+1] - V[t] for t in range(T)
        A[T] = 0
        """,
        "J",
        {"R": (3,), "V": (4,), "gamma": (), "lam": ()},
        {
            "R[t]": lambda R, V, gamma, lam: (lambda M: M.T @ M @ (R + gamma * V[1:] - V[:-1]))(
                np.array([[(gamma * lam) ** (j - i) if j >= i else 0.0 for j in range(3)] for i in range(3)])
            )
        },
        sizes={"T": 3},
    ),
    Published(
        "temporal difference error",
        "J = 1/2*sum((R[t] + gamma*sum(w[k]*x[t+1,k] for k in range(d)) - sum(w[k]*x[t,k] for k in range(d)))**2 for t in range(T))",
        "J",
        {"R": (4,), "gamma": (), "w": (2,), "x": (5, 2)},
        {"w[k]": lambda R, gamma, w, x: (R + gamma * x[1:] @ w - x[:-1] @ w) @ (gamma * x[1:] - x[:-1])},
        sizes={"T": 4},
    ),
    Published(
        "neural autoregressive density",
        """
        nll = -sum(x[d]*log(p[d]) + (1 - x[d])*log(1 - p[d]) for d in range(D))
        p[d] = sigmoid(sum(V[d,j]*h[d,j] for j in range(H))) for d in range(D)
        h[d,j] = sigmoid(c[j] + sum(W[j,k]*x[k] for k in range(d))) for d in range(D) for j in range(H)
        """,
        "nll",
        {"x": (4,), "V": (4, 3), "W": (3, 4), "c": (3,)},
        {"V[d,j]": neural_autoregression},
        drawn={"x": binary},
    ),
    Published(
        "soft decision by a policy",
        """
        J = sum(p[t]*G[t] for t in range(T))
        p[t] = exp(h[t])/sum(exp(h[s]) for s in range(T)) for t in range(T)
        """,
        "J",
        {"G": (4,), "h": (4,)},
        {"h[t]": lambda G, h: softmax(h) * (G - softmax(h) @ G)},
    ),
)


def states(leak: float, W: Array, U: Array, x: Array) -> list[Array]:
    """A leaky reservoir's states from step 1."""
    h, found = np.zeros(len(U)), []
    for value in x[1:]:
        h = (1 - leak) * h + leak * np.tanh(W @ h + U * value)
        found.append(h)
    return found
