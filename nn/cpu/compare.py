#!/usr/bin/env python3
"""Compare a gradient step of GoogLeNet to inception 4c with PyTorch on the CPU.

Runs `zalgoscope bench` and the same step in PyTorch (forward to the layer, half
its squared norm, backward to the picture; random weights) in turn, on equally many
threads, and prints the quickest step of each and the ratio. Needs PyTorch, such as
Debian's python3-torch.

    nn/cpu/compare.py --binary ./zalgoscope --net bvlc_googlenet.prototxt --size 224x224
"""
import argparse
import json
import os
import subprocess
import time

import torch
from torch import nn

INCEPTION = {  # channels: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection
    "3a": (192, 64, 96, 128, 16, 32, 32), "3b": (256, 128, 128, 192, 32, 96, 64),
    "4a": (480, 192, 96, 208, 16, 48, 64), "4b": (512, 160, 112, 224, 24, 64, 64),
    "4c": (512, 128, 128, 256, 24, 64, 64),
}


def conv(i, o, k, **kw):
    return nn.Sequential(nn.Conv2d(i, o, k, **kw), nn.ReLU(inplace=True))


class Inception(nn.Module):
    def __init__(self, i, one, r3, o3, r5, o5, proj):
        super().__init__()
        self.branches = nn.ModuleList([
            conv(i, one, 1),
            nn.Sequential(conv(i, r3, 1), conv(r3, o3, 3, padding=1)),
            nn.Sequential(conv(i, r5, 1), conv(r5, o5, 5, padding=2)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(i, proj, 1)),
        ])

    def forward(self, x):
        return torch.cat([b(x) for b in self.branches], 1)


def googlenet():
    pool = lambda: nn.MaxPool2d(3, 2, ceil_mode=True)
    block = lambda name: Inception(*INCEPTION[name])
    return nn.Sequential(
        conv(3, 64, 7, stride=2, padding=3), pool(), nn.LocalResponseNorm(5, 1e-4, 0.75),
        conv(64, 64, 1), conv(64, 192, 3, padding=1), nn.LocalResponseNorm(5, 1e-4, 0.75), pool(),
        block("3a"), block("3b"), pool(), block("4a"), block("4b"), block("4c"),
    ).requires_grad_(False)


def step(net, x):
    x = x.detach().requires_grad_(True)
    (net(x).square().sum() / 2).backward()
    with torch.no_grad():
        return (x + 1.5 / x.grad.abs().mean() * x.grad).clamp(-128, 128)


def torch_ms(net, x, seconds):
    best, end = float("inf"), time.time() + seconds
    while time.time() < end or best == float("inf"):
        start = time.perf_counter()
        x = step(net, x)
        best = min(best, 1e3 * (time.perf_counter() - start))
    return best


def ours(a, threads):
    out = subprocess.run([a.binary, "bench", "--engine", "cpu", "--net", a.net, "--layer", "inception_4c/output", "--size", a.size,
                          "--threads", str(threads), "--seconds", str(a.seconds), "--json"], check=True, capture_output=True, text=True)
    return json.loads(out.stdout)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--binary", default="./zalgoscope")
    p.add_argument("--net", required=True, help="bvlc_googlenet.prototxt")
    p.add_argument("--size", default="224x224")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--rounds", type=int, default=4)
    p.add_argument("--seconds", type=float, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    w, h = map(int, a.size.split("x"))
    nets = {"": googlenet().eval(), " channels last": googlenet().eval().to(memory_format=torch.channels_last)}
    inputs = {name: 50 * torch.randn(1, 3, h, w) for name in nets}
    inputs[" channels last"] = inputs[" channels last"].contiguous(memory_format=torch.channels_last)
    times = {name: [] for name in ["ours", *nets]}
    for _ in range(a.rounds):
        m = ours(a, a.threads)
        times["ours"].append(m["ms_best"])
        for name, net in nets.items():
            times[name].append(torch_ms(net, inputs[name], a.seconds))
    best = {k: min(v) for k, v in times.items()}
    print(f"{m['device']}: {best['ours']:.1f} ms a step at {a.size}")
    for name in nets:
        print(f"PyTorch {torch.__version__}{name}, {a.threads} threads: {best[name]:.1f} ms, {best[name] / best['ours']:.1f} times as long")


if __name__ == "__main__":
    main()
