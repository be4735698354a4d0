"""Computes the golden numbers of tests/golden with PyTorch, in f64.

Usage: golden.py [CASE...]. Any Python with torch runs it; the values are committed, so it is needed
only for a new or changed case. A case file tests/golden/<name>.py has KIND, CASES and one of
  forward(attrs, params, *inputs[, training])   a layer
  loss(attrs, output, labels)                   a loss: the mean
  optimizer(attrs, params)                      an optimizer of torch.optim's kind
and tests/golden/values/<case>.json receives inputs, outputs and gradients.
"""

import importlib.util
import inspect
import json
import sys
import zlib
from pathlib import Path

try:
    import torch
except ImportError:
    sys.exit("golden.py: this Python has no torch; run it with one that has")

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "golden"
STEPS = 4  # of an optimizer


def numbers(tensor):
    """Shape and values, in 9 significant digits: enough to name every f32."""
    values = tensor.detach().reshape(-1).tolist()
    return {"shape": list(tensor.shape), "data": [float(f"{value:.9g}") for value in values]}


def random(shape, generator, scale=1.0):
    """Normal numbers that f32 holds exactly, as f64."""
    return (torch.randn(shape, generator=generator) * scale).to(torch.float64)


def run_layer(module, case, generator):
    takes_mode = "training" in inspect.signature(module.forward).parameters
    ids = case.get("ids_below", 0)  # inputs are ids, and have no gradient
    inputs = [torch.randint(ids, shape, generator=generator).to(torch.float64) if ids
              else random(shape, generator, case.get("scale", 1.0)) for shape in case["inputs"]]
    params = {name: random(shape, generator) for name, shape in case.get("params", {}).items()}
    state = {name: random(shape, generator).abs() for name, shape in case.get("state", {}).items()}
    doc = {"inputs": [numbers(x) for x in inputs],
           "params": {name: numbers(value) for name, value in {**params, **state}.items()}}

    def forward(training, values):
        mode = {"training": training} if takes_mode else {}
        return module.forward(case["attrs"], {**params, **values}, *inputs, **mode)

    modes = case.get("modes", ["training", "inference"])
    if "inference" in modes:
        doc["inference"] = {"output": numbers(forward(False, state))}
    if "training" in modes:
        for value in [*inputs, *params.values()]:
            value.requires_grad_()
        new_state = {name: value.clone() for name, value in state.items()}
        output = forward(True, new_state)
        gradient = random(output.shape, generator)
        output.backward(gradient)
        doc["training"] = {
            "output": numbers(output),
            "output_gradient": numbers(gradient),
            "input_gradients": [numbers(torch.zeros_like(x) if ids else x.grad) for x in inputs],
            "param_gradients": {name: numbers(value.grad) for name, value in params.items()},
            "state": {name: numbers(value) for name, value in new_state.items()},
        }
    return {"family": "layers", **doc}


def run_loss(module, case, generator):
    output = random(case["output"], generator, case.get("scale", 1.0)).requires_grad_()
    labels = torch.tensor(case["labels"])
    if labels.is_floating_point():
        labels = labels.to(torch.float64)
    mean = module.loss(case["attrs"], output, labels)
    mean.backward()
    return {"family": "losses", "output": numbers(output), "labels": numbers(labels),
            "class_ids": not labels.is_floating_point(), "mean": float(f"{mean.item():.12g}"),
            "gradient": numbers(output.grad)}


def run_optimizer(module, case, generator):
    values = random((5,), generator)
    doc = {"family": "optimizers", "values": numbers(values), "steps": []}
    values.requires_grad_()
    optimizer = module.optimizer(case["attrs"], [values])
    for _ in range(STEPS):
        values.grad = random((5,), generator)
        gradient = numbers(values.grad)
        optimizer.step()
        doc["steps"].append({"gradient": gradient, "values": numbers(values)})
    return doc


def run(module, name, case):
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    for entry, runner in (("forward", run_layer), ("loss", run_loss), ("optimizer", run_optimizer)):
        if hasattr(module, entry):
            return runner(module, case, generator)
    raise ValueError(f"{module.__name__}: has neither forward nor loss nor optimizer")


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(wanted):
    torch.set_num_threads(1)
    (FOLDER / "values").mkdir(exist_ok=True)
    written = 0
    for path in sorted(FOLDER.glob("*.py")):
        module = load(path)
        for name, case in module.CASES.items():
            if wanted and name not in wanted:
                continue
            doc = {"case": name, "kind": module.KIND, "attrs": case["attrs"],
                   "made_with": f"torch {torch.__version__.split('+')[0]}",
                   **run(module, name, case)}
            lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in doc.items()]
            text = "{\n" + ",\n".join(lines) + "\n}\n"
            (FOLDER / "values" / f"{name}.json").write_text(text, encoding="utf-8")
            written += 1
    print(f"golden: wrote {written} cases")
    return 0 if written else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
