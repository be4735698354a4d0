"""Reference pages: docs/layers/<group>.md, one page per other family, and an index."""

import json

from gen_cpp import literal as cpp_literal
from gen_cpp import type_of as cpp_type
from gen_java import identifier, parameter
from gen_python import literal, prose
from gen_schema import MARK, sentence

CAPABILITIES = (("trainable", "training"), ("bf16", "bf16"), ("int8", "int8"))


def page_of(family, kind):
    return kind.group if family.name == "layers" else family.name


def cell(text):
    return text.replace("|", "\\|")


def heading(text):
    return f"# {text}\n\n<!-- {MARK}. -->\n"


def attributes(kind):
    if not kind.attrs:
        return ["It has no attributes.", ""]
    lines = ["| attribute | type | default | rule | meaning |", "|---|---|---|---|---|"]
    for attr in kind.ordered:
        default = "required" if attr.required else f"`{literal(attr)}`"
        lines.append(f"| `{attr.name}` | {prose(attr)} | {default} | {cell(attr.rule)} | "
                     f"{cell(sentence(attr.doc))} |")
    return [*lines, ""]


def model_calls(kind):
    python = "".join(f", {attr.python_name}={literal(attr)}" for attr in kind.ordered)
    options = ",".join(f"{attr.name}={json.dumps(attr.default)}" for attr in kind.ordered)
    return [f'    Python  Model.named("{kind.kind}"{python})',
            f"    CLI     --model {kind.kind}" + (f":{options}" if options else ""), ""]


def calls(family, kind):
    if family.name == "models":
        return model_calls(kind)
    python = ", ".join([attr.python_name if attr.required else
                        f"{attr.python_name}={literal(attr)}" for attr in kind.ordered])
    cpp = ", ".join([f"{cpp_type(attr)} {attr.name}" +
                     ("" if attr.required else f" = {cpp_literal(attr)}") for attr in kind.ordered])
    required = kind.required
    java = ", ".join(parameter(attr, n + 1 == len(required)) for n, attr in enumerate(required))
    setters = "".join(f".{identifier(attr)}(…)" for attr in kind.optional)
    attrs = {attr.name: attr.default for attr in kind.optional}
    document = {"kind": kind.kind, **{attr.name: "…" for attr in required}, **attrs}
    lines = [f"    Python  {family.python}.{kind.kind}({python})",
             f"    C++     firesteel::{family.cpp}::{kind.kind}({cpp})",
             f"    Java    new io.firesteel.{family.java}.{kind.kind}({java}){setters}"]
    if family.name != "layers":
        lines.append(f"    JSON    {json.dumps(document, ensure_ascii=False)}")
    return [*lines, ""]


def section(family, kind):
    return [f"## {kind.kind}", "", sentence(kind.doc), "", *attributes(kind), *calls(family, kind)]


def page(title, entries):
    lines = [heading(title)]
    for family, kind in entries:
        lines += section(family, kind)
    return "\n".join(lines).rstrip("\n") + "\n"


def matrix(pages, schema):
    """All layers with what they can do; a column appears once a declaration says something."""
    layers = [kind for family, kinds in schema if family.name == "layers" for kind in kinds]
    shown = [(key, title) for key, title in CAPABILITIES
             if any(key in kind.capabilities for kind in layers)]
    lines = ["| layer | what it does |" + "".join(f" {title} |" for _, title in shown),
             "|---|---|" + "---|" * len(shown)]
    for name, entries in pages:
        for family, kind in entries:
            if family.name != "layers":
                continue
            marks = "".join(f" {'yes' if kind.capabilities.get(key) else ''} |" for key, _ in shown)
            lines.append(f"| [{kind.kind}]({name}.md#{kind.kind.lower()}) | "
                         f"{cell(sentence(kind.doc))} |{marks}")
    return lines


def index(pages, schema):
    lines = [heading("Reference"), "All kinds that this version knows, by their declarations.", "",
             "## Layers", "", *matrix(pages, schema), ""]
    for name, entries in pages:
        if entries[0][0].name == "layers":
            continue
        lines += [f"## {name.capitalize()}", ""]
        lines += [f"- [{kind.kind}]({name}.md#{kind.kind.lower()}): {sentence(kind.doc)}"
                  for _, kind in entries]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def files(schema):
    pages = {}
    for family, kinds in schema:
        for kind in sorted(kinds, key=lambda kind: (kind.group, kind.kind)):
            pages.setdefault(page_of(family, kind), []).append((family, kind))
    result = {f"docs/layers/{name}.md": page(name.capitalize(), entries)
              for name, entries in pages.items()}
    result["docs/layers/README.md"] = index(list(pages.items()), schema)
    return result
