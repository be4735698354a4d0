"""TransformerDecoderLayer against torch.nn.TransformerDecoderLayer."""

import torch
from torch.func import functional_call

KIND = "TransformerDecoderLayer"
WIDTH, HEADS, HIDDEN = 4, 2, 3


def attention(ours, theirs):
    return {f"{ours}.{name}": (f"{theirs}.{name}", shape)
            for name, shape in (("in_proj_weight", (3 * WIDTH, WIDTH)), ("out_proj.weight", (WIDTH, WIDTH)),
                                ("in_proj_bias", (3 * WIDTH,)), ("out_proj.bias", (WIDTH,)))}


NAMES = {  # ours: torch's, shape
    **attention("attention", "self_attn"), **attention("cross_attention", "multihead_attn"),
    **{f"norm{i}.{name}": (f"norm{i}.{name}", (WIDTH,)) for i in (1, 2, 3) for name in ("weight", "bias")},
    "feed_forward.linear1.weight": ("linear1.weight", (HIDDEN, WIDTH)),
    "feed_forward.linear1.bias": ("linear1.bias", (HIDDEN,)),
    "feed_forward.linear2.weight": ("linear2.weight", (WIDTH, HIDDEN)),
    "feed_forward.linear2.bias": ("linear2.bias", (WIDTH,)),
}


def case(**attrs):
    return {"attrs": {"embed_dim": WIDTH, "num_heads": HEADS, "hidden_dim": HIDDEN, "dropout": 0.0, **attrs},
            "inputs": [(2, 3, WIDTH), (2, 5, WIDTH)],
            "params": {name: shape for name, (_, shape) in NAMES.items()}}


CASES = {"transformer_decoder": case(), "transformer_decoder_norm_first": case(norm_first=True)}


def forward(attrs, params, x, memory):
    layer = torch.nn.TransformerDecoderLayer(WIDTH, HEADS, HIDDEN, 0.0, batch_first=True,
                                             norm_first=attrs.get("norm_first", False), dtype=torch.float64)
    mask = torch.nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=torch.float64)
    given = {theirs: params[ours] for ours, (theirs, _) in NAMES.items()}
    layer.train()  # dropout is 0; evaluation takes another path
    return functional_call(layer, given, (x, memory), {"tgt_mask": mask})
