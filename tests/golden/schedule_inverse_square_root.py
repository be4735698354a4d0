"""InverseSquareRoot: section 5.3 of Vaswani et al. 2017, its factor at the end of the warm-up being 1."""

from torch.optim import lr_scheduler

KIND = "InverseSquareRoot"
CASES = {
    "schedule_inverse_square_root": {"attrs": {"warmup": 6, "warmup_start": 0.0}},
}


def schedule(attrs, optimizer, total, epoch_steps):
    warmup = attrs["warmup"]
    return lr_scheduler.LambdaLR(
        optimizer, lambda count: warmup**0.5 * min(max(count, 1e-9) ** -0.5, count * warmup**-1.5))
