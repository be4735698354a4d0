"""Poly against PolynomialLR, and down to another factor than zero."""

from torch.optim import lr_scheduler

KIND = "Poly"
CASES = {
    "schedule_poly": {"attrs": {}},
    "schedule_poly_power": {"attrs": {"power": 2.0, "length": 15}},
    "schedule_poly_epochs": {"attrs": {"power": 2.0, "by_epoch": True}},
    "schedule_poly_end": {"attrs": {"power": 3.0, "end_factor": 0.2}},
}


def schedule(attrs, optimizer, total, epoch_steps):
    whole = attrs.get("length", total // epoch_steps if attrs.get("by_epoch") else total)
    power, end = attrs.get("power", 0.5), attrs.get("end_factor", 0.0)
    if end == 0:
        return lr_scheduler.PolynomialLR(optimizer, whole, power)
    return lr_scheduler.LambdaLR(optimizer, lambda count: end + (1 - end) * (1 - count / whole) ** power)
