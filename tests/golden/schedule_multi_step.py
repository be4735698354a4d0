"""MultiStep against MultiStepLR, by iterations and by epochs."""

from torch.optim import lr_scheduler

KIND = "MultiStep"
CASES = {
    "schedule_multi_step": {"attrs": {"milestones": [3, 10, 11], "gamma": 0.5}},
    "schedule_multi_step_epochs": {"attrs": {"milestones": [1, 3], "by_epoch": True}},
}


def schedule(attrs, optimizer, total, epoch_steps):
    return lr_scheduler.MultiStepLR(optimizer, attrs["milestones"], attrs.get("gamma", 0.1))
