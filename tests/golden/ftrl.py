"""Ftrl: the formulas of McMahan et al. 2013, algorithm 1, with TensorFlow's l2_shrinkage and power."""

import torch

KIND = "Ftrl"
CASES = {
    "ftrl": {"attrs": {"lr": 0.5}},
    "ftrl_l1": {"attrs": {"lr": 0.5, "l1": 0.6, "l2": 0.1}},
    "ftrl_shrinkage": {"attrs": {"lr": 0.3, "l2_shrinkage": 0.2, "initial_accumulator_value": 0.5}},
    "ftrl_power": {"attrs": {"lr": 0.3, "lr_power": -0.7, "l1": 0.05, "l2": 0.02}},
}


class Ftrl(torch.optim.Optimizer):
    def __init__(self, params, **attrs):
        super().__init__(params, {"lr_power": -0.5, "l1": 0.0, "l2": 0.0, "l2_shrinkage": 0.0,
                                  "initial_accumulator_value": 0.1, **attrs})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            alpha, power = group["lr"], -group["lr_power"]
            for w in group["params"]:
                state = self.state[w]
                if not state:
                    state["n"] = torch.full_like(w, group["initial_accumulator_value"])
                    state["z"] = torch.zeros_like(w)
                n = state["n"] + w.grad.square()
                sigma = (n.pow(power) - state["n"].pow(power)) / alpha
                z = state["z"] + w.grad + 2 * group["l2_shrinkage"] * w - sigma * w
                eta = n.pow(power) / alpha + 2 * group["l2"]
                w.copy_(torch.where(z.abs() <= group["l1"], 0.0, (z.sign() * group["l1"] - z) / eta))
                state["n"], state["z"] = n, z


def optimizer(attrs, params):
    return Ftrl(params, **attrs)
