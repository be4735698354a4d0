"""Constant against ConstantLR of factor 1."""

from torch.optim import lr_scheduler

KIND = "Constant"
CASES = {
    "schedule_constant": {"attrs": {}},
}


def schedule(attrs, optimizer, total, epoch_steps):
    return lr_scheduler.ConstantLR(optimizer, factor=1.0)
