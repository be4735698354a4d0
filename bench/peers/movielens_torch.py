# SPDX-License-Identifier: Apache-2.0
"""The PyTorch side of movielens.py: Firesteel's ncf and widedeep; runs in a Python with torch.

movielens_torch.py FOLDER MODEL DENSE CROSSES EPOCHS BATCH LR THREADS

FOLDER has weights.npz (the first ones, by Firesteel's names), test.npy (rows), and for each epoch, from 0, x0.npy and
y0.npy: rows and labels in the order in which they are taken. Writes scores0.npy and so on, of the test's rows after
each epoch, and prints {"version", "losses"}.
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn


class Net(nn.Module):
    """Layers by Firesteel's names, with the given first weights."""

    def __init__(self, weights):
        super().__init__()
        for name, values in weights.items():
            layer, kind = name.rsplit(".", 1)
            if kind == "bias":
                continue
            rows, columns = values.shape
            if layer == "wide":
                self.wide = nn.EmbeddingBag(rows, columns, mode="sum")
            elif layer + ".bias" in weights:
                self.add_module(layer, nn.Linear(columns, rows))
            else:
                self.add_module(layer, nn.Embedding(rows, columns))
        self.load_state_dict({name: torch.from_numpy(values) for name, values in weights.items()})
        names = sorted(name for name, _ in self.named_children() if name.startswith("fc"))
        self.hidden = [self.get_submodule(name) for name in names]

    def perceptron(self, x):
        for layer in self.hidden:
            x = layer(x).relu()
        return x


class Ncf(Net):
    """Neural matrix factorization: a product of embeddings beside a perceptron of others."""

    def forward(self, x):
        user, item = x.long().unbind(1)
        product = self.user_factors(user) * self.item_factors(item)
        pair = torch.cat([self.user_embedding(user), self.item_embedding(item)], 1)
        return self.score(torch.cat([product, self.perceptron(pair)], 1))


class WideDeep(Net):
    """A linear model of crossed columns beside a perceptron of dense numbers and embedded categories."""

    def __init__(self, weights, dense, crosses):
        super().__init__(weights)
        self.begins = dense, dense + crosses  # where crosses and categories do

    def forward(self, x):
        dense, crosses, categories = x.tensor_split(self.begins, 1)
        embedded = [self.get_submodule(f"category{number}_embedding")(ids)
                    for number, ids in enumerate(categories.long().unbind(1), 1)]
        return self.wide(crosses.long()) + self.deep(self.perceptron(torch.cat([dense, *embedded], 1)))


def main():
    folder, model = Path(sys.argv[1]), sys.argv[2]
    dense, crosses, epochs, batch = map(int, sys.argv[3:7])
    torch.set_num_threads(int(sys.argv[8]))
    weights = dict(np.load(folder / "weights.npz"))
    net = Ncf(weights) if model == "ncf" else WideDeep(weights, dense, crosses)
    optimizer = torch.optim.Adam(net.parameters(), lr=float(sys.argv[7]))
    test = torch.from_numpy(np.load(folder / "test.npy"))
    losses = []
    for epoch in range(epochs):
        x, y = (torch.from_numpy(np.load(folder / f"{name}{epoch}.npy")) for name in "xy")
        total = 0.0
        for rows, labels in zip(x.split(batch), y.split(batch), strict=True):
            optimizer.zero_grad()
            loss = nn.functional.binary_cross_entropy_with_logits(net(rows)[:, 0], labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(x))
        with torch.inference_mode():
            np.save(folder / f"scores{epoch}.npy", net(test)[:, 0].numpy())
    print(json.dumps(dict(version=torch.__version__, losses=losses)))


if __name__ == "__main__":
    main()
