"""Plateau against ReduceLROnPlateau."""

from torch.optim import lr_scheduler

KIND = "Plateau"
RISING = [0.1, 0.2, 0.19, 0.2, 0.2001, 0.3, 0.3, 0.31]
FALLING = [3.0, 2.0, 2.5, 2.1, 2.05, 1.0, 1.1, 1.2]
CASES = {
    "schedule_plateau": {"attrs": {"patience": 1}, "observed": FALLING, "total": 48},
    "schedule_plateau_max": {
        "attrs": {"mode": "max", "patience": 0, "factor": 0.5, "threshold": 0.005,
                  "threshold_mode": "abs", "min_lr": 0.2},
        "observed": RISING, "total": 48},
    "schedule_plateau_cooldown": {
        "attrs": {"patience": 0, "cooldown": 2, "factor": 0.5},
        "observed": [1.0, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 0.5], "total": 48},
}


def schedule(attrs, optimizer, total, epoch_steps):
    return lr_scheduler.ReduceLROnPlateau(optimizer, **attrs)
