"""Cosine against CosineAnnealingLR and CosineAnnealingWarmRestarts."""

from torch.optim import lr_scheduler

KIND = "Cosine"
CASES = {
    "schedule_cosine": {"attrs": {}},
    "schedule_cosine_least": {"attrs": {"min_factor": 0.1}},
    "schedule_cosine_epochs": {"attrs": {"by_epoch": True}},
    "schedule_cosine_restarts": {"attrs": {"period": 5, "min_factor": 0.05}},
    "schedule_cosine_longer": {"attrs": {"period": 3, "period_factor": 2}, "total": 30},
}


def schedule(attrs, optimizer, total, epoch_steps):
    least = attrs.get("min_factor", 0.0)
    if "period" in attrs:
        return lr_scheduler.CosineAnnealingWarmRestarts(
            optimizer, attrs["period"], attrs.get("period_factor", 1), least)
    whole = total // epoch_steps if attrs.get("by_epoch") else total
    return lr_scheduler.CosineAnnealingLR(optimizer, whole, least)
