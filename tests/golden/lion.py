"""Lion: program 1 of Chen et al. 2023."""

import torch

KIND = "Lion"
CASES = {
    "lion": {"attrs": {"lr": 0.1}},
    "lion_all": {"attrs": {"lr": 0.05, "betas": [0.7, 0.8], "weight_decay": 0.2}},
}


class Lion(torch.optim.Optimizer):
    def __init__(self, params, **attrs):
        super().__init__(params, {"betas": [0.9, 0.99], "weight_decay": 0.0, **attrs})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for w in group["params"]:
                m = self.state[w].get("m", torch.zeros_like(w))
                direction = torch.sign(beta1 * m + (1 - beta1) * w.grad) + group["weight_decay"] * w
                w.sub_(group["lr"] * direction)
                self.state[w]["m"] = beta2 * m + (1 - beta2) * w.grad


def optimizer(attrs, params):
    return Lion(params, **attrs)
