# SPDX-License-Identifier: Apache-2.0
"""MovieLens-100K as arrays: ratings, users and films, and the rows that recommenders are trained on.

`./dev setup movielens` fetches it. Users and items are numbered from 0.
"""
import os
import sys
from pathlib import Path

import numpy as np

FOLDER = Path(os.environ.get("FIRESTEEL_CACHE", Path.home() / ".cache/firesteel")) / "data/ml-100k"
NEGATIVES, CANDIDATES = 4, 99  # of a film in training, of a user in the test: He et al. 2017
AGES = (18, 25, 35, 45, 50, 56)  # where the next group begins, as in MovieLens-1M
CROSS_IDS = 4096  # that crossed columns are hashed to


def _table(kind):
    """The columns of ml-100k.KIND by name, as lists of text."""
    file = FOLDER / f"ml-100k.{kind}"
    if not file.exists():
        sys.exit(f"bench: there is no {file}. Run ./dev setup movielens")
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    columns = zip(*(line.split("\t") for line in lines), strict=True)
    return dict(zip((name.split(":")[0] for name in head.split("\t")), columns, strict=True))


def ratings():
    """(users, items, ratings, times) of all 100,000."""
    table = _table("inter")
    users, items = (np.array(table[name], np.int64) - 1 for name in ("user_id", "item_id"))
    return users, items, np.array(table["rating"], np.float32), np.array(table["timestamp"], np.int64)


class Implicit:
    """What was rated is a positive, whatever the rating; each user's last one is for the test."""

    def __init__(self):
        users, items, _, times = ratings()
        self.users, self.items = int(users.max()) + 1, int(items.max()) + 1
        order = np.lexsort((times, users))  # the file's order, a random one, decides where times are the same
        last = np.append(np.diff(users[order]) > 0, True)
        self.positives = np.stack([users, items], 1)[order[~last]]
        self.wanted = items[order[last]]  # of each user
        self.known = np.zeros((self.users, self.items), bool)  # without the test's
        self.known[tuple(self.positives.T)] = True

    def _unseen(self, rng, users):
        """For each of the users a film that he or she has not rated, as far as training knows."""
        items = rng.integers(self.items, size=len(users))
        while (bad := self.known[users, items]).any():
            items[bad] = rng.integers(self.items, size=int(bad.sum()))
        return items

    def epoch(self, seed, epoch):
        """Rows (user, item) and labels of an epoch: all positives, each with negatives of its own draw."""
        users = np.repeat(self.positives[:, 0], NEGATIVES)
        negatives = np.stack([users, self._unseen(np.random.default_rng((seed, epoch)), users)], 1)
        x = np.concatenate([self.positives, negatives]).astype(np.float32)
        return x, (np.arange(len(x)) < len(self.positives)).astype(np.float32)

    def candidates(self):
        """Rows of the test: of each user the wanted film, then 99 different ones that were not rated."""
        rng, rows = np.random.default_rng(0), []
        for user, wanted in enumerate(self.wanted):
            unrated = np.setdiff1d(np.flatnonzero(~self.known[user]), [wanted])
            others = rng.choice(unrated, CANDIDATES, replace=False)
            rows += [(user, item) for item in (wanted, *others)]
        return np.array(rows, np.float32)


def _hashed(*ids):
    """Pairs or triples of ids as one of CROSS_IDS, the same wherever it is computed (Knuth's multiplier)."""
    key = np.zeros(len(ids[0]), np.uint64)
    for column in ids:
        key = (key + np.uint64(1) + column.astype(np.uint64)) * np.uint64(2654435761) % np.uint64(1 << 32)
    return (key >> np.uint64(8)) % np.uint64(CROSS_IDS)


def wide_and_deep():
    """(options of the model, rows, labels): whether a film gets 4 stars or more from this user.

    A row has the film's genres, then the crossed columns age x gender x occupation and age x genres,
    then user, item, age group, gender and occupation.
    """
    users, items, stars, _ = ratings()
    about, films = _table("user"), _table("item")
    people, numbers = (np.array(table[name], np.int64) - 1 for table, name in ((about, "user_id"), (films, "item_id")))
    genres = sorted({genre for text in films["class"] for genre in text.split(" ")})
    dense = np.array([[genre in text.split(" ") for genre in genres] for text in films["class"]])[np.argsort(numbers)]
    ages = np.searchsorted(AGES, np.array(about["age"], np.int64), side="right")
    columns = [np.unique(about[name], return_inverse=True)[1] for name in ("gender", "occupation")]
    age, gender, job = (column[np.argsort(people)][users] for column in (ages, *columns))
    taste = dense @ (1 << np.arange(len(genres)))
    crosses = [_hashed(age, gender, job), _hashed(age, taste[items])]
    ids = [users, items, age, gender, job]
    x = np.column_stack([dense[items], *crosses, *ids]).astype(np.float32)
    options = dict(dense=len(genres), crosses=len(crosses), cross_ids=CROSS_IDS, classes=1,
                   category_ids=tuple(int(column.max()) + 1 for column in ids))
    return options, x, (stars >= 4).astype(np.float32)
