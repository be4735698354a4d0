"""Linear against LinearLR."""

from torch.optim import lr_scheduler

KIND = "Linear"
CASES = {
    "schedule_linear": {"attrs": {"start_factor": 0.2, "end_factor": 1.0, "length": 10}},
    "schedule_linear_down": {"attrs": {"end_factor": 0.25}},
}


def schedule(attrs, optimizer, total, epoch_steps):
    return lr_scheduler.LinearLR(optimizer, attrs.get("start_factor", 1.0), attrs["end_factor"],
                                 attrs.get("length", total))
