"""Exponential against ExponentialLR, and powers of a share of decay_steps."""

from torch.optim import lr_scheduler

KIND = "Exponential"
CASES = {
    "schedule_exponential": {"attrs": {"gamma": 0.9}},
    "schedule_exponential_epochs": {"attrs": {"gamma": 0.5, "by_epoch": True}},
    "schedule_exponential_smooth": {"attrs": {"gamma": 0.5, "decay_steps": 8}},
    "schedule_exponential_stairs": {"attrs": {"gamma": 0.5, "decay_steps": 8, "staircase": True}},
}


def schedule(attrs, optimizer, total, epoch_steps):
    steps = attrs.get("decay_steps", 1)
    if steps == 1:
        return lr_scheduler.ExponentialLR(optimizer, attrs["gamma"])
    times = (lambda count: count // steps) if attrs.get("staircase") else (lambda count: count / steps)
    return lr_scheduler.LambdaLR(optimizer, lambda count: attrs["gamma"] ** times(count))
