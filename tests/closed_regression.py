"""Published gradients: regression, classification losses, likelihoods, and identities of matrix calculus."""

from __future__ import annotations

from math import erf, pi

import numpy as np
from closed_forms import (
    Array,
    Published,
    binary,
    counts,
    distribution,
    one_hot,
    positive,
    share,
    sigmoid,
    signs,
    softmax,
)

DATA = {"x": (5, 3), "y": (5,), "w": (3,)}


def normal_cdf(z: Array) -> Array:
    return np.array([(1 + erf(value / np.sqrt(2))) / 2 for value in z])


def normal_pdf(z: Array) -> Array:
    return np.exp(-(z**2) / 2) / np.sqrt(2 * pi)


def probit(x: Array, y: Array, w: Array) -> Array:
    eta = x @ w
    cdf = normal_cdf(eta)
    return x.T @ ((y - cdf) * normal_pdf(eta) / (cdf * (1 - cdf)))


def multiclass_hinge(s: Array, c: int) -> Array:
    """CS231n, linear classification: the row of each class that is too near, and minus their number at the true one."""
    near = (s - s[c] + 1 > 0) & (np.arange(len(s)) != c)
    return near - near.sum() * np.eye(len(s))[c]


def huber_slope(r: Array, delta: float) -> Array:
    return np.where(np.abs(r) <= delta, r, delta * np.sign(r))


def cosine_slope(x: Array, y: Array) -> Array:
    a, b = np.linalg.norm(x), np.linalg.norm(y)
    return y / (a * b) - (x @ y) / (a * b) * x / a**2


def correlation_slope(x: Array, y: Array) -> Array:
    """d(r)/d(x) = (v - r*u)/|x - mean| with unit vectors u, v of the centred data."""
    u, v = x - x.mean(), y - y.mean()
    length = np.linalg.norm(u)
    u, v = u / length, v / np.linalg.norm(v)
    return (v - (u @ v) * u) / length


def rosenbrock(x: Array) -> Array:
    """scipy.optimize.rosen_der."""
    slope = np.zeros_like(x)
    middle, before, after = x[1:-1], x[:-2], x[2:]
    slope[1:-1] = 200 * (middle - before**2) - 400 * (after - middle**2) * middle - 2 * (1 - middle)
    slope[0] = -400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0])
    slope[-1] = 200 * (x[-1] - x[-2] ** 2)
    return slope


def smoothness(x: Array) -> Array:
    """Twice the graph Laplacian of a path."""
    laplacian = 2 * np.eye(len(x)) - np.eye(len(x), k=1) - np.eye(len(x), k=-1)
    laplacian[0, 0] = laplacian[-1, -1] = 1
    return 2 * laplacian @ x


def cox(eta: Array, d: Array) -> Array:
    """The score of the partial likelihood: events, minus each one's share of the risk sets that it is in."""
    raised = np.exp(eta)
    at_risk = np.cumsum(raised[::-1])[::-1]
    return d - raised * np.cumsum(d / at_risk)


def ranknet(s: Array, y: Array) -> Array:
    """Burges' lambdas, for pairs in which the first is better."""
    better = y[:, None] > y[None, :]
    lambdas = np.where(better, -sigmoid(-(s[:, None] - s[None, :])), 0.0)
    return lambdas.sum(axis=1) - lambdas.sum(axis=0)


REGRESSION = (
    Published(
        "least squares in one line",
        "J = (w*x + b - y)**2",
        "J",
        {"w": (), "x": (), "b": (), "y": ()},
        {
            "w": lambda w, x, b, y: 2 * (w * x + b - y) * x,
            "b": lambda w, x, b, y: 2 * (w * x + b - y),
            "y": lambda w, x, b, y: -2 * (w * x + b - y),
        },
    ),
    Published(
        "linear regression, mean squared error",
        "MSE = 1/N*sum((y[i] - (m*x[i] + b))**2 for i in range(N))",
        "MSE",
        {"y": (5,), "m": (), "x": (5,), "b": ()},
        {
            "m": lambda y, m, x, b: -2 / 5 * np.sum(x * (y - (m * x + b))),
            "b": lambda y, m, x, b: -2 / 5 * np.sum(y - (m * x + b)),
        },
    ),
    Published(
        "ridge regression",
        """
        J = sum((y[i] - sum(x[i,j]*w[j] for j in range(p)))**2 for i in range(n)) + lam*sum(w[j]**2 for j in range(p))
        """,
        "J",
        {**DATA, "lam": ()},
        {
            "w[j]": lambda x, y, w, lam: -2 * x.T @ (y - x @ w) + 2 * lam * w,
            "lam": lambda x, y, w, lam: w @ w,
            "x[i,j]": lambda x, y, w, lam: -2 * np.outer(y - x @ w, w),
        },
    ),
    Published(
        "lasso",
        """
        J = 1/(2*n)*sum((y[i] - f[i])**2 for i in range(n)) + alpha*sum(abs(w[j]) for j in range(p))
        f[i] = sum(x[i,j]*w[j] for j in range(p)) for i in range(n)
        """,
        "J",
        {**DATA, "alpha": ()},
        {"w[i]": lambda x, y, w, alpha: -x.T @ (y - x @ w) / 5 + alpha * np.sign(w)},
    ),
    Published(
        "elastic net",
        """
        J = 1/(2*n)*sum((y[i] - f[i])**2 for i in range(n)) + alpha*rho*L1 + alpha*(1 - rho)/2*L2
        f[i] = sum(x[i,j]*w[j] for j in range(p)) + b for i in range(n)
        L1 = sum(abs(w[j]) for j in range(p))
        L2 = sum(w[j]**2 for j in range(p))
        """,
        "J",
        {**DATA, "b": (), "alpha": (), "rho": ()},
        {
            "w[k]": lambda x, y, w, b, alpha, rho: (
                x.T @ (x @ w + b - y) / 5 + alpha * rho * np.sign(w) + alpha * (1 - rho) * w
            ),
            "b": lambda x, y, w, b, alpha, rho: np.mean(x @ w + b - y),
        },
    ),
    Published(
        "weighted least squares",
        "S = sum(c[i]*(y[i] - sum(x[i,j]*w[j] for j in range(p)))**2 for i in range(n))",
        "S",
        {**DATA, "c": (5,)},
        {
            "w[j]": lambda x, y, w, c: -2 * x.T @ (c * (y - x @ w)),
            "c[i]": lambda x, y, w, c: (y - x @ w) ** 2,
        },
    ),
    Published(
        "logistic regression",
        """
        J = -1/m*sum(y[i]*log(p[i]) + (1 - y[i])*log(1 - p[i]) for i in range(m))
        p[i] = 1/(1 + exp(-sum(w[j]*x[i,j] for j in range(n)) - b)) for i in range(m)
        """,
        "J",
        {**DATA, "b": ()},
        {
            "w[j]": lambda x, y, w, b: x.T @ (sigmoid(x @ w + b) - y) / 5,
            "b": lambda x, y, w, b: np.mean(sigmoid(x @ w + b) - y),
            "p[i]": lambda x, y, w, b: (lambda p: -(y / p - (1 - y) / (1 - p)) / 5)(sigmoid(x @ w + b)),
        },
        drawn={"y": binary},
    ),
    Published(
        "logistic regression with labels of -1 and 1",
        "J = sum(log(1 + exp(-y[i]*sum(w[j]*x[i,j] for j in range(n)))) for i in range(m)) + lam/2*sum(w[j]**2 for j in range(n))",
        "J",
        {**DATA, "lam": ()},
        {"w[j]": lambda x, y, w, lam: -x.T @ (y * sigmoid(-y * (x @ w))) + lam * w},
        drawn={"y": signs},
    ),
    Published(
        "multinomial logistic regression",
        """
        J = -1/N*sum(T[n,k]*log(Y[n,k]) for n in range(N) for k in range(K))
        Y[n,k] = exp(a[n,k])/sum(exp(a[n,j]) for j in range(K)) for n in range(N) for k in range(K)
        a[n,k] = sum(W[k,d]*X[n,d] for d in range(D)) for n in range(N) for k in range(K)
        sum(T[n,k] for k in range(K)) == 1 for n in range(N)
        """,
        "J",
        {"T": (5, 4), "W": (4, 3), "X": (5, 3)},
        {
            "W[j,k]": lambda T, W, X: (softmax(X @ W.T) - T).T @ X / 5,
            "a[n,k]": lambda T, W, X: (softmax(X @ W.T) - T) / 5,
            "X[n,d]": lambda T, W, X: (softmax(X @ W.T) - T) @ W / 5,
        },
        drawn={"T": one_hot},
    ),
    Published(
        "cross-entropy of one true class",
        """
        L = -log(p[c])
        p[k] = exp(z[k])/sum(exp(z[j]) for j in range(K)) for k in range(K)
        0 <= c < K
        """,
        "L",
        {"z": (4,)},
        {"z[k]": lambda z: softmax(z) - np.eye(4)[2]},
        sizes={"c": 2},
    ),
    Published(
        "softmax alone",
        """
        L = sum(g[i]*p[i] for i in range(n))
        p[i] = exp(x[i])/sum(exp(x[j]) for j in range(n)) for i in range(n)
        """,
        "L",
        {"g": (4,), "x": (4,)},
        {"x[j]": lambda g, x: softmax(x) * (g - g @ softmax(x))},
    ),
    Published(
        "log-sum-exp with a temperature",
        "F = tau*log(sum(exp(x[i]/tau) for i in range(n)))",
        "F",
        {"tau": (), "x": (4,)},
        {
            "x[i]": lambda tau, x: softmax(x / tau),
            "tau": lambda tau, x: np.log(np.sum(np.exp(x / tau))) - softmax(x / tau) @ x / tau,
        },
        drawn={"tau": positive},
    ),
    Published(
        "Poisson regression",
        """
        l = sum(y[i]*eta[i] - exp(eta[i]) for i in range(n))
        eta[i] = sum(x[i,j]*w[j] for j in range(p)) for i in range(n)
        """,
        "l",
        DATA,
        {"w[j]": lambda x, y, w: x.T @ (y - np.exp(x @ w))},
        drawn={"y": counts},
    ),
    Published(
        "gamma regression with a log link",
        """
        l = sum(-y[i]/mu[i] - log(mu[i]) for i in range(n))
        mu[i] = exp(sum(x[i,j]*w[j] for j in range(p))) for i in range(n)
        """,
        "l",
        DATA,
        {"w[j]": lambda x, y, w: x.T @ (y / np.exp(x @ w) - 1)},
        drawn={"y": positive},
    ),
    Published(
        "negative binomial regression",
        """
        l = sum(y[i]*log(alpha*mu[i]/(1 + alpha*mu[i])) - 1/alpha*log(1 + alpha*mu[i]) for i in range(n))
        mu[i] = exp(sum(x[i,j]*w[j] for j in range(p))) for i in range(n)
        """,
        "l",
        {**DATA, "alpha": ()},
        {"w[j]": lambda x, y, w, alpha: x.T @ ((y - np.exp(x @ w)) / (1 + alpha * np.exp(x @ w)))},
        drawn={"y": counts, "alpha": positive},
    ),
    Published(
        "probit regression",
        """
        l = sum(y[i]*log(P[i]) + (1 - y[i])*log(1 - P[i]) for i in range(n))
        P[i] = (1 + erf(eta[i]/sqrt(2)))/2 for i in range(n)
        eta[i] = sum(x[i,j]*w[j] for j in range(p)) for i in range(n)
        """,
        "l",
        DATA,
        {"w[j]": probit},
        drawn={"y": binary},
    ),
    Published(
        "Huber loss",
        """
        L = sum((r[i]**2/2 if abs(r[i]) <= delta else delta*(abs(r[i]) - delta/2)) for i in range(n))
        r[i] = y[i] - sum(x[i,j]*w[j] for j in range(p)) for i in range(n)
        """,
        "L",
        {**DATA, "delta": ()},
        {"w[j]": lambda x, y, w, delta: -x.T @ huber_slope(y - x @ w, delta)},
        drawn={"delta": positive},
    ),
    Published(
        "quantile regression",
        """
        L = sum((tau*r[i] if r[i] >= 0 else (tau - 1)*r[i]) for i in range(n))
        r[i] = y[i] - sum(x[i,j]*w[j] for j in range(p)) for i in range(n)
        """,
        "L",
        {**DATA, "tau": ()},
        {"w[j]": lambda x, y, w, tau: -x.T @ (tau - (y - x @ w < 0))},
        drawn={"tau": share},
    ),
    Published(
        "log-cosh loss",
        "L = sum(log(cosh(sum(x[i,j]*w[j] for j in range(p)) - y[i])) for i in range(n))",
        "L",
        DATA,
        {"w[j]": lambda x, y, w: x.T @ np.tanh(x @ w - y)},
    ),
    Published(
        "support vector machine",
        """
        J = lam/2*sum(w[j]**2 for j in range(d)) + 1/n*sum(max(0, 1 - y[i]*f[i]) for i in range(n))
        f[i] = sum(w[j]*x[i,j] for j in range(d)) + b for i in range(n)
        """,
        "J",
        {**DATA, "b": (), "lam": ()},
        {
            "w[j]": lambda x, y, w, b, lam: lam * w - x.T @ (y * (y * (x @ w + b) < 1)) / 5,
            "b": lambda x, y, w, b, lam: -np.sum(y * (y * (x @ w + b) < 1)) / 5,
        },
        drawn={"y": signs},
    ),
    Published(
        "squared hinge loss",
        "J = sum(max(0, 1 - y[i]*sum(w[j]*x[i,j] for j in range(d)))**2 for i in range(n))",
        "J",
        DATA,
        {"w[j]": lambda x, y, w: -2 * x.T @ (y * np.maximum(0, 1 - y * (x @ w)))},
        drawn={"y": signs},
    ),
    Published(
        "multiclass support vector machine",
        """
        L = sum(max(0, s[j] - s[c] + 1) for j in range(K) if j != c)
        s[k] = sum(W[k,d]*x[d] for d in range(D)) for k in range(K)
        """,
        "L",
        {"W": (4, 3), "x": (3,)},
        {
            "W[j,k]": lambda W, x: np.outer(multiclass_hinge(W @ x, 1), x),
            "s[j]": lambda W, x: multiclass_hinge(W @ x, 1),
        },
        sizes={"c": 1},
    ),
    Published(
        "Cox partial likelihood",
        "l = sum(d[i]*(eta[i] - log(sum(exp(eta[j]) for j in range(i, n)))) for i in range(n))",
        "l",
        {"d": (5,), "eta": (5,)},
        {"eta[k]": lambda d, eta: cox(eta, d)},
        drawn={"d": binary},
    ),
    Published(
        "RankNet",
        "C = sum(log(1 + exp(-(s[i] - s[j]))) for i in range(n) for j in range(n) if y[i] > y[j])",
        "C",
        {"s": (4,), "y": (4,)},
        {"s[k]": ranknet},
    ),
    Published(
        "normal likelihood",
        "NLL = sum((x[i] - mu)**2/(2*sigma**2) + log(sigma) + log(2*pi)/2 for i in range(n))",
        "NLL",
        {"x": (5,), "mu": (), "sigma": ()},
        {
            "mu": lambda x, mu, sigma: np.sum(mu - x) / sigma**2,
            "sigma": lambda x, mu, sigma: 5 / sigma - np.sum((x - mu) ** 2) / sigma**3,
            "x[i]": lambda x, mu, sigma: (x - mu) / sigma**2,
        },
        drawn={"sigma": positive},
    ),
    Published(
        "normal likelihood with a log variance for each sample",
        "NLL = 1/2*sum(exp(-s[i])*(y[i] - f[i])**2 + s[i] for i in range(n))",
        "NLL",
        {"s": (4,), "y": (4,), "f": (4,)},
        {
            "s[i]": lambda s, y, f: (1 - np.exp(-s) * (y - f) ** 2) / 2,
            "f[i]": lambda s, y, f: np.exp(-s) * (f - y),
        },
    ),
    Published(
        "log partition function of the normal distribution",
        "A = -eta[0]**2/(4*eta[1]) - 1/2*log(-2*eta[1])",
        "A",
        {"eta": (2,)},
        {"eta[k]": lambda eta: np.array([-eta[0] / (2 * eta[1]), eta[0] ** 2 / (4 * eta[1] ** 2) - 1 / (2 * eta[1])])},
        drawn={"eta": lambda rng, shape: -positive(rng, shape)},
    ),
    Published(
        "Bernoulli likelihood by its natural parameter",
        "l = sum(y[i]*theta[i] - log(1 + exp(theta[i])) for i in range(n))",
        "l",
        {"y": (4,), "theta": (4,)},
        {"theta[i]": lambda y, theta: y - sigmoid(theta)},
        drawn={"y": binary},
    ),
    Published(
        "entropy",
        "H = -sum(p[i]*log(p[i]) for i in range(n))",
        "H",
        {"p": (4,)},
        {"p[i]": lambda p: -np.log(p) - 1},
        drawn={"p": distribution},
    ),
    Published(
        "Kullback-Leibler divergence",
        "D = sum(p[i]*log(p[i]/q[i]) for i in range(n))",
        "D",
        {"p": (4,), "q": (4,)},
        {"p[i]": lambda p, q: np.log(p / q) + 1, "q[j]": lambda p, q: -p / q},
        drawn={"p": distribution, "q": distribution},
    ),
    Published(
        "quadratic form",
        "f = sum(x[i]*A[i,j]*x[j] for i in range(n) for j in range(n))",
        "f",
        {"x": (4,), "A": (4, 4)},
        {"x[k]": lambda x, A: (A + A.T) @ x, "A[i,j]": lambda x, A: np.outer(x, x)},
    ),
    Published(
        "quadratic form in two products",
        """
        f = 1/2*sum(x[i]*y[i] for i in range(n)) - sum(b[i]*x[i] for i in range(n))
        y[i] = sum(A[i,j]*x[j] for j in range(n)) for i in range(n)
        """,
        "f",
        {"x": (4,), "A": (4, 4), "b": (4,)},
        {"x[i]": lambda x, A, b: (A + A.T) @ x / 2 - b},
    ),
    Published(
        "bilinear form",
        "f = sum(a[i]*X[i,j]*b[j] for i in range(n) for j in range(m))",
        "f",
        {"a": (3,), "X": (3, 4), "b": (4,)},
        {
            "X[j,i]": lambda a, X, b: np.outer(a, b),
            "a[k]": lambda a, X, b: X @ b,
            "b[k]": lambda a, X, b: a @ X,
        },
    ),
    Published(
        "trace of a product",
        "f = sum(A[i,j]*X[j,k]*B[k,i] for i in range(n) for j in range(m) for k in range(p))",
        "f",
        {"A": (2, 3), "X": (3, 4), "B": (4, 2)},
        {"X[i,j]": lambda A, X, B: A.T @ B.T, "A[j,k]": lambda A, X, B: (X @ B).T},
    ),
    Published(
        "trace of a square",
        "f = sum(X[i,j]*X[j,i] for i in range(n) for j in range(n))",
        "f",
        {"X": (4, 4)},
        {"X[i,j]": lambda X: 2 * X.T, "X[k,k]": lambda X: 2 * np.diag(X)},
    ),
    Published(
        "squared norm of A x - b",
        "f = sum((sum(A[i,j]*x[j] for j in range(n)) - b[i])**2 for i in range(m))",
        "f",
        {"A": (3, 4), "x": (4,), "b": (3,)},
        {
            "x[j]": lambda A, x, b: 2 * A.T @ (A @ x - b),
            "A[i,j]": lambda A, x, b: 2 * np.outer(A @ x - b, x),
            "b[i]": lambda A, x, b: -2 * (A @ x - b),
        },
    ),
    Published(
        "Mahalanobis distance",
        "D = sum((x[i] - mu[i])*P[i,j]*(x[j] - mu[j]) for i in range(n) for j in range(n))",
        "D",
        {"x": (3,), "mu": (3,), "P": (3, 3)},
        {
            "mu[i]": lambda x, mu, P: -(P + P.T) @ (x - mu),
            "P[i,j]": lambda x, mu, P: np.outer(x - mu, x - mu),
        },
    ),
    Published(
        "logarithm of a Gram matrix's trace",
        """
        f = log(sum(G[i,i] for i in range(n)))
        G[i,j] = sum(X[i,k]*X[j,k] for k in range(d)) for i in range(n) for j in range(n)
        """,
        "f",
        {"X": (3, 4)},
        {"X[i,j]": lambda X: 2 * X / np.sum(X**2), "G[i,j]": lambda X: np.eye(3) / np.sum(X**2)},
    ),
    Published(
        "determinant of a 2 by 2 matrix",
        "f = log(A[0,0]*A[1,1] - A[0,1]*A[1,0])",
        "f",
        {"A": (2, 2)},
        {"A[i,j]": lambda A: np.linalg.inv(A).T},
        drawn={"A": lambda rng, shape: 3 * np.eye(2) + rng.uniform(0, 1, size=shape)},
    ),
    Published(
        "p-norm",
        "f = sum(abs(x[i])**3 for i in range(n))**(1/3)",
        "f",
        {"x": (4,)},
        {"x[i]": lambda x: x * np.abs(x) / np.sum(np.abs(x) ** 3) ** (2 / 3)},
    ),
    Published(
        "Euclidean norm",
        "f = sqrt(sum((x[i] - a[i])**2 for i in range(n)))",
        "f",
        {"x": (4,), "a": (4,)},
        {"x[i]": lambda x, a: (x - a) / np.linalg.norm(x - a)},
    ),
    Published(
        "greatest component",
        "f = max(abs(x[i]) for i in range(n))",
        "f",
        {"x": (4,)},
        {"x[i]": lambda x: np.sign(x) * (np.abs(x) == np.abs(x).max())},
    ),
    Published(
        "geometric mean",
        "f = prod(x[i] for i in range(n))**(1/n)",
        "f",
        {"x": (4,)},
        {"x[i]": lambda x: np.prod(x) ** (1 / 4) / (4 * x)},
        drawn={"x": positive},
    ),
    Published(
        "harmonic mean",
        "f = n/sum(1/x[i] for i in range(n))",
        "f",
        {"x": (4,)},
        {"x[i]": lambda x: 4 / (np.sum(1 / x) ** 2 * x**2)},
        drawn={"x": positive},
    ),
    Published(
        "product",
        "f = prod(x[i] for i in range(n))",
        "f",
        {"x": (4,)},
        {"x[k]": lambda x: np.prod(x) / x},
    ),
    Published(
        "standard deviation",
        """
        s = sqrt(1/n*sum((x[i] - mean)**2 for i in range(n)))
        mean = sum(x[i] for i in range(n))/n
        """,
        "s",
        {"x": (5,)},
        {"x[i]": lambda x: (x - x.mean()) / (5 * x.std())},
    ),
    Published(
        "cosine similarity",
        "c = sum(x[i]*y[i] for i in range(n))/(sqrt(sum(x[i]**2 for i in range(n)))*sqrt(sum(y[i]**2 for i in range(n))))",
        "c",
        {"x": (4,), "y": (4,)},
        {"x[i]": cosine_slope},
    ),
    Published(
        "Pearson correlation",
        """
        r = cov/sqrt(vx*vy)
        cov = sum((x[i] - mx)*(y[i] - my) for i in range(n))
        vx = sum((x[i] - mx)**2 for i in range(n))
        vy = sum((y[i] - my)**2 for i in range(n))
        mx = 1/n*sum(x[i] for i in range(n))
        my = 1/n*sum(y[i] for i in range(n))
        """,
        "r",
        {"x": (5,), "y": (5,)},
        {"x[i]": correlation_slope},
    ),
    Published(
        "Rosenbrock function",
        "f = sum(100*(x[i+1] - x[i]**2)**2 + (1 - x[i])**2 for i in range(n-1))",
        "f",
        {"x": (5,)},
        {"x[i]": rosenbrock},
        sizes={"n": 5},
    ),
    Published(
        "smoothness of a path",
        "f = sum((x[i+1] - x[i])**2 for i in range(n-1))",
        "f",
        {"x": (5,)},
        {"x[k]": smoothness},
        sizes={"n": 5},
    ),
    Published(
        "kernel expansion",
        "f = sum(alpha[i]*exp(-gamma*sum((x[i,d] - z[d])**2 for d in range(D))) for i in range(n))",
        "f",
        {"alpha": (4,), "gamma": (), "x": (4, 3), "z": (3,)},
        {
            "z[d]": lambda alpha, gamma, x, z: (
                2 * gamma * (alpha * np.exp(-gamma * np.sum((x - z) ** 2, axis=1))) @ (x - z)
            ),
            "gamma": lambda alpha, gamma, x, z: (
                -np.sum(alpha * np.sum((x - z) ** 2, axis=1) * np.exp(-gamma * np.sum((x - z) ** 2, axis=1)))
            ),
        },
    ),
)
