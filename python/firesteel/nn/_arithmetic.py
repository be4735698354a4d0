# SPDX-License-Identifier: Apache-2.0
"""Arithmetic of values: each operator is a layer."""

import numbers


def _layer(kind, *inputs, **attrs):
    from firesteel import nn  # whose layers know values

    return getattr(nn, kind)(**attrs)(*inputs)


class Arithmetic:
    """The operators of a value, with other values and with numbers."""

    def __add__(self, other):
        if isinstance(other, numbers.Real):
            return _layer("AddConstant", self, value=float(other))
        return _layer("Add", self, other)

    def __sub__(self, other):
        return self + -other if isinstance(other, numbers.Real) else _layer("Sub", self, other)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if isinstance(other, numbers.Real):
            return _layer("MulConstant", self, value=float(other))
        return _layer("Mul", self, other)

    def __truediv__(self, other):
        return self * (1 / other) if isinstance(other, numbers.Real) else _layer("Div", self, other)

    def __rtruediv__(self, other):
        return _layer("Reciprocal", self) * other

    def __pow__(self, exponent):
        return _layer("Power", self, power=float(exponent))

    def __neg__(self):
        return _layer("Negative", self)

    def __matmul__(self, other):
        return _layer("MatMul", self, other)

    def __abs__(self):
        return _layer("Abs", self)

    __radd__ = __add__
    __rmul__ = __mul__
