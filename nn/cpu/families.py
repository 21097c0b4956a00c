#!/usr/bin/env python3
"""Compare gradient steps of four families of nets, to 3/4 of their depth, with PyTorch on the CPU, in fp32 and bfloat16.

Exports EfficientNet-B0, MobileNetV3-large, ConvNeXt-tiny and ResNet-50 with random weights up to there, and measures each as
compare.py does, by turns with PyTorch in both memory layouts, of which the quicker counts. Prints for each net and precision the
quickest step and the median of the rounds' processor time a step, with the ratios. Needs torchvision, such as Debian's python3-torchvision.

    nn/cpu/families.py --binary ./zalgoscope --threads 2
"""
import argparse
import copy
import os
import statistics
import tempfile

import torch
import torchvision.models as models
from torch import nn

import compare


def nets():
    """Name and net up to three quarters of its blocks."""
    yield "EfficientNet-B0", models.efficientnet_b0().features[:6]
    yield "MobileNetV3-large", models.mobilenet_v3_large().features[:13]
    yield "ConvNeXt-tiny", models.convnext_tiny().features[:6]
    r = models.resnet50()
    yield "ResNet-50", nn.Sequential(r.conv1, r.bn1, r.relu, r.maxpool, r.layer1, r.layer2, r.layer3)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--binary", default="./zalgoscope")
    p.add_argument("--size", default="224x224")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=float, default=2)
    p.add_argument("--precision", default="fp32,bf16", help="those to measure")
    p.add_argument("--only", default="", help="name of the only net to measure, or its beginning")
    p.add_argument("--export", metavar="FOLDER", help="only write the nets there, for BenchmarkLayers")
    a = p.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(a.threads)
    w, h = map(int, a.size.split("x"))
    print(f"{a.size}, {a.threads} threads, PyTorch {torch.__version__}")
    print("| net | precision | ours, ms | PyTorch, ms | times as long | ours, processor ms | PyTorch | times as much |\n| --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for name, net in nets():
            if not name.startswith(a.only):
                continue
            net = net.eval().requires_grad_(False)
            a.net = os.path.join(a.export or folder, name + ".onnx")
            torch.onnx.export(net, torch.randn(1, 3, h, w), a.net, opset_version=17, input_names=["x"], output_names=["out"])
            if a.export:
                continue
            make = lambda: copy.deepcopy(net)
            runs = {}
            for precision in a.precision.split(","):
                torches = [compare.Torch(make, w, h, last, precision == "bf16") for last in (False, True)]
                try:
                    torches[0].step()
                except RuntimeError as e:  # as old releases say of layer norms in bfloat16
                    print(f"PyTorch does not run {name} in {precision}: {e}")
                    continue
                runs[precision] = [compare.Ours(a, precision, "out"), *torches]
            got = {precision: [[], [], []] for precision in runs}
            for _ in range(a.rounds):
                for precision in runs:
                    for run, to in zip(runs[precision], got[precision]):
                        to.append(run.measure(a.seconds))
            for precision in runs:
                best = [min(r[0] for r in rounds) for rounds in got[precision]]
                spent = [statistics.median(r[1] for r in rounds) for rounds in got[precision]]
                columns = "".join(f" | {o:.1f} | {min(t):.1f} | {min(t) / o:.1f}" for o, *t in (best, spent))
                print(f"| {name} | {precision}{columns} |", flush=True)


if __name__ == "__main__":
    main()
