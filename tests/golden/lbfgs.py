"""L-BFGS against torch.optim.LBFGS: the points that it evaluates, and the losses there."""

import torch

KIND = "LBFGS"
CASES = {
    "lbfgs": {"attrs": {}, "objective": "rosenbrock", "start": [-1.2, 1.0], "evaluations": 28},
    "lbfgs_forgets": {
        "attrs": {"history_size": 2, "lr": 0.5}, "objective": "rosenbrock",
        "start": [0.3, -0.4, 1.5, 0.8, -1.1], "evaluations": 24},
    "lbfgs_short_trials": {"attrs": {"lr": 0.06}, "objective": "bowl", "start": [1.2, 0.5, 1.1],
                           "evaluations": 12},
    "lbfgs_without_line_search": {
        "attrs": {"line_search": "none", "lr": 0.3, "history_size": 3}, "objective": "bowl",
        "start": [1.0, -2.0, 0.5, 3.0], "evaluations": 14},
    "lbfgs_converges": {"attrs": {"tolerance_grad": 0.01}, "objective": "bowl",
                        "start": [4.0, -2.0, 3.5, -6.0], "evaluations": 60},
}


def objective(name, x):
    """The same functions are in golden_test.cc."""
    if name == "rosenbrock":
        return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()
    weights = torch.arange(1, x.numel() + 1, dtype=x.dtype)
    return (weights * (x - 1) ** 2).sum() + 0.1 * (x**4).sum()


def optimizer(attrs, params):
    own = {"lr": 1.0, "history_size": 10, **attrs, "max_iter": 1000}
    search = own.pop("line_search", "strong_wolfe")
    return torch.optim.LBFGS(params, line_search_fn=None if search == "none" else search, **own)
