"""docs/bigdl.md: what BigDL's names are called here, checked against the schema."""

import json
import re
from pathlib import Path

from gen_schema import FAMILIES, MARK, SchemaError

FOLDER = Path(__file__).resolve().parent / "bigdl"
TITLES = {"nn": "Layers (`nn`)", "nn/ops": "Operations (`nn.ops`)", "nn/tf": "TensorFlow's graphs (`nn.tf`)",
          "nn/keras": "Keras-style layers (`nn.keras`)", "nn/mkldnn": "MKL-DNN layers (`nn.mkldnn`)",
          "dllib/keras/layers": "Keras-style layers of 2.x", "criterions": "Criterions",
          "keras/objectives": "Objectives of 2.x, and analytics-zoo's losses"}
# What is not declared: ways to put layers together.
COMPOSING = {"Block", "CustomLoss", "Graph", "Input", "Lambda", "LossTerm", "Sequential"}
LATER = "later: "


def read_names():
    """{section: [name]} of everything that has to have a row."""
    return json.loads((FOLDER / "names.json").read_text(encoding="utf-8"))


def read_table(text):
    """{section: {name: (expression, note)}}."""
    table, section = {}, None
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = table.setdefault(line.strip("[]"), {})
            continue
        name, equals, rest = line.partition(" = ")
        if not equals or section is None or name in section:
            raise SchemaError(f"tools/bigdl/table.txt:{number}: must be 'Name = expression; note' below "
                              f"a section, each name once, got '{line}'")
        expression, _, note = rest.partition("; ")
        section[name] = (expression, note)
    return table


def rows(names, table):
    """[(section, [(name, expression, note)])]; a name without a row of its own has that of a section before."""
    known, result = {}, []
    for section, wanted in names.items():
        known.update(table.get(section, {}))
        missing = [name for name in wanted if name not in known]
        unknown = [name for name in table.get(section, {}) if name not in wanted]
        if missing or unknown:
            raise SchemaError(f"tools/bigdl/table.txt: [{section}] lacks {missing}, has unknown {unknown}")
        result.append((section, [(name, *known[name]) for name in wanted]))
    return result


def check(expression, note, kinds):
    """Kinds and attributes that are named must be declared."""
    for kind in re.findall(r"\bnn\.(\w+)", f"{expression} {note}"):
        if kind not in kinds and kind not in COMPOSING:
            raise SchemaError(f"tools/bigdl/table.txt: no kind nn.{kind}")
    call = re.fullmatch(r"nn\.(\w+)\((.*)\)", expression)
    if call and call[1] in kinds:
        for argument in filter(None, re.split(r",\s*(?![^\[]*\])", call[2])):
            name = argument.split("=")[0]
            if re.fullmatch(r"[a-z]\w*", name) and name not in kinds[call[1]]:
                raise SchemaError(f"tools/bigdl/table.txt: nn.{call[1]} has no attribute {name}")


def page(found, kinds):
    lines = ["# BigDL's names", f"\n<!-- {MARK}. -->\n",
             "Where layers, operations and losses of BigDL 0.13 and 2.x are found in Firesteel.", ""]
    for section, entries in found:
        lines += [f"## {TITLES[section]}", "", "| BigDL | Firesteel | |", "|---|---|---|"]
        for name, expression, note in entries:
            if expression.startswith(LATER):
                lines.append(f"| `{name}` | not yet | {expression.removeprefix(LATER)} |")
                continue
            check(expression, note, kinds)
            note = re.sub(r"\bnn\.\w+(\([^)]*\))?", lambda match: f"`{match[0]}`", note)
            lines.append(f"| `{name}` | `{expression}` | {note} |")
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def files(schema):
    nn = {family.name for family in FAMILIES if family.python == "nn"}
    kinds = {kind.kind: {attr.name for attr in kind.attrs}
             for family, kinds in schema if family.name in nn for kind in kinds}
    table = read_table((FOLDER / "table.txt").read_text(encoding="utf-8"))
    return {"docs/bigdl.md": page(rows(read_names(), table), kinds)}
