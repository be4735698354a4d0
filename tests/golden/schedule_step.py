"""Step against StepLR, by iterations and by epochs."""

from torch.optim import lr_scheduler

KIND = "Step"
CASES = {
    "schedule_step": {"attrs": {"every": 5, "gamma": 0.5}},
    "schedule_step_epochs": {"attrs": {"every": 2, "by_epoch": True}},
}


def schedule(attrs, optimizer, total, epoch_steps):
    return lr_scheduler.StepLR(optimizer, attrs["every"], attrs.get("gamma", 0.1))
