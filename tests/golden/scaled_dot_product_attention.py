"""ScaledDotProductAttention against torch.nn.functional.scaled_dot_product_attention of heads."""

from torch.nn.functional import scaled_dot_product_attention

KIND = "ScaledDotProductAttention"
CASES = {
    "dot_attention": {"attrs": {}, "inputs": [(2, 3, 4), (2, 5, 4)]},
    "dot_attention_heads": {"attrs": {"num_heads": 2}, "inputs": [(2, 3, 4), (2, 5, 4), (2, 5, 6)]},
    "dot_attention_causal": {"attrs": {"num_heads": 2, "causal": True},
                             "inputs": [(2, 4, 6), (2, 4, 6)]},
}


def forward(attrs, params, q, k, v=None):
    heads = attrs.get("num_heads", 1)
    parts = [x.unflatten(2, (heads, -1)).transpose(1, 2) for x in (q, k, k if v is None else v)]
    y = scaled_dot_product_attention(*parts, is_causal=attrs.get("causal", False))
    return y.transpose(1, 2).flatten(2)
