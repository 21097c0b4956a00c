#!/usr/bin/env python3
"""Teach menagerie's architecture the same pictures by the same recipe in PyTorch, beside `zalgoscope teach --from scratch`.

Reads FOLDER/train/CLASS/* and FOLDER/test/CLASS/* decoded by OpenCV, changes them as app/teach does (part, flip, colour,
rectangle, mixup), and prints loss and test accuracy of every epoch. With --speed it measures steps on random pictures instead, medians
of so many turns: fp32, channels last, and bfloat16 autocast on channels last. Needs Debian's python3-torch and python3-opencv.

    nn/train/compare.py FOLDER --epochs 12 --threads 1
    nn/train/compare.py FOLDER --program ./zalgoscope --seeds 3 --epochs 40 --threads 2
    nn/train/compare.py --speed --threads 1 --turns 5 --beside 'go test ./nn/cpu -run - -bench Learn -benchtime 8x -cpu 1'
"""
import argparse
import math
import os
import re
import subprocess
import tempfile
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

MODULES = {  # input; channels: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection
    "3a": (64, 32, 48, 64, 8, 16, 16), "3b": (128, 48, 64, 96, 16, 32, 16),
    "4a": (192, 64, 64, 112, 16, 40, 24), "4b": (240, 72, 80, 128, 16, 48, 24), "4c": (272, 80, 96, 144, 24, 56, 24),
    "5a": (304, 112, 112, 192, 24, 64, 32), "5b": (400, 160, 128, 240, 32, 80, 32),
}
BATCH, RATE, DECAY, CLIP, SMOOTH, WARM = 64, 0.1, 5e-4, 5, 0.1, 0.1


def conv(i, o, k, stride=1):
    return nn.Sequential(nn.Conv2d(i, o, k, stride, k // 2, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))


class Inception(nn.Module):
    def __init__(self, i, one, r3, o3, r5, o5, proj):
        super().__init__()
        self.branches = nn.ModuleList([
            conv(i, one, 1), nn.Sequential(conv(i, r3, 1), conv(r3, o3, 3)), nn.Sequential(conv(i, r5, 1), conv(r5, o5, 5)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(i, proj, 1)),
        ])

    def forward(self, x):
        return torch.cat([b(x) for b in self.branches], 1)


def menagerie(classes):
    pool = lambda: nn.MaxPool2d(3, 2, 1)
    m = lambda *names: [Inception(*MODULES[n]) for n in names]
    net = nn.Sequential(conv(3, 32, 5, 2), conv(32, 64, 3), pool(), *m("3a", "3b"), pool(), *m("4a", "4b", "4c"), pool(),
                        *m("5a", "5b"), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes))
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            fan = layer.weight[0].numel()
            nn.init.normal_(layer.weight, 0, math.sqrt(2 / fan))
    nn.init.zeros_(net[-1].bias)
    return net


def optimiser(net):
    weights = [p for p in net.parameters() if p.dim() > 1]
    others = [p for p in net.parameters() if p.dim() == 1]
    return torch.optim.SGD([{"params": weights, "weight_decay": DECAY}, {"params": others, "weight_decay": 0}], RATE, momentum=0.9, nesterov=True)


def read(folder):
    import cv2
    xs, ys = [], []
    for k, name in enumerate(sorted(os.listdir(folder))):
        for file in sorted(os.listdir(os.path.join(folder, name))):
            m = cv2.imread(os.path.join(folder, name, file))
            xs.append(cv2.resize(m, (64, 64))[:, :, ::-1].transpose(2, 0, 1).copy())
            ys.append(k)
    return torch.from_numpy(np.stack(xs)).float(), torch.tensor(ys)


def prepare(x):
    return (x / 255 - 0.45) / 0.225


def vary(x, y, classes, rng):
    n = len(x)
    u = lambda *s: torch.from_numpy(rng.random(s or (n,))).float()
    size, shape = torch.sqrt(0.5 + 0.5 * u()), torch.exp(0.2 * (2 * u() - 1) / 2)
    w, h = (size * shape).clamp(max=1), (size / shape).clamp(max=1)
    flip = torch.where(u() < 0.5, -1., 1.)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = w * flip, h
    theta[:, 0, 2], theta[:, 1, 2] = (1 - w) * (2 * u() - 1), (1 - h) * (2 * u() - 1)
    x = F.grid_sample(x, F.affine_grid(theta, list(x.shape), align_corners=False), padding_mode="border", align_corners=False)
    bright, contrast, colour = (1 + 0.3 * (2 * u(n, 1, 1, 1) - 1) for _ in range(3))
    grey = (x * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True)
    mean = bright * grey.mean((2, 3), keepdim=True)
    v = bright * (grey + colour * (x - grey))
    x = (mean + contrast * (v - mean)).clamp(0, 255)
    for i in range(n):
        if rng.random() < 0.25:
            area, form = 64 * 64 * (0.02 + 0.2 * rng.random()), math.exp(2 * rng.random() - 1)
            w, h = min(int(math.sqrt(area * form)), 64), min(int(math.sqrt(area / form)), 64)
            left, top = rng.integers(64 - w + 1), rng.integers(64 - h + 1)
            x[i, :, top:top + h, left:left + w] = 127.5
    share = F.one_hot(y, classes).float() * (1 - SMOOTH) + SMOOTH / classes
    lam = float(rng.beta(0.2, 0.2))
    lam = max(lam, 1 - lam)
    back = torch.arange(n - 1, -1, -1)
    return lam * prepare(x) + (1 - lam) * prepare(x)[back], lam * share + (1 - lam) * share[back]


def teach(o):
    torch.manual_seed(o.seed)
    rng = np.random.default_rng(o.seed)
    x, y = read(os.path.join(o.folder, "train"))
    tx, ty = read(os.path.join(o.folder, "test"))
    classes = int(y.max()) + 1
    net = menagerie(classes).to(memory_format=torch.channels_last)
    opt = optimiser(net)
    steps = len(x) // BATCH
    total = steps * o.epochs
    warm = int(WARM * total)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        opt, lambda i: (i + 1) / (warm + 1) if i < warm else (1 + math.cos(math.pi * (i - warm) / (total - warm))) / 2)
    for epoch in range(o.epochs):
        net.train()
        began, sum_ = time.time(), 0.0
        order = torch.from_numpy(rng.permutation(len(x)))
        for i in range(steps):
            at = order[i * BATCH:(i + 1) * BATCH]
            bx, by = vary(x[at], y[at], classes, rng)
            loss = F.cross_entropy(net(bx.to(memory_format=torch.channels_last)), by)
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), CLIP)
            opt.step()
            schedule.step()
            sum_ += float(loss)
        net.eval()
        with torch.no_grad():
            right = sum(int((net(prepare(tx[i:i + 64])).argmax(1) == ty[i:i + 64]).sum()) for i in range(0, len(tx), 64))
        share = 100 * right / len(tx)
        print(f"epoch {epoch + 1} of {o.epochs}: loss {sum_ / steps:.3f}, of the test pictures {share:.1f} %; "
              f"{steps * BATCH / (time.time() - began):.0f} pictures/s", flush=True)
    return share


def beside(o):
    """Has the program and PyTorch learn from so many seeds each, in turn, and compares the means."""
    ours, theirs = [], []
    for seed in range(1, o.seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            command = [o.program, "teach", o.folder, "-o", os.path.join(folder, "net.onnx"), "--from", "scratch", "--epochs", str(o.epochs),
                       "--seed", str(seed), "--threads", str(o.threads), "--precision", o.precision]
            out = subprocess.run(command, env={**os.environ, "XDG_CACHE_HOME": folder}, stderr=subprocess.PIPE, text=True, check=True).stderr
        ours.append(float(re.findall(r"put aside ([\d.]+) %", out)[-1]))
        print(f"seed {seed}: {o.program} {ours[-1]:.1f} % of the test pictures", flush=True)
        o.seed = seed
        theirs.append(teach(o))
    mean = lambda v: sum(v) / len(v)
    print(f"means of {o.seeds} seeds after {o.epochs} epochs: {o.program} {mean(ours):.1f} % {ours}, PyTorch {mean(theirs):.1f} % {theirs}, "
          f"{mean(ours) - mean(theirs):+.1f} points")


def speed(o):
    x, y = torch.randn(BATCH, 3, 64, 64), torch.randint(0, 10, (BATCH,))
    pixels, which, rng = torch.randint(0, 256, (BATCH, 3, 64, 64)).float(), y, np.random.default_rng(1)
    kinds = []
    for name, last, auto in ("fp32", False, False), ("fp32, channels last", True, False), ("bf16, channels last", True, True):
        net = menagerie(10)
        data = x.to(memory_format=torch.channels_last) if last else x
        if last:
            net = net.to(memory_format=torch.channels_last)
        kinds.append((name, net, data, auto, optimiser(net), [], []))
    for turn in range(o.turns):
        for name, net, data, auto, opt, took, busy in kinds:
            for i in range(o.steps):
                began, had = time.time(), time.process_time()
                if o.data:
                    data, y = vary(pixels, which, 10, rng)
                    if name != "fp32":
                        data = data.to(memory_format=torch.channels_last)
                with torch.autocast("cpu", dtype=torch.bfloat16, enabled=auto):
                    loss = F.cross_entropy(net(data), y, label_smoothing=0 if o.data else SMOOTH)
                opt.zero_grad()
                loss.backward()
                if o.data:
                    nn.utils.clip_grad_norm_(net.parameters(), CLIP)
                opt.step()
                if i > 0:
                    took.append(time.time() - began)
                    busy.append(time.process_time() - had)
        if o.beside:
            subprocess.run(o.beside, shell=True, check=True)
    middle = lambda v: sorted(v)[len(v) // 2]
    for name, _, _, _, _, took, busy in kinds:
        print(f"PyTorch {torch.__version__} {name}: {BATCH / middle(took):.0f} pictures/s by the clock, {BATCH / min(took):.0f} in the quickest step, "
              f"{BATCH / middle(busy):.0f} by the processor time of all threads", flush=True)


p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("folder", nargs="?")
p.add_argument("--epochs", type=int, default=40)
p.add_argument("--seed", type=int, default=1)
p.add_argument("--threads", type=int, default=2)
p.add_argument("--speed", action="store_true")
p.add_argument("--data", action="store_true", help="with --speed: change the pictures in each step, as while teaching")
p.add_argument("--program", help="zalgoscope, to be taught the same beside PyTorch")
p.add_argument("--precision", default="auto", help="the program's")
p.add_argument("--seeds", type=int, default=3, help="how many, with --program")
p.add_argument("--steps", type=int, default=10)
p.add_argument("--turns", type=int, default=1)
p.add_argument("--beside", help="a command to run in turn, such as BenchmarkLearn of nn/cpu")
o = p.parse_args()
torch.set_num_threads(o.threads)
(speed if o.speed else beside if o.program else teach)(o)
