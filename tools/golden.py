"""Computes the golden numbers of tests/golden with PyTorch, in f64.

Usage: golden.py [CASE...]. Any Python with torch runs it; the values are committed, so it is needed
only for a new or changed case. A case file tests/golden/<name>.py has KIND, CASES and one of
  forward(attrs, params, *inputs[, training])   a layer; a tuple where it has several outputs
  loss(attrs, *outputs, labels)                 a loss: the mean
  optimizer(attrs, params)                      an optimizer of torch.optim's kind; a case may have
                                                the shapes of several "params"; with objective(name, x)
                                                one that chooses where it evaluates a loss
  schedule(attrs, optimizer, total, epoch_steps)   one of torch.optim.lr_scheduler's kind, stepped after
                                                each iteration, or epoch with by_epoch or "observed"
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


def numbers_of_all(output):
    """Of one tensor, or of several as a list."""
    return [numbers(one) for one in output] if isinstance(output, tuple) else numbers(output)


def random(shape, generator, scale=1.0):
    """Normal numbers that f32 holds exactly, as f64."""
    return (torch.randn(shape, generator=generator) * scale).to(torch.float64)


def within(case, values):
    """Between least and most of a case."""
    limits = {name: case[key] for name, key in (("min", "least"), ("max", "most")) if key in case}
    return values.clamp(**limits) if limits else values


def run_layer(module, case, generator):
    takes_mode = "training" in inspect.signature(module.forward).parameters
    below = case.get("ids_below", 0)  # inputs, or those of ids_inputs, are ids, and have no gradient
    ids = [below > 0 and i in case.get("ids_inputs", [i]) for i in range(len(case["inputs"]))]
    inputs = [torch.randint(below, shape, generator=generator).to(torch.float64) if is_ids
              else within(case, random(shape, generator, case.get("scale", 1.0)))
              for shape, is_ids in zip(case["inputs"], ids)]
    params = {name: random(shape, generator) for name, shape in case.get("params", {}).items()}
    state = {name: random(shape, generator).abs() for name, shape in case.get("state", {}).items()}
    doc = {"inputs": [numbers(x) for x in inputs],
           "params": {name: numbers(value) for name, value in {**params, **state}.items()}}

    def forward(training, values):
        mode = {"training": training} if takes_mode else {}
        return module.forward(case["attrs"], {**params, **values}, *inputs, **mode)

    modes = case.get("modes", ["training", "inference"])
    if "inference" in modes:
        doc["inference"] = {"output": numbers_of_all(forward(False, state))}
    if "training" in modes:
        for value in [*inputs, *params.values()]:
            value.requires_grad_()
        new_state = {name: value.clone() for name, value in state.items()}
        output = forward(True, new_state)
        several = isinstance(output, tuple)
        outputs = output if several else (output,)
        gradients = tuple(random(one.shape, generator) for one in outputs)
        pairs = [pair for pair in zip(outputs, gradients) if pair[0].requires_grad]
        torch.autograd.backward(*zip(*pairs))  # others, such as ids, have no gradient
        doc["training"] = {
            "output": numbers_of_all(output),
            "output_gradient": numbers_of_all(gradients if several else gradients[0]),
            "input_gradients": [numbers(torch.zeros_like(x) if x.grad is None else x.grad)
                                for x in inputs],
            "param_gradients": {name: numbers(value.grad) for name, value in params.items()},
            "state": {name: numbers(value) for name, value in new_state.items()},
        }
    return {"family": "layers", **doc}


def run_loss(module, case, generator):
    """Cases have "output" or "outputs", shapes; "squash": outputs are between 0 and 1; "constants": the
    numbers of the last outputs, which have no gradient; "normaliser" where it is to be tested."""
    shapes = case.get("outputs") or [case["output"]]
    outputs = [random(shape, generator, case.get("scale", 1.0)) for shape in shapes]
    if case.get("squash"):
        outputs = [x.sigmoid().to(torch.float32).to(torch.float64) for x in outputs]
    for x in outputs:
        x.requires_grad_()
    outputs += [torch.tensor(x, dtype=torch.float32).to(torch.float64) for x in case.get("constants", [])]
    labels = torch.tensor(case["labels"])
    class_ids = not labels.is_floating_point()
    if not class_ids:
        labels = labels.to(torch.float64)
    mean = module.loss(case["attrs"], *outputs, labels)
    mean.backward()
    doc = {"family": "losses", "outputs": [numbers(x) for x in outputs], "labels": numbers(labels),
           "class_ids": class_ids, "mean": float(f"{mean.item():.12g}"),
           "gradients": [numbers(torch.zeros_like(x) if x.grad is None else x.grad) for x in outputs]}
    if "normaliser" in case:
        doc["normaliser"] = case["normaliser"]
    return doc


def run_optimizer(module, case, generator):
    params = [random(shape, generator) for shape in case.get("params", [[5]])]

    def flat(tensors):
        return numbers(torch.cat([tensor.detach().reshape(-1) for tensor in tensors]))

    doc = {"family": "optimizers", "values": flat(params), "steps": []}
    if "params" in case:  # of several; those of one dimension are biases
        doc["sizes"] = [value.numel() for value in params]
        doc["weights"] = [value.dim() > 1 for value in params]
    for value in params:
        value.requires_grad_()
    optimizer = module.optimizer(case["attrs"], params)
    for _ in range(STEPS):
        for value in params:
            value.grad = random(value.shape, generator)
        gradient = flat([value.grad for value in params])
        optimizer.step()
        doc["steps"].append({"gradient": gradient, "values": flat(params)})
    return doc


def run_search(module, case, _generator):
    values = torch.tensor(case["start"], dtype=torch.float32).to(torch.float64).requires_grad_()
    optimizer = module.optimizer(case["attrs"], [values])
    seen = []

    def evaluate():
        optimizer.zero_grad()
        loss = module.objective(case["objective"], values)
        loss.backward()
        seen.append({"loss": float(f"{loss.item():.12g}"), "values": numbers(values)})
        return loss

    optimizer.step(evaluate)
    return {"family": "optimizers", "objective": case["objective"], "values": numbers(values),
            "evaluations": seen[:case["evaluations"]], "converges": len(seen) <= case["evaluations"]}


def run_schedule(module, case, _generator):
    total, epoch_steps = case.get("total", 24), case.get("epoch_steps", 6)
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=1.0)
    schedule = module.schedule(case["attrs"], optimizer, total, epoch_steps)
    factors = []
    for step in range(1, total + 1):
        factors.append(float(f"{optimizer.param_groups[0]['lr']:.9g}"))
        optimizer.step()
        ends_epoch = step % epoch_steps == 0
        if "observed" in case:
            if ends_epoch:
                schedule.step(case["observed"][step // epoch_steps - 1])
        elif ends_epoch or not case["attrs"].get("by_epoch"):
            schedule.step()
    return {"family": "schedules", "total": total, "epoch_steps": epoch_steps,
            "observed": case.get("observed", []), "factors": factors}


def run(module, name, case):
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    for entry, runner in (("forward", run_layer), ("loss", run_loss), ("objective", run_search),
                          ("optimizer", run_optimizer), ("schedule", run_schedule)):
        if hasattr(module, entry):
            return runner(module, case, generator)
    raise ValueError(f"{module.__name__}: has neither forward nor loss nor optimizer nor schedule")


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
