"""Python classes with numpy-style docstrings, and their stubs."""

import textwrap

from gen_schema import FAMILIES, MARK, in_module, sentence

TYPES = {"bool": "bool", "int": "int", "float": "float", "string": "str",
         "ints": "Ints", "floats": "Floats"}
PROSE = {"bool": "bool", "int": "int", "float": "float", "string": "str",
         "ints": "int or sequence of int", "floats": "float or sequence of float"}
IMPORTS = {"nn": "from firesteel.nn._base import Layer, Loss",
           "optim": "from firesteel.optim._base import Optimizer, Schedule",
           "metrics": "from firesteel.metrics._base import Metric"}


def prose(attr):
    return "Layer" if attr.is_layer else "Architecture" if attr.is_graph else PROSE[attr.type]


def literal(attr):
    if attr.type in ("ints", "floats"):
        value = tuple(attr.default)
        return repr(value[0] if attr.is_pair and len(value) == 1 else value)
    return repr(attr.default)


def signature(family, kind, annotate=None):
    parts = ["self"]
    for attr in kind.ordered:
        name = attr.python_name
        if annotate:
            type_ = prose(attr) if attr.is_layer or attr.is_graph else TYPES[attr.type]
            parts.append(f"{name}: {type_}" + ("" if attr.required else " = ..."))
        else:
            parts.append(name if attr.required else f"{name}={literal(attr)}")
    if family.name == "layers":
        parts += ["*", "name: str | None = ..." if annotate else "name=None"]
    return parts


def wrapped(head, parts, tail, width=100):
    """head + parts + tail, broken between the parts and aligned below the first."""
    lines, line = [], head
    for n, part in enumerate(parts):
        part += tail if n + 1 == len(parts) else ","
        gap = " " if line.strip() and line != head else ""
        if line != head and len(line + gap + part) > width:
            lines.append(line)
            line, gap = " " * len(head), ""
        line += gap + part
    return [*lines, line if parts else head + tail]


def paragraph(text, indent):
    return textwrap.wrap(text, 100, initial_indent=indent, subsequent_indent=indent)


def docstring(family, kind):
    lines = paragraph('"""' + sentence(kind.doc), "    ")
    parameters = [(attr.python_name, prose(attr), attr) for attr in kind.ordered]
    if parameters or family.name == "layers":
        lines += ["", "    Parameters", "    ----------"]
    for name, type_, attr in parameters:
        lines.append(f"    {name} : {type_}" +
                     ("" if attr.required else f", default {literal(attr)}"))
        text = sentence(attr.doc) + (f" {sentence(attr.rule)}" if attr.rule else "")
        lines += paragraph(text, "        ")
    if family.name == "layers":
        lines += ["    name : str, optional",
                  "        The node's name in the model; made from the kind when not given."]
    if kind.attrs:
        lines += ["", "    Raises", "    ------", "    ValueError"]
        ruled = next((attr for attr in kind.ordered if attr.rule), None)
        example = f": ``{kind.kind}.{ruled.name}: {ruled.rule}, got ...``" if ruled else ""
        lines += paragraph("An attribute has the wrong type or does not obey its rule" + example +
                           ".", "        ")
    if len(lines) == 1 and len(lines[0]) <= 97:
        return [lines[0] + '"""']
    return [*lines, '    """']


def python_class(family, kind):
    lines = ["", "", f"class {kind.kind}({family.base}):", *docstring(family, kind), ""]
    lines += wrapped("    def __init__(", signature(family, kind), "):")
    given = [f"{attr.name}={attr.python_name}" if attr.name == attr.python_name else
             f"**{{{attr.name!r}: {attr.python_name}}}" for attr in kind.ordered]
    if family.name == "layers":
        given.insert(0, "name")
    lines += wrapped("        super().__init__(", given, ")")
    return lines


def stub_class(family, kind):
    lines = ["", f"class {kind.kind}({family.base}):"]
    lines += wrapped("    def __init__(", signature(family, kind, annotate=True), ") -> None: ...")
    return lines


def names(families):
    return sorted(kind.kind for _, kinds in families for kind in kinds)


def module(families):
    python = families[0][0].python
    what = " and ".join(family.name for family, _ in families).capitalize()
    lines = [f'"""{what}: {MARK}."""', "",
             "# SPDX-License-Identifier: Apache-2.0", "", IMPORTS[python], "",
             "__all__ = [", *(f'    "{name}",' for name in names(families)), "]"]
    for family, kinds in families:
        for kind in kinds:
            lines += python_class(family, kind)
    return "\n".join(lines) + "\n"


def stub(families):
    python = families[0][0].python
    lines = [f"# {MARK}.", "from collections.abc import Sequence", "from typing import Union", "",
             IMPORTS[python], *(["from firesteel.nn._graph import Architecture"] if python == "nn" else []), "",
             "Ints = Union[int, Sequence[int]]",
             "Floats = Union[float, Sequence[float]]", "",
             "__all__ = [", *(f'    "{name}",' for name in names(families)), "]"]
    for family, kinds in families:
        for kind in kinds:
            lines += stub_class(family, kind)
    return "\n".join(lines) + "\n"


def files(schema):
    result = {}
    for python in dict.fromkeys(family.python for family in FAMILIES if family.python):
        families = in_module(schema, python)
        if families:
            folder = f"python/firesteel/{python}"
            result[f"{folder}/_generated.py"] = module(families)
            result[f"{folder}/_generated.pyi"] = stub(families)
    return result
