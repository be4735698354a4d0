"""LogSigmoid against torch.nn.functional.logsigmoid."""

from torch.nn import functional

KIND = "LogSigmoid"
CASES = {
    "log_sigmoid": {"attrs": {}, "inputs": [(3, 7)]},
    "log_sigmoid_image": {"attrs": {}, "inputs": [(2, 5, 3, 2)]},
}


def forward(attrs, params, x):
    return functional.logsigmoid(x)
