# SPDX-License-Identifier: Apache-2.0
"""What metrics have in common."""

from firesteel._spec import Spec


class Metric(Spec):
    """A figure of how good a model is."""

    family = "metrics"
