"""Losses of one sample: formula, derivative as textbooks state it, kinks, source.

A new loss is one entry here. It needs no test of its own: the tests run over the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from derive.model.lookup import found

# How the terms of the output nodes, j from 0 to n - 1, make up the loss.
TOTALS = {
    "sum": "sum({term} for j in range(n))",
    "minus": "-sum({term} for j in range(n))",
    "half": "1/2*sum({term} for j in range(n))",
    "mean": "1/n*sum({term} for j in range(n))",
    "root_mean": "sqrt(1/n*sum({term} for j in range(n)))",
}


@dataclass(frozen=True)
class Loss:
    """A loss made of one term for each output node, as texts in the model language.

    `term` is written in the node's activation a and target y; `derivative` is that of the whole loss by one a, in a, y,
    the number of nodes n and the loss's own value C. The loss has no derivative where a equals one of `kinks`; there
    the derivative's text gives `convention`. `domain` is the condition on a, y and the `parameters` under which there
    is a value and a derivative. `output` is the activation of the output layer, where the loss prescribes one, and
    `assumption` a condition that the targets are promised to satisfy.
    """

    name: str
    term: str
    derivative: str
    source: str
    total: str = "sum"
    aliases: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    kinks: tuple[str, ...] = ()
    convention: str = ""
    domain: str = ""
    output: str = ""
    assumption: str = ""

    @property
    def formula(self) -> str:
        """The whole loss, in a, y and n, where a and y are those of node j."""
        return TOTALS[self.total].format(term=self.term)


def written(text: str, names: Mapping[str, str]) -> str:
    """The text with each whole name that `names` lists replaced."""
    return re.sub(r"\b[A-Za-z_]\w*\b", lambda match: names.get(match[0], match[0]), text)


_BISHOP = "C. Bishop: Pattern recognition and machine learning, 2006"
_NIELSEN = "M. Nielsen: Neural networks and deep learning, 2015"
_GOODFELLOW = "I. Goodfellow, Y. Bengio, A. Courville: Deep learning, 2016"
_HASTIE = "T. Hastie, R. Tibshirani, J. Friedman: The elements of statistical learning, 2nd edition, 2009"

_PROBABILITIES = "0 < a and a < 1 and 0 <= y and y <= 1"
_MARGINS = "y == 1 or y == -1"

LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss(
            "squared_error",
            "(a - y)**2",
            "2*(a - y)",
            f"{_HASTIE}, section 2.4",
            aliases=("sum of squared errors", "sse", "quadratic"),
        ),
        Loss(
            "half_squared_error",
            "(a - y)**2",
            "a - y",
            f"{_NIELSEN}, chapter 2",
            total="half",
            aliases=("half sse", "half quadratic"),
        ),
        Loss(
            "mean_squared_error",
            "(a - y)**2",
            "2/n*(a - y)",
            f"{_GOODFELLOW}, section 5.1.4",
            total="mean",
            aliases=("mse", "l2"),
        ),
        Loss(
            "root_mean_squared_error",
            "(a - y)**2",
            "(a - y)/(n*C)",
            f"{_BISHOP}, section 1.1",
            total="root_mean",
            aliases=("rmse",),
            domain="a != y",
        ),
        Loss(
            "mean_squared_logarithmic_error",
            "(log(1 + a) - log(1 + y))**2",
            "2/n*(log(1 + a) - log(1 + y))/(1 + a)",
            "the mean squared error of log(1 + a), as Keras defines it",
            total="mean",
            aliases=("msle", "mean squared log error"),
            domain="a > -1 and y > -1",
        ),
        Loss(
            "absolute_error",
            "abs(a - y)",
            "sign(a - y)",
            f"{_HASTIE}, section 10.6",
            aliases=("sum of absolute errors", "sae"),
            kinks=("y",),
            convention="0",
        ),
        Loss(
            "mean_absolute_error",
            "abs(a - y)",
            "1/n*sign(a - y)",
            f"{_HASTIE}, section 10.6",
            total="mean",
            aliases=("mae", "mean absolute", "l1"),
            kinks=("y",),
            convention="0",
        ),
        Loss(
            "huber",
            "1/2*(a - y)**2 if abs(a - y) <= delta else delta*(abs(a - y) - 1/2*delta)",
            "a - y if abs(a - y) <= delta else delta*sign(a - y)",
            "P. Huber: Robust estimation of a location parameter, Annals of Mathematical Statistics 35, 1964",
            parameters=("delta",),
            domain="delta > 0",
        ),
        Loss(
            "pseudo_huber",
            "delta**2*(sqrt(1 + ((a - y)/delta)**2) - 1)",
            "(a - y)/sqrt(1 + ((a - y)/delta)**2)",
            "P. Charbonnier, L. Blanc-Féraud, G. Aubert, M. Barlaud: Deterministic edge-preserving regularization in "
            "computed imaging, IEEE Transactions on Image Processing 6, 1997",
            aliases=("charbonnier",),
            parameters=("delta",),
            domain="delta > 0",
        ),
        Loss(
            "log_cosh",
            "log(cosh(a - y))",
            "tanh(a - y)",
            "P. Green: Bayesian reconstructions from emission tomography data using a modified EM algorithm, IEEE "
            "Transactions on Medical Imaging 9, 1990",
        ),
        Loss(
            "epsilon_insensitive",
            "max(0, abs(a - y) - epsilon)",
            "sign(a - y) if abs(a - y) > epsilon else 0",
            "V. Vapnik: The nature of statistical learning theory, 1995",
            aliases=("svr",),
            parameters=("epsilon",),
            kinks=("y - epsilon", "y + epsilon"),
            convention="0",
            domain="epsilon > 0",
        ),
        Loss(
            "quantile",
            "tau*(y - a) if y > a else (1 - tau)*(a - y)",
            "-tau if y > a else 1 - tau",
            "R. Koenker, G. Bassett: Regression quantiles, Econometrica 46, 1978",
            aliases=("pinball", "check"),
            parameters=("tau",),
            kinks=("y",),
            convention="1 - tau",
            domain="0 < tau and tau < 1",
        ),
        Loss(
            "binary_cross_entropy",
            "y*log(a) + (1 - y)*log(1 - a)",
            "(a - y)/(a*(1 - a))",
            f"{_NIELSEN}, chapter 3",
            total="minus",
            aliases=("bce", "log loss"),
            domain=_PROBABILITIES,
        ),
        Loss(
            "binary_cross_entropy_with_logits",
            "softplus(a) - y*a",
            "sigmoid(a) - y",
            "the binary cross-entropy of sigmoid(a), written so that it never takes the logarithm of 0",
            aliases=("bce with logits",),
            domain="0 <= y and y <= 1",
        ),
        Loss(
            "cross_entropy",
            "y*log(a)",
            "-y/a",
            f"{_BISHOP}, equation 4.108",
            total="minus",
            aliases=("categorical cross-entropy", "ce"),
            domain=_PROBABILITIES,
        ),
        Loss(
            "cross_entropy_with_softmax",
            "y*log(a)",
            "-y/a",
            f"{_BISHOP}, equations 4.104 to 4.109",
            total="minus",
            aliases=("cross-entropy softmax", "softmax cross-entropy", "softmax"),
            domain=_PROBABILITIES,
            output="softmax",
            assumption="sum(y for j in range(n)) == 1",
        ),
        Loss(
            "kullback_leibler",
            "y*log(y/a)",
            "-y/a",
            "S. Kullback, R. Leibler: On information and sufficiency, Annals of Mathematical Statistics 22, 1951",
            aliases=("kl", "kl divergence", "kullback-leibler divergence"),
            domain="0 < a and 0 < y",
        ),
        Loss(
            "poisson",
            "a - y*log(a)",
            "1 - y/a",
            "P. McCullagh, J. Nelder: Generalized linear models, 2nd edition, 1989, chapter 6; without the constant "
            "log(y!)",
            aliases=("poisson negative log-likelihood",),
            domain="0 < a and 0 <= y",
        ),
        Loss(
            "itakura_saito",
            "y/a - log(y/a) - 1",
            "(a - y)/a**2",
            "C. Févotte, N. Bertin, J.-L. Durrieu: Nonnegative matrix factorization with the Itakura-Saito divergence, "
            "Neural Computation 21, 2009",
            domain="0 < a and 0 < y",
        ),
        Loss(
            "hinge",
            "max(0, 1 - y*a)",
            "-y if y*a < 1 else 0",
            "C. Cortes, V. Vapnik: Support-vector networks, Machine Learning 20, 1995",
            kinks=("1/y",),
            convention="0",
            domain=_MARGINS,
        ),
        Loss(
            "squared_hinge",
            "max(0, 1 - y*a)**2",
            "-2*y*max(0, 1 - y*a)",
            "Y. Tang: Deep learning using linear support vector machines, 2013",
            domain=_MARGINS,
        ),
        Loss(
            "exponential",
            "exp(-y*a)",
            "-y*exp(-y*a)",
            f"{_HASTIE}, section 10.4",
            domain=_MARGINS,
        ),
        Loss(
            "logistic",
            "log(1 + exp(-y*a))",
            "-y/(1 + exp(y*a))",
            f"{_BISHOP}, section 7.1.2",
            aliases=("logistic margin",),
            domain=_MARGINS,
        ),
    )
}


def loss(name: str) -> Loss:
    """The loss of this name or alias, as `found` reads names."""
    return found("loss", name, LOSSES)
