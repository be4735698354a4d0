"""SinusoidalPositions against waves that are made of complex powers."""

import torch

KIND = "SinusoidalPositions"
CASES = {
    "sinusoidal_positions": {"attrs": {}, "inputs": [(2, 5, 6)]},
    "sinusoidal_positions_halves": {"attrs": {"interleaved": False, "base": 100.0},
                                    "inputs": [(2, 4, 8)]},
    "sinusoidal_positions_shift": {"attrs": {"shift": 1, "interleaved": False},
                                   "inputs": [(2, 4, 4)]},
    "sinusoidal_positions_far_shift": {"attrs": {"shift": 5}, "inputs": [(2, 4, 2)]},
}


def forward(attrs, params, x):
    steps, width = x.shape[1:]
    waves, interleaved = width // 2, attrs.get("interleaved", True)
    exponents = torch.arange(waves, dtype=x.dtype) / (waves if interleaved else max(waves - 1, 1))
    angles = torch.outer(torch.arange(steps, dtype=x.dtype),
                         attrs.get("base", 10000.0) ** -exponents)
    waves = torch.polar(torch.ones_like(angles), angles)
    parts = [waves.imag, waves.real]
    table = torch.stack(parts, 2).flatten(1) if interleaved else torch.cat(parts, 1)
    shift = attrs.get("shift", 0)
    return torch.nn.functional.pad(x, (0, 0, shift, 0))[:, :steps] + table
