"""NaturalExp: exp(-gamma count / decay_steps)."""

import math

from torch.optim import lr_scheduler

KIND = "NaturalExp"
CASES = {
    "schedule_natural_exp": {"attrs": {"gamma": 0.3}},
    "schedule_natural_exp_stairs": {"attrs": {"gamma": 0.4, "decay_steps": 5, "staircase": True}},
}


def schedule(attrs, optimizer, total, epoch_steps):
    steps, gamma = attrs.get("decay_steps", 1), attrs["gamma"]
    times = (lambda count: count // steps) if attrs.get("staircase") else (lambda count: count / steps)
    return lr_scheduler.LambdaLR(optimizer, lambda count: math.exp(-gamma * times(count)))
