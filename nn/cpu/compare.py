#!/usr/bin/env python3
"""Compare gradient steps to inception 4c with PyTorch on the CPU, in fp32 and in bfloat16.

Runs `zalgoscope bench` and the same step in PyTorch (forward to the layer, half its squared norm, backward to the
picture; random weights) in turn, on equally many threads: ours in both precisions, PyTorch's fp32 in both memory
layouts and bfloat16 by autocast on channels last. Prints of each the quickest step and the median of the rounds'
processor time a step, and PyTorch's ratios to ours of the same precision, with their range over the rounds. On one thread the processor time is what other work on the
machine falsifies least; on more, ours includes waiting. Needs PyTorch, such as Debian's python3-torch.

    nn/cpu/compare.py --binary ./zalgoscope --net bvlc_googlenet.prototxt --size 224x224
    nn/cpu/compare.py --binary ./zalgoscope --net menagerie --size 320x240 --threads 1
"""
import argparse
import json
import os
import statistics
import subprocess
import time

import torch
from torch import nn

GOOGLENET = {  # channels: input, 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection
    "3a": (192, 64, 96, 128, 16, 32, 32), "3b": (256, 128, 128, 192, 32, 96, 64),
    "4a": (480, 192, 96, 208, 16, 48, 64), "4b": (512, 160, 112, 224, 24, 64, 64),
    "4c": (512, 128, 128, 256, 24, 64, 64),
}
MENAGERIE = {
    "3a": (64, 32, 48, 64, 8, 16, 16), "3b": (128, 48, 64, 96, 16, 32, 16),
    "4a": (192, 64, 64, 112, 16, 40, 24), "4b": (240, 72, 80, 128, 16, 48, 24), "4c": (272, 80, 96, 144, 24, 56, 24),
}


def conv(i, o, k, stride=1):
    return nn.Sequential(nn.Conv2d(i, o, k, stride, k // 2), nn.ReLU(inplace=True))


class Inception(nn.Module):
    def __init__(self, i, one, r3, o3, r5, o5, proj):
        super().__init__()
        self.branches = nn.ModuleList([
            conv(i, one, 1),
            nn.Sequential(conv(i, r3, 1), conv(r3, o3, 3)),
            nn.Sequential(conv(i, r5, 1), conv(r5, o5, 5)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(i, proj, 1)),
        ])

    def forward(self, x):
        return torch.cat([b(x) for b in self.branches], 1)


def googlenet():
    pool = lambda: nn.MaxPool2d(3, 2, ceil_mode=True)
    block = lambda *names: [Inception(*GOOGLENET[n]) for n in names]
    return nn.Sequential(
        conv(3, 64, 7, 2), pool(), nn.LocalResponseNorm(5, 1e-4, 0.75),
        conv(64, 64, 1), conv(64, 192, 3), nn.LocalResponseNorm(5, 1e-4, 0.75), pool(),
        *block("3a", "3b"), pool(), *block("4a", "4b", "4c"))


def menagerie():
    pool = lambda: nn.MaxPool2d(3, 2, 1)
    block = lambda *names: [Inception(*MENAGERIE[n]) for n in names]
    return nn.Sequential(conv(3, 32, 5, 2), conv(32, 64, 3), pool(), *block("3a", "3b"), pool(), *block("4a", "4b", "4c"))


class Torch:
    """A net of PyTorch's that makes steps."""

    def __init__(self, make, w, h, last, half):
        layout = torch.channels_last if last else torch.contiguous_format
        self.net = make().eval().requires_grad_(False).to(memory_format=layout)
        self.x = (50 * torch.randn(1, 3, h, w)).contiguous(memory_format=layout)
        self.half = half

    def step(self):
        x = self.x.detach().requires_grad_(True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.half):
            y = self.net(x)
        (y.float().square().sum() / 2).backward()
        with torch.no_grad():
            self.x = (x + 1.5 / x.grad.abs().mean() * x.grad).clamp(-128, 128)

    def measure(self, seconds):
        """The quickest step and the processor time of a step, both in ms."""
        best, steps = float("inf"), 0
        self.step()
        end, spent = time.time() + seconds, time.process_time()
        while steps == 0 or time.time() < end:
            start = time.perf_counter()
            self.step()
            best, steps = min(best, 1e3 * (time.perf_counter() - start)), steps + 1
        return best, 1e3 * (time.process_time() - spent) / steps


class Ours:
    def __init__(self, a, precision, layer=None):
        layer = layer or ("inception_4c" if a.net == "menagerie" else "inception_4c/output")
        self.command = [a.binary, "bench", "--engine", "cpu", "--net", a.net, "--layer", layer, "--size", a.size,
                        "--threads", str(a.threads), "--precision", precision, "--json"]

    def measure(self, seconds):
        out = subprocess.run([*self.command, "--seconds", str(seconds)], check=True, stdout=subprocess.PIPE, text=True)
        m = json.loads(out.stdout)
        return m["ms_best"], m["ms_processor"]


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--binary", default="./zalgoscope")
    p.add_argument("--net", required=True, help="bvlc_googlenet.prototxt, or menagerie")
    p.add_argument("--size", default="224x224")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=float, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    w, h = map(int, a.size.split("x"))
    make = menagerie if a.net == "menagerie" else googlenet
    runs = {"ours, fp32": Ours(a, "fp32"), "PyTorch, fp32": Torch(make, w, h, False, False), "PyTorch, fp32, channels last": Torch(make, w, h, True, False)}
    if "avx512_bf16" in open("/proc/cpuinfo").read():
        runs["ours, bf16"] = Ours(a, "bf16")
    runs["PyTorch, bf16, channels last"] = Torch(make, w, h, True, True)
    got = {name: [] for name in runs}
    for _ in range(a.rounds):
        for name, run in runs.items():
            got[name].append(run.measure(a.seconds))
    print(f"{a.net} at {a.size}, {a.threads} threads, PyTorch {torch.__version__}")
    for name, rounds in got.items():
        best, spent = min(r[0] for r in rounds), statistics.median(r[1] for r in rounds)
        line = f"{name:30} {best:8.1f} ms at best {spent:8.1f} ms of a processor"
        ours = got.get("ours, bf16" if "bf16" in name else "ours, fp32")
        if name.startswith("PyTorch") and ours:
            ratios = sorted(r[1] / o[1] for r, o in zip(rounds, ours))
            line += f"   {statistics.median(ratios):5.1f} times ours ({ratios[0]:.1f} to {ratios[-1]:.1f})"
        print(line)


if __name__ == "__main__":
    main()
