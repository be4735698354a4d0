"""Python classes with numpy-style docstrings, and their stubs."""

import textwrap

from gen_schema import FAMILIES, MARK, SchemaError, in_module, sentence

WIDTH = 110  # of a line
TYPES = {"bool": "bool", "int": "int", "float": "float", "string": "str",
         "ints": "Ints", "floats": "Floats"}
PROSE = {"bool": "bool", "int": "int", "float": "float", "string": "str",
         "ints": "int or sequence of int", "floats": "float or sequence of float"}


def imports(family):
    return f"from firesteel.{family.python}._base import {family.base}"


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


def wrapped(head, parts, tail):
    """head + parts + tail, broken between the parts and aligned below the first."""
    lines, line = [], head
    for n, part in enumerate(parts):
        part += tail if n + 1 == len(parts) else ","
        gap = " " if line.strip() and line != head else ""
        if line != head and len(line + gap + part) > WIDTH:
            lines.append(line)
            line, gap = " " * len(head), ""
        line += gap + part
    return [*lines, line if parts else head + tail]


def paragraph(text, indent):
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


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
    if len(lines) == 1 and len(lines[0]) + 3 <= WIDTH:
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


def names(kinds):
    return wrapped("__all__ = [", [f'"{kind.kind}"' for kind in kinds], "]")


def module(family, group, kinds):
    """The classes of one group."""
    lines = [f'"""{family.name.capitalize()} of the group {group}: {MARK}."""', "",
             "# SPDX-License-Identifier: Apache-2.0", "", imports(family), "", *names(kinds)]
    for kind in kinds:
        lines += python_class(family, kind)
    return "\n".join(lines) + "\n"


def stub(family, kinds):
    graphs = any(attr.is_graph for kind in kinds for attr in kind.attrs)
    lines = [f"# {MARK}.", "from collections.abc import Sequence", "from typing import Union", "",
             imports(family),
             *(["from firesteel.nn._graph import Architecture"] if graphs else []), "",
             "Ints = Union[int, Sequence[int]]",
             "Floats = Union[float, Sequence[float]]", "", *names(kinds)]
    for kind in kinds:
        lines += stub_class(family, kind)
    return "\n".join(lines) + "\n"


def package(families, groups):
    """Gives the names of all groups."""
    python = families[0].python
    what = " and ".join(family.name for family in families).capitalize()
    lines = [f'"""{what}: {MARK}."""', "", "# SPDX-License-Identifier: Apache-2.0", ""]
    lines += wrapped(f"from firesteel.{python}._generated import (", groups, ")")
    lines += [f"from firesteel.{python}._generated.{group} import *  # noqa: F403"
              for group in groups]
    lines += ["", *wrapped("__all__ = [", [f"*{group}.__all__" for group in groups], "]")]
    return "\n".join(lines) + "\n"


def by_group(families):
    """{group: (family, kinds)}; a group belongs to one family."""
    result = {}
    for family, kinds in families:
        for kind in kinds:
            owner, members = result.setdefault(kind.group, (family, []))
            if owner != family:
                raise SchemaError(f"{kind.kind}: {family.name} and {owner.name} "
                                  f"both have the group '{kind.group}'")
            members.append(kind)
    return dict(sorted(result.items()))


def files(schema):
    result = {}
    for python in dict.fromkeys(family.python for family in FAMILIES if family.python):
        families = in_module(schema, python)
        if not families:
            continue
        groups = by_group(families)
        folder = f"python/firesteel/{python}/_generated"
        result[f"{folder}/__init__.py"] = package([family for family, _ in families], list(groups))
        for group, (family, kinds) in groups.items():
            result[f"{folder}/{group}.py"] = module(family, group, kinds)
            result[f"{folder}/{group}.pyi"] = stub(family, kinds)
    return result
