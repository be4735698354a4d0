# SPDX-License-Identifier: Apache-2.0
"""What a fit says of the updates of some parameters, and of schedules that follow each other."""

from firesteel._spec import document


class ParamGroup:
    """What is different for parameters with certain names.

    >>> groups = [optim.ParamGroup("*.bias", weight_decay=0),
    ...           optim.ParamGroup("conv*", freeze=True),
    ...           optim.ParamGroup("head.*", lr=10, optimizer=optim.Adam(1e-3))]

    A parameter is in the first group of a list that matches its name.

    Parameters
    ----------
    match : str
        Names as :meth:`firesteel.Model.weights` has them; ``*`` stands for any letters and ``?`` for one.
    lr : float, default 1
        Factor on the optimizer's learning rate.
    weight_decay : float, optional
        Instead of the optimizer's.
    l1, l2 : float, default 0
        Penalties: ``l1 * sign(w) + l2 * w`` is added to gradients.
    freeze : bool, default False
        They stay as they are.
    optimizer : Optimizer, optional
        Instead of the fit's.
    """

    def __init__(self, match, lr=1.0, weight_decay=None, l1=0.0, l2=0.0, freeze=False, optimizer=None):
        self.match, self.lr, self.weight_decay = match, lr, weight_decay
        self.l1, self.l2, self.freeze, self.optimizer = l1, l2, freeze, optimizer

    def to_dict(self):
        """The document that all languages understand."""
        out = {"match": self.match, "lr": self.lr, "l1": self.l1, "l2": self.l2, "freeze": self.freeze}
        if self.weight_decay is not None:
            out["weight_decay"] = self.weight_decay
        if self.optimizer is not None:
            out["optimizer"] = document(self.optimizer, "optimizers", "ParamGroup.optimizer")
        return out


class Lasting:
    """A schedule and for how long it is: see :meth:`firesteel.optim.Schedule.lasting`."""

    def __init__(self, schedule, **how_long):
        self.schedule, self.how_long = schedule, how_long

    def to_dict(self):
        """The document that all languages understand."""
        return {**self.schedule.to_dict(), **self.how_long}


def groups_document(groups):
    """The documents of a list of groups, or of dictionaries."""
    return [group if isinstance(group, dict) else group.to_dict() for group in groups or []]


def schedule_document(value):
    """The document of a schedule, or the list of those that follow each other."""
    if not isinstance(value, (list, tuple)):
        return document(value, "schedules", "schedule")
    return [part.to_dict() if isinstance(part, Lasting) else document(part, "schedules", "schedule")
            for part in value]
