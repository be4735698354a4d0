"""SelectLabel against a product with one-hot rows."""

from torch.nn.functional import one_hot

KIND = "SelectLabel"
CASES = {
    "select_label": {"attrs": {}, "inputs": [(2, 3, 4), (2, 3)], "ids_below": 4,
                     "ids_inputs": [1]},
    "select_label_masks": {"attrs": {}, "inputs": [(2, 3, 5, 2, 3), (2, 3, 6)], "ids_below": 5,
                           "ids_inputs": [1]},
}


def forward(attrs, params, x, labels):
    labels = labels[..., 0] if labels.dim() == 3 else labels
    chosen = one_hot(labels.detach().long(), x.shape[2]).to(x.dtype)
    return (x * chosen.reshape(chosen.shape + (1,) * (x.dim() - 3))).sum(2)
