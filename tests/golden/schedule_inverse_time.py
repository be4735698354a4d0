"""InverseTime: 1 / (1 + gamma count / decay_steps)."""

from torch.optim import lr_scheduler

KIND = "InverseTime"
CASES = {
    "schedule_inverse_time": {"attrs": {"gamma": 0.3}},
    "schedule_inverse_time_epochs": {"attrs": {"gamma": 0.5, "decay_steps": 2, "by_epoch": True}},
}


def schedule(attrs, optimizer, total, epoch_steps):
    steps, gamma = attrs.get("decay_steps", 1), attrs["gamma"]
    return lr_scheduler.LambdaLR(optimizer, lambda count: 1 / (1 + gamma * count / steps))
