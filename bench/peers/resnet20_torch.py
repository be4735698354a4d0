# SPDX-License-Identifier: Apache-2.0
"""The PyTorch side of resnet20_cifar10.py; runs in a Python with torch.

FILE.npz SEED EPOCHS THREADS   prints {"seed", "accuracies", "images_per_s"}
"""
import json
import sys
import time

import numpy as np


def resnet20():
    from torch import nn

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.residual = nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
                nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
            self.shortcut = nn.Identity()
            if inputs != outputs or stride != 1:
                self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                                              nn.BatchNorm2d(outputs))

        def forward(self, x):
            return (self.residual(x) + self.shortcut(x)).relu()

    layers, inputs = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
    for outputs in (16, 32, 64):
        for block in range(3):
            layers.append(Block(inputs, outputs, 2 if block == 0 and outputs > 16 else 1))
            inputs = outputs
    net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return net


def fit(file, seed, epochs, threads):
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    data = {name: torch.from_numpy(array) for name, array in np.load(file).items()}
    net = resnet20().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    rows, batch = len(data["train_y"]), 128
    steps = epochs * -(-rows // batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    accuracies, seconds = [], 0.0
    for _ in range(epochs):
        net.train()
        start = time.time()
        for chosen in torch.randperm(rows).split(batch):
            optimizer.zero_grad(set_to_none=True)
            x = data["train_x"][chosen].contiguous(memory_format=torch.channels_last)
            F.cross_entropy(net(x), data["train_y"][chosen].long()).backward()
            optimizer.step()
            schedule.step()
        seconds += time.time() - start
        net.eval()
        with torch.inference_mode():
            right = sum((net(x).argmax(1) == y).sum().item() for x, y in
                        zip(data["test_x"].split(500), data["test_y"].split(500), strict=True))
        accuracies.append(right / len(data["test_y"]))
    print(json.dumps({"seed": seed, "accuracies": accuracies, "images_per_s": epochs * rows / seconds}))


if __name__ == "__main__":
    fit(sys.argv[1], *map(int, sys.argv[2:5]))
