"""Published gradients: factorisations, mixtures, embeddings, energies, and losses that compare."""

from __future__ import annotations

import numpy as np
from closed_forms import Array, Published, binary, distribution, one_hot, positive, share, sigmoid, signs, softmax


def kmeans(X: Array, C: Array) -> Array:
    """Twice the sum of differences to the points for which a centre is the nearest."""
    nearest = np.argmin(((X[:, None] - C[None]) ** 2).sum(-1), axis=1)
    return np.array([2 * (C[k] - X[nearest == k]).sum(axis=0) for k in range(len(C))])


def responsibilities(x: Array, mu: Array, s: Array, w: Array) -> Array:
    weighted = w * np.exp(-((x[:, None] - mu) ** 2) / (2 * s**2)) / np.sqrt(2 * np.pi * s**2)
    return weighted / weighted.sum(axis=1, keepdims=True)


def tsne(P: Array, Y: Array) -> Array:
    """4 * sum over j of (p_ij - q_ij)(y_i - y_j)/(1 + |y_i - y_j|^2), for symmetric P."""
    differences = Y[:, None] - Y[None]
    near = 1 / (1 + (differences**2).sum(-1))
    np.fill_diagonal(near, 0)
    Q = near / near.sum()
    return 4 * (((P - Q) * near)[:, :, None] * differences).sum(axis=1)


def symmetric_distribution(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    raw = positive(rng, shape)
    raw = raw + raw.T
    np.fill_diagonal(raw, 0)
    return raw / raw.sum()


def pca(X: Array, W: Array) -> Array:
    """d |X - X W W^T|^2 / dW"""
    R = X @ W @ W.T - X
    return 2 * (X.T @ R @ W + R.T @ X @ W)


def glove_weight(X: Array, wide: float) -> Array:
    return np.minimum(1, (X / wide) ** 0.75)


def infonce(u: Array, v: Array, tau: float) -> Array:
    p = softmax(u @ v.T / tau)
    return (p - np.eye(len(u))) @ v / (tau * len(u))


def factorisation_machine(x: Array, V: Array) -> Array:
    """Rendle 2010: x_i * sum_j(v_jf x_j) - v_if x_i^2"""
    return np.outer(x, x @ V) - V * (x**2)[:, None]


def laplacian(A: Array, x: Array) -> Array:
    S = A + A.T
    return 2 * (np.diag(S.sum(axis=1)) - S) @ x


UNSUPERVISED = (
    Published(
        "matrix factorisation with missing ratings",
        """
        J = (sum((R[u,i] - sum(P[u,k]*Q[i,k] for k in range(K)))**2 for u in range(U) for i in range(I) if M[u,i] == 1)
             + lam*(sum(P[u,k]**2 for u in range(U) for k in range(K)) + sum(Q[i,k]**2 for i in range(I) for k in range(K))))
        """,
        "J",
        {"R": (3, 4), "P": (3, 2), "Q": (4, 2), "M": (3, 4), "lam": ()},
        {
            "P[u,k]": lambda R, P, Q, M, lam: -2 * (M * (R - P @ Q.T)) @ Q + 2 * lam * P,
            "Q[i,k]": lambda R, P, Q, M, lam: -2 * (M * (R - P @ Q.T)).T @ P + 2 * lam * Q,
        },
        drawn={"M": binary},
    ),
    Published(
        "matrix factorisation with biases",
        """
        J = 1/2*sum(M[u,i]*e[u,i]**2 for u in range(U) for i in range(I))
        e[u,i] = R[u,i] - mean - b[u] - c[i] - sum(P[u,k]*Q[i,k] for k in range(K)) for u in range(U) for i in range(I)
        """,
        "J",
        {"R": (3, 4), "P": (3, 2), "Q": (4, 2), "M": (3, 4), "b": (3,), "c": (4,), "mean": ()},
        {
            "b[u]": lambda R, P, Q, M, b, c, mean: -(M * (R - mean - b[:, None] - c - P @ Q.T)).sum(axis=1),
            "c[i]": lambda R, P, Q, M, b, c, mean: -(M * (R - mean - b[:, None] - c - P @ Q.T)).sum(axis=0),
            "P[i,u]": lambda R, P, Q, M, b, c, mean: -(M * (R - mean - b[:, None] - c - P @ Q.T)) @ Q,
        },
        drawn={"M": binary},
    ),
    Published(
        "non-negative matrix factorisation under Kullback-Leibler",
        """
        D = sum(V[i,j]*log(V[i,j]/Z[i,j]) - V[i,j] + Z[i,j] for i in range(n) for j in range(m))
        Z[i,j] = sum(W[i,a]*H[a,j] for a in range(r)) for i in range(n) for j in range(m)
        """,
        "D",
        {"V": (3, 4), "W": (3, 2), "H": (2, 4)},
        {
            "H[a,j]": lambda V, W, H: W.T @ (1 - V / (W @ H)),
            "W[i,a]": lambda V, W, H: (1 - V / (W @ H)) @ H.T,
        },
        drawn={"V": positive, "W": positive, "H": positive},
    ),
    Published(
        "principal components",
        """
        J = sum((X[i,d] - sum(Z[i,k]*W[d,k] for k in range(K)))**2 for i in range(n) for d in range(D))
        Z[i,k] = sum(X[i,e]*W[e,k] for e in range(D)) for i in range(n) for k in range(K)
        """,
        "J",
        {"X": (5, 4), "W": (4, 2)},
        {"W[d,k]": pca},
    ),
    Published(
        "k-means",
        "J = sum(min(sum((X[i,d] - C[k,d])**2 for d in range(D)) for k in range(K)) for i in range(n))",
        "J",
        {"X": (6, 2), "C": (3, 2)},
        {"C[k,d]": kmeans},
    ),
    Published(
        "mixture of normal distributions",
        """
        LL = sum(log(sum(w[k]*N[i,k] for k in range(K))) for i in range(n))
        N[i,k] = exp(-(x[i] - mu[k])**2/(2*s[k]**2))/sqrt(2*pi*s[k]**2) for i in range(n) for k in range(K)
        """,
        "LL",
        {"x": (5,), "mu": (3,), "s": (3,), "w": (3,)},
        {
            "mu[k]": lambda x, mu, s, w: (responsibilities(x, mu, s, w) * (x[:, None] - mu) / s**2).sum(axis=0),
            "s[k]": lambda x, mu, s, w: (responsibilities(x, mu, s, w) * ((x[:, None] - mu) ** 2 / s**3 - 1 / s)).sum(
                axis=0
            ),
            "w[k]": lambda x, mu, s, w: (responsibilities(x, mu, s, w) / w).sum(axis=0),
        },
        drawn={"s": positive, "w": distribution},
    ),
    Published(
        "t-SNE",
        """
        C = sum(P[i,j]*log(P[i,j]/Q[i,j]) for i in range(n) for j in range(n) if i != j)
        Q[i,j] = q[i,j]/sum(q[k,l] for k in range(n) for l in range(n) if k != l) for i in range(n) for j in range(n)
        q[i,j] = 1/(1 + sum((Y[i,d] - Y[j,d])**2 for d in range(D))) for i in range(n) for j in range(n)
        """,
        "C",
        {"P": (4, 4), "Y": (4, 2)},
        {"Y[i,d]": tsne},
        drawn={"P": symmetric_distribution},
    ),
    Published(
        "GloVe",
        """
        J = sum(f[i,j]*(sum(w[i,d]*v[j,d] for d in range(D)) + b[i] + c[j] - log(X[i,j]))**2 for i in range(V) for j in range(V))
        f[i,j] = (X[i,j]/wide)**(3/4) if X[i,j] < wide else 1 for i in range(V) for j in range(V)
        """,
        "J",
        {"X": (3, 3), "w": (3, 2), "v": (3, 2), "b": (3,), "c": (3,), "wide": ()},
        {
            "w[i,d]": lambda X, w, v, b, c, wide: (
                2 * (glove_weight(X, wide) * (w @ v.T + b[:, None] + c - np.log(X))) @ v
            ),
            "b[i]": lambda X, w, v, b, c, wide: (
                2 * (glove_weight(X, wide) * (w @ v.T + b[:, None] + c - np.log(X))).sum(axis=1)
            ),
        },
        drawn={"X": positive, "wide": positive},
    ),
    Published(
        "word2vec with negative sampling",
        """
        J = (-log(sigmoid(sum(u[0,d]*v[d] for d in range(D))))
             - sum(log(sigmoid(-sum(u[k,d]*v[d] for d in range(D)))) for k in range(1, K+1)))
        """,
        "J",
        {"u": (4, 3), "v": (3,)},
        {
            "v[d]": lambda u, v: sigmoid(u @ v) @ u - u[0],
            "u[k,d]": lambda u, v: np.outer(sigmoid(u @ v) - np.eye(4)[0], v),
        },
        sizes={"K": 3},
    ),
    Published(
        "skip-gram with a full softmax",
        """
        J = -sum(u[o,d]*v[d] for d in range(D)) + log(sum(exp(sum(u[w,d]*v[d] for d in range(D))) for w in range(W)))
        0 <= o < W
        """,
        "J",
        {"u": (5, 3), "v": (3,)},
        {
            "v[d]": lambda u, v: softmax(u @ v) @ u - u[2],
            "u[w,d]": lambda u, v: np.outer(softmax(u @ v) - np.eye(5)[2], v),
        },
        sizes={"o": 2},
    ),
    Published(
        "energy of a restricted Boltzmann machine",
        """
        E = (-sum(b[i]*v[i] for i in range(n)) - sum(c[j]*h[j] for j in range(m))
             - sum(v[i]*W[i,j]*h[j] for i in range(n) for j in range(m)))
        """,
        "E",
        {"b": (3,), "v": (3,), "c": (2,), "h": (2,), "W": (3, 2)},
        {
            "W[i,j]": lambda b, v, c, h, W: -np.outer(v, h),
            "b[i]": lambda b, v, c, h, W: -v,
            "h[j]": lambda b, v, c, h, W: -c - v @ W,
        },
        drawn={"v": binary, "h": binary},
    ),
    Published(
        "free energy of a restricted Boltzmann machine",
        "F = -sum(b[i]*v[i] for i in range(n)) - sum(log(1 + exp(c[j] + sum(v[i]*W[i,j] for i in range(n)))) for j in range(m))",
        "F",
        {"b": (3,), "v": (3,), "c": (2,), "W": (3, 2)},
        {
            "W[i,j]": lambda b, v, c, W: -np.outer(v, sigmoid(c + v @ W)),
            "c[j]": lambda b, v, c, W: -sigmoid(c + v @ W),
            "v[k]": lambda b, v, c, W: -b - W @ sigmoid(c + v @ W),
        },
    ),
    Published(
        "energy of a Hopfield network",
        "E = -1/2*sum(W[i,j]*s[i]*s[j] for i in range(n) for j in range(n) if i != j) + sum(theta[i]*s[i] for i in range(n))",
        "E",
        {"W": (4, 4), "s": (4,), "theta": (4,)},
        {
            "s[i]": lambda W, s, theta: -((W + W.T) - 2 * np.diag(np.diag(W))) @ s / 2 + theta,
            "W[i,j]": lambda W, s, theta: -(np.outer(s, s) - np.diag(s**2)) / 2,
        },
        drawn={"s": signs},
    ),
    Published(
        "energy of a modern Hopfield network",
        """
        E = -1/beta*log(sum(exp(beta*sum(X[m,d]*s[d] for d in range(D))) for m in range(M))) + 1/2*sum(s[d]**2 for d in range(D))
        """,
        "E",
        {"X": (4, 3), "s": (3,), "beta": ()},
        {"s[d]": lambda X, s, beta: s - X.T @ softmax(beta * (X @ s))},
        drawn={"beta": positive},
    ),
    Published(
        "pseudo-likelihood of an Ising model",
        """
        l = sum(log(sigmoid(2*s[i]*field[i])) for i in range(n))
        field[i] = h[i] + sum(J[i,j]*s[j] for j in range(n) if j != i) for i in range(n)
        """,
        "l",
        {"s": (4,), "h": (4,), "J": (4, 4)},
        {
            "h[i]": lambda s, h, J: 2 * s * sigmoid(-2 * s * (h + (J - np.diag(np.diag(J))) @ s)),
            "J[i,j]": lambda s, h, J: (
                np.outer(2 * s * sigmoid(-2 * s * (h + (J - np.diag(np.diag(J))) @ s)), s) * (1 - np.eye(4))
            ),
        },
        drawn={"s": signs},
    ),
    Published(
        "factorisation machine",
        """
        f = b + sum(w[i]*x[i] for i in range(n)) + sum(V[i,k]*V[j,k]*x[i]*x[j] for i in range(n) for j in range(i+1, n) for k in range(K))
        """,
        "f",
        {"b": (), "w": (4,), "x": (4,), "V": (4, 2)},
        {
            "V[i,k]": lambda b, w, x, V: factorisation_machine(x, V),
            "x[i]": lambda b, w, x, V: w + (V @ V.T - np.diag(np.diag(V @ V.T))) @ x,
        },
        sizes={"n": 4},
    ),
    Published(
        "factorisation machine in linear time",
        """
        f = 1/2*sum(s[k]**2 - sum(V[i,k]**2*x[i]**2 for i in range(n)) for k in range(K))
        s[k] = sum(V[i,k]*x[i] for i in range(n)) for k in range(K)
        """,
        "f",
        {"x": (4,), "V": (4, 2)},
        {"V[i,k]": factorisation_machine, "x[j]": lambda x, V: (V @ V.T - np.diag(np.diag(V @ V.T))) @ x},
    ),
    Published(
        "smoothness over a graph",
        "f = sum(A[i,j]*(x[i] - x[j])**2 for i in range(n) for j in range(n))",
        "f",
        {"A": (4, 4), "x": (4,)},
        {"x[k]": laplacian},
    ),
    Published(
        "triplet loss",
        "L = max(0, sum((a[d] - p[d])**2 for d in range(D)) - sum((a[d] - n[d])**2 for d in range(D)) + margin)",
        "L",
        {"a": (3,), "p": (3,), "n": (3,), "margin": ()},
        {
            "a[d]": lambda a, p, n, margin: 2 * (n - p) * (((a - p) ** 2).sum() - ((a - n) ** 2).sum() + margin > 0),
            "n[d]": lambda a, p, n, margin: 2 * (a - n) * (((a - p) ** 2).sum() - ((a - n) ** 2).sum() + margin > 0),
        },
        drawn={"margin": lambda rng, shape: 20.0},
    ),
    Published(
        "contrastive loss",
        """
        L = 1/2*sum(y[i]*D[i]**2 + (1 - y[i])*max(0, margin - D[i])**2 for i in range(n))
        D[i] = sqrt(sum((a[i,d] - b[i,d])**2 for d in range(m))) for i in range(n)
        """,
        "L",
        {"y": (4,), "a": (4, 3), "b": (4, 3), "margin": ()},
        {
            "a[i,d]": lambda y, a, b, margin: (
                lambda D: ((y * D - (1 - y) * np.maximum(0, margin - D)) / D)[:, None] * (a - b)
            )(np.linalg.norm(a - b, axis=1))
        },
        drawn={"y": binary, "margin": lambda rng, shape: 2.5},
    ),
    Published(
        "InfoNCE",
        """
        s[i,j] = sum(u[i,d]*v[j,d] for d in range(D))/tau for i in range(N) for j in range(N)
        L = -1/N*sum(log(exp(s[i,i])/sum(exp(s[i,j]) for j in range(N))) for i in range(N))
        """,
        "L",
        {"u": (4, 3), "v": (4, 3), "tau": ()},
        {
            "u[i,d]": infonce,
            "v[j,d]": lambda u, v, tau: (softmax(u @ v.T / tau) - np.eye(4)).T @ u / (tau * 4),
            "s[i,j]": lambda u, v, tau: (softmax(u @ v.T / tau) - np.eye(4)) / 4,
        },
        drawn={"tau": positive},
    ),
    Published(
        "focal loss",
        """
        FL = -sum(y[i]*(1 - p[i])**gamma*log(p[i]) + (1 - y[i])*p[i]**gamma*log(1 - p[i]) for i in range(n))
        p[i] = sigmoid(x[i]) for i in range(n)
        """,
        "FL",
        {"y": (4,), "x": (4,), "gamma": ()},
        {
            "x[i]": lambda y, x, gamma: (lambda s, q: s * (1 - q) ** gamma * (gamma * q * np.log(q) + q - 1))(
                2 * y - 1, sigmoid((2 * y - 1) * x)
            )
        },
        drawn={"y": binary, "gamma": positive},
    ),
    Published(
        "label smoothing",
        """
        L = -sum(q[k]*log(p[k]) for k in range(K))
        q[k] = (1 - eps)*y[k] + eps/K for k in range(K)
        p[k] = exp(z[k])/sum(exp(z[j]) for j in range(K)) for k in range(K)
        sum(y[k] for k in range(K)) == 1
        """,
        "L",
        {"y": (4,), "z": (4,), "eps": ()},
        {"z[k]": lambda y, z, eps: softmax(z) - (1 - eps) * y - eps / 4},
        drawn={"y": one_hot, "eps": share},
    ),
    Published(
        "Dice loss",
        "L = 1 - 2*sum(p[i]*g[i] for i in range(N))/(sum(p[i]**2 for i in range(N)) + sum(g[i]**2 for i in range(N)))",
        "L",
        {"p": (5,), "g": (5,)},
        {"p[j]": lambda p, g: -2 * (g * (p @ p + g @ g) - 2 * p * (p @ g)) / (p @ p + g @ g) ** 2},
        drawn={"p": share, "g": binary},
    ),
    Published(
        "distillation with a temperature",
        """
        L = -T**2*sum(q[k]*log(p[k]) for k in range(K))
        q[k] = exp(v[k]/T)/sum(exp(v[j]/T) for j in range(K)) for k in range(K)
        p[k] = exp(z[k]/T)/sum(exp(z[j]/T) for j in range(K)) for k in range(K)
        """,
        "L",
        {"v": (4,), "z": (4,), "T": ()},
        {"z[k]": lambda v, z, T: T * (softmax(z / T) - softmax(v / T))},
        drawn={"T": positive},
    ),
)
