"""MultiHeadAttention against its parts: torch.nn.functional's linear and scaled_dot_product_attention."""

from torch.nn.functional import linear, scaled_dot_product_attention

KIND = "MultiHeadAttention"
SHAPES = {"in_proj_weight": (18, 6), "in_proj_bias": (18,), "out_proj.weight": (6, 6),
          "out_proj.bias": (6,)}
WEIGHTS = {name: SHAPES[name] for name in ("in_proj_weight", "out_proj.weight")}
APART = {"q_proj_weight": (6, 6), "k_proj_weight": (6, 4), "v_proj_weight": (6, 5),
         "out_proj.weight": (6, 6)}
CASES = {
    "attention": {"attrs": {"embed_dim": 6, "num_heads": 2}, "inputs": [(2, 4, 6)],
                  "params": SHAPES},
    "attention_causal": {"attrs": {"embed_dim": 6, "num_heads": 3, "causal": True},
                         "inputs": [(2, 5, 6)], "params": SHAPES},
    "attention_without_bias": {
        "attrs": {"embed_dim": 6, "num_heads": 1, "bias": False}, "inputs": [(2, 4, 6)],
        "params": WEIGHTS},
    "attention_of_another": {"attrs": {"embed_dim": 6, "num_heads": 2},
                             "inputs": [(2, 3, 6), (2, 5, 6)], "params": SHAPES},
    "attention_of_another_causal": {
        "attrs": {"embed_dim": 6, "num_heads": 2, "causal": True, "bias": False},
        "inputs": [(2, 4, 6), (2, 4, 6)], "params": WEIGHTS},
    "attention_of_two": {"attrs": {"embed_dim": 6, "num_heads": 3},
                         "inputs": [(2, 3, 6), (2, 5, 6), (2, 5, 6)], "params": SHAPES},
    "attention_of_widths": {
        "attrs": {"embed_dim": 6, "num_heads": 2, "kdim": 4, "vdim": 5},
        "inputs": [(2, 3, 6), (2, 5, 4), (2, 5, 5)],
        "params": {**APART, "in_proj_bias": (18,), "out_proj.bias": (6,)}},
    "attention_of_width": {
        "attrs": {"embed_dim": 6, "num_heads": 2, "kdim": 4, "vdim": 4, "bias": False},
        "inputs": [(2, 3, 6), (2, 5, 4)], "params": {**APART, "v_proj_weight": (6, 4)}},
}


def forward(attrs, params, x, *others):
    heads, width = attrs["num_heads"], attrs["embed_dim"]
    inputs = (x, *others) if len(others) == 2 else (x, *(others or (x,)) * 2)
    if "in_proj_weight" in params:
        weights = params["in_proj_weight"].chunk(3)
    else:
        weights = [params[f"{name}_proj_weight"] for name in "qkv"]
    biases = params["in_proj_bias"].chunk(3) if attrs.get("bias", True) else [None] * 3
    q, k, v = (linear(*part).unflatten(2, (heads, width // heads)).transpose(1, 2)
               for part in zip(inputs, weights, biases))
    y = scaled_dot_product_attention(q, k, v, is_causal=attrs.get("causal", False))
    return linear(y.transpose(1, 2).flatten(2), params["out_proj.weight"],
                  params.get("out_proj.bias"))
