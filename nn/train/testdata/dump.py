#!/usr/bin/env python3
"""Writes dump.npy: what PyTorch in float64 makes of the net of pytorch_test.go, whose weights and pictures come from a formula, in
two steps of SGD with Nesterov's momentum: loss, logits, gradients of all parameters and of the pictures, running values, and
the weights after each step, one after another as float64. Needs Debian's python3-torch.

    nn/train/testdata/dump.py nn/train/testdata/dump.npy
"""
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
calls = 0


def numbers(*shape):
    """A fixed sequence, another one in each call, that Go makes as well."""
    global calls
    calls += 1
    n = int(np.prod(shape))
    v = np.sin(np.arange(n) * 1.7 + calls * 0.9) * 0.5
    return torch.from_numpy(v.astype(np.float32).astype(np.float64).reshape(shape))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 5, 2, 2, bias=False)
        self.an = nn.BatchNorm2d(8)
        self.b = nn.Conv2d(8, 12, 3, 1, 2, 2, groups=2)
        self.c = nn.Conv2d(12, 12, 3, 1, 1, groups=12, bias=False)
        self.cn = nn.BatchNorm2d(12)
        self.d = nn.Conv2d(12, 16, 1)
        self.e = nn.Linear(16, 5)

    def forward(self, x):
        x = F.relu(self.an(self.a(x)))
        x = F.max_pool2d(F.relu(self.b(x)), 3, 2, 1)
        x = F.relu(self.cn(self.c(x)))
        x = F.relu(self.d(x))
        return self.e(x.mean((2, 3)))


net = Net()
with torch.no_grad():
    for p in net.parameters():
        p.copy_(numbers(*p.shape))
x = numbers(4, 3, 17, 14).requires_grad_()
y = torch.tensor([0, 3, 1, 4])
weights = [p for p in net.parameters() if p.dim() > 1]
others = [p for p in net.parameters() if p.dim() == 1]
opt = torch.optim.SGD([{"params": weights, "weight_decay": 0.01}, {"params": others}], 0.05, momentum=0.9, nesterov=True)
out = []
for step in range(2):
    opt.zero_grad()
    x.grad = None
    logits = net(x)
    loss = F.cross_entropy(logits, y, label_smoothing=0.1)
    loss.backward()
    out += [loss.detach().reshape(1), logits.detach(), *[p.grad.clone() for p in net.parameters()], x.grad.clone()]
    out += [v.clone() for n in (net.an, net.cn) for v in (n.running_mean, n.running_var)]
    nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    opt.step()
    out += [p.detach().clone() for p in net.parameters()]
np.save(sys.argv[1], np.concatenate([v.reshape(-1).numpy() for v in out]).astype(np.float32))
