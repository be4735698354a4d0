"""LARS: algorithm 1 of You et al. 2017. Parameters of one dimension are neither scaled nor decayed."""

import torch

KIND = "LARS"
PARAMS = [[3, 4], [4], [2, 2, 3], [1], [5, 1]]
CASES = {
    "lars": {"attrs": {"lr": 2.0, "trust_coefficient": 0.02, "eps": 0.0}, "params": PARAMS},
    "lars_weight_decay": {
        "attrs": {"lr": 1.5, "momentum": 0.8, "weight_decay": 0.1, "trust_coefficient": 0.05},
        "params": PARAMS,
    },
    "lars_without_momentum": {
        "attrs": {"lr": 3.0, "momentum": 0.0, "weight_decay": 0.01, "eps": 0.1}, "params": PARAMS},
}


class LARS(torch.optim.Optimizer):
    def __init__(self, params, **attrs):
        super().__init__(params, {"momentum": 0.9, "weight_decay": 0.0, "trust_coefficient": 0.001,
                                  "eps": 1e-8, **attrs})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for w in group["params"]:
                rate, beta = group["lr"], 0.0
                if w.dim() > 1:
                    beta = group["weight_decay"]
                    local = w.grad.norm() + beta * w.norm() + group["eps"]
                    rate = rate * group["trust_coefficient"] * w.norm() / local
                v = self.state[w].get("v", torch.zeros_like(w))
                self.state[w]["v"] = group["momentum"] * v + rate * (w.grad + beta * w)
                w.sub_(self.state[w]["v"])


def optimizer(attrs, params):
    return LARS(params, **attrs)
