"""Activation functions: formula, derivative as textbooks state it, kinks, source.

A new activation is one entry here. It needs no test of its own: the tests run over the catalogue.
"""

from __future__ import annotations

from dataclasses import replace

from derive.model.elementary import ELEMENTARY, Known
from derive.model.lookup import found

_ELU = Known(
    "elu",
    "1 if z > 0 else exp(z)",
    "D.-A. Clevert, T. Unterthiner, S. Hochreiter: Fast and accurate deep network learning by exponential linear "
    "units (ELUs), ICLR 2016; with alpha = 1",
    formula="z if z > 0 else exp(z) - 1",
)

ACTIVATIONS: dict[str, Known] = {
    known.name: known
    for known in (
        Known("identity", "1", "the linear unit of any textbook", formula="z", aliases=("linear", "none")),
        Known(
            "step",
            "0",
            "W. McCulloch, W. Pitts: A logical calculus of the ideas immanent in nervous activity, Bulletin of "
            "Mathematical Biophysics 5, 1943",
            formula="1 if z >= 0 else 0",
            kinks=("0",),
            convention="0",
            aliases=("heaviside", "threshold"),
        ),
        Known(
            "sigmoid",
            "a*(1 - a)",
            "M. Nielsen: Neural networks and deep learning, 2015, chapter 1",
            formula="1/(1 + exp(-z))",
            aliases=("logistic",),
        ),
        replace(
            ELEMENTARY["tanh"],
            source="Y. LeCun, L. Bottou, G. Orr, K.-R. Müller: Efficient BackProp, 1998, section 4.4",
        ),
        Known(
            "scaled_tanh",
            "2/3*(1.7159 - a**2/1.7159)",
            "Y. LeCun, L. Bottou, G. Orr, K.-R. Müller: Efficient BackProp, 1998, section 4.4",
            formula="1.7159*tanh(2/3*z)",
            aliases=("lecun_tanh",),
        ),
        replace(
            ELEMENTARY["sin"],
            source="V. Sitzmann, J. Martel, A. Bergman, D. Lindell, G. Wetzstein: Implicit neural representations with "
            "periodic activation functions, NeurIPS 2020",
        ),
        Known(
            "gaussian",
            "-2*z*a",
            "D. Broomhead, D. Lowe: Multivariable functional interpolation and adaptive networks, Complex Systems 2, "
            "1988",
            formula="exp(-z**2)",
        ),
        Known(
            "softsign",
            "1/(1 + abs(z))**2",
            "J. Bergstra, G. Desjardins, P. Lamblin, Y. Bengio: Quadratic polynomials learn better image features, "
            "Université de Montréal, report 1337, 2009",
            formula="z/(1 + abs(z))",
        ),
        Known(
            "isru",
            "1/sqrt(1 + z**2)**3",
            "B. Carlile, G. Delamarter, P. Kinney, A. Marti, B. Whitney: Improving deep learning by inverse square "
            "root linear units, 2017; with alpha = 1",
            formula="z/sqrt(1 + z**2)",
        ),
        Known(
            "relu",
            "1 if z > 0 else 0",
            "V. Nair, G. Hinton: Rectified linear units improve restricted Boltzmann machines, ICML 2010",
            formula="max(0, z)",
            kinks=("0",),
            convention="0",
            aliases=("rectifier",),
        ),
        Known(
            "leaky_relu",
            "1 if z > 0 else 0.01",
            "A. Maas, A. Hannun, A. Ng: Rectifier nonlinearities improve neural network acoustic models, ICML 2013",
            formula="z if z > 0 else 0.01*z",
            kinks=("0",),
            convention="0.01",
        ),
        Known(
            "relu6",
            "1 if 0 < z and z < 6 else 0",
            "A. Krizhevsky: Convolutional deep belief networks on CIFAR-10, 2010",
            formula="min(max(0, z), 6)",
            kinks=("0", "6"),
            convention="0",
        ),
        Known(
            "squared_relu",
            "2*max(0, z)",
            "D. So, W. Mańke, H. Liu, Z. Dai, N. Shazeer, Q. Le: Primer: searching for efficient transformers, "
            "NeurIPS 2021",
            formula="max(0, z)**2",
        ),
        _ELU,
        # With alpha = 1 this is elu; they differ for other values, which a formula of one's own can have.
        replace(_ELU, name="celu", source="J. Barron: Continuously differentiable exponential linear units, 2017"),
        Known(
            "selu",
            "1.0507009873554805 if z > 0 else a + 1.0507009873554805*1.6732632423543772",
            "G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter: Self-normalizing neural networks, NeurIPS 2017",
            formula="1.0507009873554805*(z if z > 0 else 1.6732632423543772*(exp(z) - 1))",
            kinks=("0",),
            convention="1.0507009873554805*1.6732632423543772",
        ),
        Known(
            "softplus",
            "sigmoid(z)",
            "C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau, R. Garcia: Incorporating second-order functional knowledge "
            "for better option pricing, NIPS 2000",
            formula="log(1 + exp(z))",
        ),
        Known(
            "squareplus",
            "1/2*(1 + z/sqrt(z**2 + 4))",
            "J. Barron: Squareplus: a softplus-like algebraic rectifier, 2021; with b = 4",
            formula="1/2*(z + sqrt(z**2 + 4))",
        ),
        Known(
            "gelu",
            "1/2*(1 + erf(z/sqrt(2))) + z*exp(-z**2/2)/sqrt(2*pi)",
            "D. Hendrycks, K. Gimpel: Gaussian error linear units (GELUs), 2016",
            formula="z/2*(1 + erf(z/sqrt(2)))",
        ),
        Known(
            "silu",
            "a + sigmoid(z)*(1 - a)",
            "S. Elfwing, E. Uchibe, K. Doya: Sigmoid-weighted linear units for neural network function approximation "
            "in reinforcement learning, Neural Networks 107, 2018",
            formula="z*sigmoid(z)",
            aliases=("swish",),
        ),
        Known(
            "mish",
            "tanh(softplus(z)) + z*sigmoid(z)*(1 - tanh(softplus(z))**2)",
            "D. Misra: Mish: a self regularized non-monotonic activation function, BMVC 2020",
            formula="z*tanh(softplus(z))",
        ),
        Known(
            "logsigmoid",
            "1 - sigmoid(z)",
            "T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean: Distributed representations of words and phrases "
            "and their compositionality, NIPS 2013, equation 4",
            formula="-softplus(-z)",
        ),
        Known(
            "hard_sigmoid",
            "1/6 if -3 < z and z < 3 else 0",
            "A. Howard and others: Searching for MobileNetV3, ICCV 2019, section 5.2",
            formula="min(max(0, z + 3), 6)/6",
            kinks=("-3", "3"),
            convention="0",
        ),
        Known(
            "hard_tanh",
            "1 if -1 < z and z < 1 else 0",
            "R. Collobert: Large scale machine learning, thesis, Université Paris VI, 2004",
            formula="min(max(-1, z), 1)",
            kinks=("-1", "1"),
            convention="0",
        ),
        Known(
            "hard_swish",
            "0 if z < -3 else 1 if z > 3 else (2*z + 3)/6",
            "A. Howard and others: Searching for MobileNetV3, ICCV 2019, section 5.2",
            formula="z*min(max(0, z + 3), 6)/6",
            kinks=("-3", "3"),
            convention="(2*z + 3)/6",
        ),
        Known(
            "tanhshrink",
            "tanh(z)**2",
            "the residual of tanh, as PyTorch defines it",
            formula="z - tanh(z)",
        ),
        Known(
            "softshrink",
            "1 if abs(z) > 0.5 else 0",
            "D. Donoho: De-noising by soft-thresholding, IEEE Transactions on Information Theory 41, 1995; with "
            "threshold 0.5",
            formula="sign(z)*max(0, abs(z) - 0.5)",
            kinks=("-0.5", "0.5"),
            convention="0",
        ),
        Known(
            "hardshrink",
            "1 if abs(z) > 0.5 else 0",
            "D. Donoho, I. Johnstone: Ideal spatial adaptation by wavelet shrinkage, Biometrika 81, 1994; with "
            "threshold 0.5",
            formula="z if abs(z) > 0.5 else 0",
            kinks=("-0.5", "0.5"),
            convention="0",
        ),
    )
}


def activation(name: str) -> Known:
    """The activation of this name or alias, as `found` reads names."""
    return found("activation", name, ACTIVATIONS)
