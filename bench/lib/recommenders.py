# SPDX-License-Identifier: Apache-2.0
"""What recommenders are asked on MovieLens-100K: rows to train on and to test with, and figures of their scores."""
import numpy as np

from firesteel import Model, metrics, nn
from lib import movielens

FIGURES = {"hit_ratio10": "NCF's HR@10", "ndcg10": "NCF's NDCG@10", "auc": "Wide&Deep's AUC"}
SMALL = 0.01  # standard deviation of first embeddings, as in He et al. 2017


class Ncf:
    name, epochs = "ncf", 12

    def __init__(self):
        self.data = movielens.Implicit()
        self.options = dict(users=self.data.users, items=self.data.items)
        self.test = self.data.candidates()

    def train(self, seed):
        return [self.data.epoch(seed, epoch) for epoch in range(self.epochs)]

    def figures(self, scores):
        scores = scores.reshape(len(self.data.wanted), -1)  # the wanted film's are the first
        judge = Model(nn.Sequential(nn.Identity(), input_shape=scores.shape[1:]))
        return judge.evaluate(scores, np.zeros(len(scores), np.int32), metrics=[metrics.HitRatio(10), metrics.NDCG(10)])


class WideDeep:
    name, epochs = "widedeep", 8

    def __init__(self):
        self.options, self.x, self.y = movielens.wide_and_deep()
        rows = np.random.default_rng(0).permutation(len(self.x))
        self.taught, self.asked = np.split(rows, [len(rows) * 4 // 5])
        self.test = self.x[self.asked]

    def train(self, seed):
        return [(self.x[self.taught], self.y[self.taught])] * self.epochs

    def figures(self, scores):
        judge = Model(nn.Sequential(nn.Identity(), input_shape=(1,)))
        return judge.evaluate(scores.reshape(-1, 1), self.y[self.asked], loss=nn.BCEWithLogits(),
                              metrics=[metrics.AUC(bins=10000, from_logits=True)])


def first_model(task, seed):
    """The named model; its tables, the weights without a bias, begin with N(0, 1) and are made small."""
    model = Model.named(task.name, seed, **task.options)
    weights = model.weights()
    model.set_weights({name: SMALL * values for name, values in weights.items()
                       if name.replace(".weight", ".bias") not in weights})
    return model
