"""Regimes: the factor of the last part that has begun."""

from torch.optim import lr_scheduler

KIND = "Regimes"
CASES = {
    "schedule_regimes": {"attrs": {"starts": [3, 10], "factors": [0.5, 2.0]}},
    "schedule_regimes_epochs": {"attrs": {"starts": [0, 2], "factors": [0.3, 0.1], "by_epoch": True}},
}


def schedule(attrs, optimizer, total, epoch_steps):
    parts = list(zip(attrs["starts"], attrs["factors"]))
    return lr_scheduler.LambdaLR(
        optimizer, lambda count: ([1.0] + [factor for start, factor in parts if start <= count])[-1])
