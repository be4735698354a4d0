"""TransformerEncoderLayer against torch.nn.TransformerEncoderLayer."""

import torch
from torch.func import functional_call

KIND = "TransformerEncoderLayer"
WIDTH, HEADS, HIDDEN = 4, 2, 3
NAMES = {  # ours: torch's, shape
    "attention.in_proj_weight": ("self_attn.in_proj_weight", (3 * WIDTH, WIDTH)),
    "attention.out_proj.weight": ("self_attn.out_proj.weight", (WIDTH, WIDTH)),
    "attention.in_proj_bias": ("self_attn.in_proj_bias", (3 * WIDTH,)),
    "attention.out_proj.bias": ("self_attn.out_proj.bias", (WIDTH,)),
    "norm1.weight": ("norm1.weight", (WIDTH,)), "norm1.bias": ("norm1.bias", (WIDTH,)),
    "norm2.weight": ("norm2.weight", (WIDTH,)), "norm2.bias": ("norm2.bias", (WIDTH,)),
    "feed_forward.linear1.weight": ("linear1.weight", (HIDDEN, WIDTH)),
    "feed_forward.linear1.bias": ("linear1.bias", (HIDDEN,)),
    "feed_forward.linear2.weight": ("linear2.weight", (WIDTH, HIDDEN)),
    "feed_forward.linear2.bias": ("linear2.bias", (WIDTH,)),
}


def case(**attrs):
    return {"attrs": {"embed_dim": WIDTH, "num_heads": HEADS, "hidden_dim": HIDDEN, "dropout": 0.0, **attrs},
            "inputs": [(2, 3, WIDTH)], "params": {name: shape for name, (_, shape) in NAMES.items()}}


CASES = {
    "transformer_encoder": case(),
    "transformer_encoder_gelu": case(activation="GELU", eps=1e-3),
    "transformer_encoder_norm_first": case(norm_first=True),
    "transformer_encoder_causal": case(causal=True),
}


def forward(attrs, params, x):
    layer = torch.nn.TransformerEncoderLayer(
        WIDTH, HEADS, HIDDEN, 0.0, attrs.get("activation", "ReLU").lower(), attrs.get("eps", 1e-5), True,
        attrs.get("norm_first", False), dtype=torch.float64)
    mask = torch.nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=torch.float64)
    given = {theirs: params[ours] for ours, (theirs, _) in NAMES.items()}
    layer.train()  # dropout is 0; evaluation takes another path
    return functional_call(layer, given, (x,), {"src_mask": mask if attrs.get("causal") else None})
