# SPDX-License-Identifier: Apache-2.0
"""Plugins: shared libraries with layers of one's own, written in C++."""

import inspect
import json
import os
from pathlib import Path

from firesteel._native import core
from firesteel.nn._base import layer_class


class Plugin:
    """A loaded plugin. Its layers are classes that are attributes: ``plugin.LearnedSwish``.

    Attributes
    ----------
    name, version, path : str
    kinds : list of str
        The names of its layers.
    """

    def __init__(self, about):
        self.name, self.version, self.path = about["name"], about["version"], about["path"]
        self.kinds = about["kinds"]
        declared = {layer["kind"]: layer for layer in json.loads(core.kinds())["layers"]}
        for kind in self.kinds:
            setattr(self, kind, _described(declared[kind]))

    def __getattr__(self, name):  # only what is not there comes here
        kinds = self.__dict__.get("kinds", [])
        raise AttributeError(f"plugin {self.__dict__.get('name')}: no layer {name!r}; there are "
                             f"{', '.join(kinds)}")

    def __repr__(self):
        return f"Plugin({self.name!r} {self.version}: {', '.join(self.kinds)})"


def load_plugin(path):
    """Loads layers from a shared library that was compiled with ``firesteel/plugin.hpp``.

    Loading it once more does nothing. Fits, evaluations and predictions on Spark that come after
    have the plugin on all executors.

    >>> swish = firesteel.load_plugin("learned_swish.so")
    >>> net = nn.Sequential(nn.Linear(784, 32), swish.LearnedSwish(), nn.Linear(32, 10))

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    Plugin

    Raises
    ------
    firesteel.FormatError
        It is no plugin, one for another version of Firesteel, or its layers exist already.
    firesteel.SystemError
        There is no such file, or none that can be loaded here.
    """
    return Plugin(json.loads(core.load_plugin(os.fspath(path))))


def include_path():
    """The folder with ``firesteel/plugin.hpp``, for the compiler's option ``-I``."""
    package = Path(__file__).resolve().parent
    return str(package / "include")


def _described(declaration):
    """The class of a layer, with its documentation and the signature of its attributes."""
    kind = layer_class(declaration["kind"])
    lines, parameters = [], []
    for attr in declaration["attrs"]:
        required = attr["required"]
        default = inspect.Parameter.empty if required else attr["default"]
        parameters.append(inspect.Parameter(attr["name"], inspect.Parameter.KEYWORD_ONLY,
                                            default=default))
        about = attr["type"] + ("" if required else f", default {attr['default']!r}")
        rule = f" {attr['rule'].capitalize()}." if attr["rule"] else ""
        lines.append(f"{attr['name']} : {about}\n    {attr['doc'].capitalize()}.{rule}")
    parameters.append(inspect.Parameter("name", inspect.Parameter.KEYWORD_ONLY, default=None))
    head = f"{declaration['doc']}\n\nParameters\n----------\n"
    kind.__doc__ = head + "\n".join([*lines, "name : str, optional"])
    kind.__signature__ = inspect.Signature(parameters)
    return kind


__all__ = ["Plugin", "include_path", "load_plugin"]
