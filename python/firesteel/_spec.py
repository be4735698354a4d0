# SPDX-License-Identifier: Apache-2.0
"""Spec: a kind and its attributes. Layers, losses, optimizers, schedules and metrics are specs."""

import json

from firesteel._native import core


def _plain(value):
    """NumPy's numbers and arrays as Python's."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Spec) and value.family == "layers":  # an attribute that is a layer
        return json.dumps(value.to_dict())
    if not isinstance(value, Spec) and hasattr(value, "to_dict"):  # or a graph
        return json.dumps(value.to_dict())
    raise TypeError(f"expected a bool, number, string or sequence of numbers, got {value!r}")


class Spec:
    """A configured kind. The C++ declaration of the kind checks the attributes at once."""

    family = ""  # the key of its family in the schema

    def __init__(self, **attrs):
        try:
            text = json.dumps(attrs, default=_plain)
        except TypeError as error:
            raise ValueError(f"{self.kind}: {error}") from None
        self._attrs = json.loads(text)
        self._trains = core.check(self.family, self.kind, text)

    @property
    def kind(self):
        """The name of the kind, such as ``"Conv2d"``."""
        return type(self).__name__

    @property
    def attrs(self):
        """The attributes by name."""
        return dict(self._attrs)

    def to_dict(self):
        """The document ``{"kind": ..., attributes}`` that all languages understand."""
        return {"kind": self.kind, **self._attrs}

    def __eq__(self, other):
        return isinstance(other, Spec) and self.to_dict() == other.to_dict()

    def __hash__(self):
        return hash(json.dumps(self.to_dict(), sort_keys=True))

    def __repr__(self):
        return f"{self.kind}({', '.join(f'{k}={v!r}' for k, v in self._attrs.items())})"


def document(value, family, what):
    """The document of a Spec, or of a dictionary with "kind"."""
    if isinstance(value, dict) and "kind" in value:
        attrs = {name: attr for name, attr in value.items() if name != "kind"}
        core.check(family, value["kind"], json.dumps(attrs, default=_plain))
        return {"kind": value["kind"], **attrs}
    if not isinstance(value, Spec) or value.family != family:
        raise ValueError(f"{what}: must be one of firesteel's {family}, got {value!r}")
    return value.to_dict()
