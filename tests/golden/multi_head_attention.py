"""MultiHeadAttention against its parts: torch.nn.functional's linear and scaled_dot_product_attention."""

from torch.nn.functional import linear, scaled_dot_product_attention

KIND = "MultiHeadAttention"
SHAPES = {"in_proj_weight": (18, 6), "in_proj_bias": (18,), "out_proj.weight": (6, 6),
          "out_proj.bias": (6,)}
CASES = {
    "attention": {"attrs": {"embed_dim": 6, "num_heads": 2}, "inputs": [(2, 4, 6)],
                  "params": SHAPES},
    "attention_causal": {"attrs": {"embed_dim": 6, "num_heads": 3, "causal": True},
                         "inputs": [(2, 5, 6)], "params": SHAPES},
    "attention_without_bias": {
        "attrs": {"embed_dim": 6, "num_heads": 1, "bias": False}, "inputs": [(2, 4, 6)],
        "params": {name: SHAPES[name] for name in ("in_proj_weight", "out_proj.weight")}},
}


def forward(attrs, params, x):
    n, steps, width = x.shape
    heads = attrs["num_heads"]
    qkv = linear(x, params["in_proj_weight"], params.get("in_proj_bias"))
    q, k, v = qkv.reshape(n, steps, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
    y = scaled_dot_product_attention(q, k, v, is_causal=attrs.get("causal", False))
    y = y.transpose(1, 2).reshape(n, steps, width)
    return linear(y, params["out_proj.weight"], params.get("out_proj.bias"))
