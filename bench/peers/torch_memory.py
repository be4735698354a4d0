# SPDX-License-Identifier: Apache-2.0
"""Peak memory of PyTorch's training steps: torch_memory.py MODEL BATCH THREADS.

Prints {"memory_mb"}: the process's peak beyond what it had after its imports. Runs in a Python with
torch and torchvision; channels_last, SGD with momentum, as bench.h's figure of the same name.
"""
import json
import resource
import sys
from pathlib import Path

import torch
import torchvision
from torch.nn import functional as F


def resident_mb():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("no VmRSS in /proc/self/status")


before = resident_mb()
name, batch, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
if name == "inception_v1":
    net = torchvision.models.googlenet(weights=None, aux_logits=False, init_weights=False)
else:
    net = getattr(torchvision.models, name)(weights=None)
net = net.to(memory_format=torch.channels_last)
x = torch.randn(batch, 3, 224, 224).to(memory_format=torch.channels_last)
y = torch.randint(0, 1000, (batch,))
optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9)
for _ in range(3):
    optimizer.zero_grad(set_to_none=True)
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"memory_mb": peak - before, "ver": torch.__version__}))
