"""OneCycle against OneCycleLR."""

from torch.optim import lr_scheduler

KIND = "OneCycle"
CASES = {
    "schedule_one_cycle": {"attrs": {}},
    "schedule_one_cycle_linear": {"attrs": {"anneal_strategy": "linear", "pct_start": 0.4}},
    "schedule_one_cycle_three": {
        "attrs": {"three_phase": True, "div_factor": 10.0, "final_div_factor": 100.0}},
}


def schedule(attrs, optimizer, total, epoch_steps):
    return lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=total, **attrs)
