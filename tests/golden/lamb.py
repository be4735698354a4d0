"""LAMB: algorithm 2 of You et al. 2020, phi the identity. Parameters of one dimension are neither scaled
nor decayed."""

import torch

KIND = "LAMB"
PARAMS = [[3, 4], [4], [2, 2, 3], [1], [5, 1]]
CASES = {
    "lamb": {"attrs": {"lr": 0.05}, "params": PARAMS},
    "lamb_all": {
        "attrs": {"lr": 0.1, "betas": [0.8, 0.9], "eps": 1e-3, "weight_decay": 0.3}, "params": PARAMS},
}


class LAMB(torch.optim.Optimizer):
    def __init__(self, params, **attrs):
        super().__init__(params, {"betas": [0.9, 0.999], "eps": 1e-6, "weight_decay": 0.01, **attrs})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for w in group["params"]:
                state = self.state[w]
                t = state["t"] = state.get("t", 0) + 1
                state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * w.grad
                state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * w.grad.square()
                mean, square = state["m"] / (1 - beta1**t), state["v"] / (1 - beta2**t)
                direction = mean / (square.sqrt() + group["eps"])
                rate = group["lr"]
                if w.dim() > 1:
                    direction = direction + group["weight_decay"] * w
                    rate = rate * w.norm() / direction.norm()
                w.sub_(rate * direction)


def optimizer(attrs, params):
    return LAMB(params, **attrs)
