#!/usr/bin/env python3
"""Tell what bfloat16 costs in exactness, where that comes from, and what PyTorch's own bfloat16 costs.

The gradient of half a layer's squared norm at a picture, of a net of convolutions, rectifiers, max pools and concats (menagerie.onnx,
filigree.onnx), is computed in float64, then with one kind of rounding at a time: weights, maps (each rounded once when written, after
its rectifier), gradients, alone and together, with the decisions of rectifiers and max pools free or taken from float64. Beside these stand
`zalgoscope probe` in both precisions and PyTorch's autocast. Printed are the relative L2 error and the cosine of the gradient, and the error
of the layer's values. Needs PyTorch and onnx, such as Debian's python3-torch and python3-onnx.

    nn/cpu/exactness.py --binary ./zalgoscope --net assets/nets/menagerie.onnx --input input.npy --layer inception_4c
"""
import argparse
import os
import subprocess
import tempfile

import numpy
import onnx
import onnx.numpy_helper
import torch
from torch.nn import functional as F


def rounded(x):
    return x.to(torch.bfloat16).to(x.dtype)


class RoundMap(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return rounded(x)

    @staticmethod
    def backward(ctx, dy):
        return dy


class RoundGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, dy):
        return rounded(dy)


class Net:
    def __init__(self, file, layer):
        g = onnx.load(file).graph
        self.weights = {t.name: torch.from_numpy(onnx.numpy_helper.to_array(t).copy()).double() for t in g.initializer}
        self.input, self.layer, self.nodes = g.input[0].name, layer, g.node

    def run(self, x, weights=False, maps=False, gradients=False, masks=None, taken=None, late=False, first=0, dtype=torch.float64):
        """The layer's values. Each switch rounds one kind of number; masks and taken are the decisions of rectifiers and max pools by name,
        kept if empty and obeyed if not; late has max pools decide by what is rounded later; the first so many convolutions multiply what is not rounded."""
        unrounded = {}  # by the name of what was made of it
        values, convolutions = {self.input: RoundMap.apply(x) if maps and not first else x}, 0
        for n in self.nodes:
            a = {i.name: onnx.helper.get_attribute_value(i) for i in n.attribute}
            ins = [values.get(i) for i in n.input]
            if n.op_type == "Conv":
                exact = convolutions < first
                w, b = (self.weights[i].to(dtype) for i in n.input[1:])
                w = rounded(w) if weights and not exact else w
                convolutions += 1
                pads = a.get("pads", [0] * 4)
                y = F.conv2d(F.pad(ins[0], (pads[1], pads[3], pads[0], pads[2])), w, b, a.get("strides", [1, 1]), 0, a.get("dilations", [1, 1]), a.get("group", 1))
            elif n.op_type == "Relu":
                y = self.rectify(n.output[0], ins[0], masks)
                unrounded[n.output[0]] = y
                y = RoundMap.apply(y) if maps and convolutions >= first else y
                y = RoundGradient.apply(y) if gradients and convolutions >= first else y
            elif n.op_type == "MaxPool":
                y = self.pool(n.output[0], ins[0], a, taken, unrounded[n.input[0]] if late else ins[0])
                unrounded[n.output[0]] = y
                y = RoundGradient.apply(y) if gradients and convolutions >= first else y
            elif n.op_type == "Concat":
                y = torch.cat(ins, a["axis"])
                unrounded[n.output[0]] = torch.cat([unrounded[i] for i in n.input], a["axis"])
            else:
                raise SystemExit(f"exactness: {n.op_type} is not known; ask for a layer before it")
            values[n.output[0]] = y
            if self.layer in (n.output[0], n.name):
                return y
        raise SystemExit(f"exactness: there is no layer {self.layer}")

    def rectify(self, name, x, masks):
        if masks is None:
            return F.relu(x)
        if name not in masks:
            masks[name] = (x > 0).detach()
        return torch.where(masks[name], x, torch.zeros_like(x))

    def pool(self, name, x, a, taken, by):
        k, s, pads = a["kernel_shape"], a.get("strides", [1, 1]), a.get("pads", [0] * 4)
        x, by = (F.pad(v, (pads[1], pads[3], pads[0], pads[2]), value=-1e30) for v in (x, by))
        y, at = F.max_pool2d(by, k, s, 0, 1, bool(a.get("ceil_mode", 0)), return_indices=True)
        if taken is None:
            return x.flatten(2).gather(2, at.flatten(2)).view_as(y)
        if name not in taken:
            taken[name] = at
        return x.flatten(2).gather(2, taken[name].flatten(2)).view_as(y)

    def gradient(self, x, autocast=False, **how):
        x = x.clone().requires_grad_(True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
            y = self.run(x, dtype=x.dtype, **how)
        (y.to(x.dtype).square().sum() / 2).backward()
        return y.detach().double(), x.grad.double()


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--binary", default="./zalgoscope")
    p.add_argument("--net", required=True)
    p.add_argument("--input", required=True, help=".npy of shape 3,H,W, preprocessed")
    p.add_argument("--layer", required=True)
    a = p.parse_args()
    net = Net(a.net, a.layer)
    x = torch.from_numpy(numpy.load(a.input).astype("float64")).reshape(1, 3, *numpy.load(a.input).shape[-2:])
    masks, taken = {}, {}
    y, dx = net.gradient(x, masks=masks, taken=taken)
    everything = dict(weights=True, maps=True, gradients=True)

    def show(name, got):
        v, g = got
        v, g = v.reshape(y.shape), g.reshape(dx.shape)
        cosine = float((g * dx).sum() / g.norm() / dx.norm())
        print(f"{name:58} {float((g - dx).norm() / dx.norm()):8.4f} {cosine:9.5f} {float((v - y).norm() / y.norm()):9.5f}", flush=True)

    print(f"{os.path.basename(a.net)} {a.layer}, {x.shape[3]}x{x.shape[2]}\n{'':58} {'gradient':>8} {'cosine':>9} {'values':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for precision in ("fp32", "bf16"):
            got = []
            for flag in ([], ["--grad"]):
                out = os.path.join(folder, "out.npy")
                subprocess.run([a.binary, "probe", a.input, "--engine", "cpu", "--net", a.net, "--layer", a.layer, "--precision", precision, "-o", out, *flag], check=True)
                got.append(torch.from_numpy(numpy.load(out)).double())
            show(f"ours, {precision}", got)
    show("PyTorch, bf16 (autocast)", net.gradient(x.float(), autocast=True))
    show("weights, maps and gradients rounded", net.gradient(x, **everything))
    for kind in everything:
        show(f"{kind} rounded alone", net.gradient(x, **{kind: True}))
    show("maps and gradients, not weights", net.gradient(x, maps=True, gradients=True))
    show("all rounded, rectifiers decide as in float64", net.gradient(x, masks=masks, **everything))
    show("all rounded, max pools decide as in float64", net.gradient(x, taken=taken, **everything))
    show("all rounded, max pools decide by what is not rounded yet", net.gradient(x, late=True, **everything))
    show("all rounded, both decide as in float64", net.gradient(x, masks=masks, taken=taken, **everything))
    for first in (1, 2, 8):
        show(f"all rounded but for the first {first} convolutions", net.gradient(x, first=first, **everything))


if __name__ == "__main__":
    main()
