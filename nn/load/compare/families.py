#!/usr/bin/env python3
"""Compare what is loaded of today's families of nets with PyTorch: activations and gradients at taps along each net.

Each net is made small, with random weights (nets.py, and torchvision's own), exported to ONNX with its taps as outputs, and asked of
the program by `zalgoscope layers` and `zalgoscope probe`. PyTorch's answers are computed in float64. Prints one row a net: whether it
loads whole, the largest relative error of an activation and of a gradient of half the squared norm, and what was refused.

    nn/load/compare/families.py --binary ./zalgoscope [--only REGEX] [--opset 17] [--dynamic] [--batch] [--unfolded] [--unfused] [--initializers] [--half] [--float16]

Needs torchvision, such as Debian's python3-torchvision.
"""
import argparse
import contextlib
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import warnings
from unittest import mock

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import nets

warnings.filterwarnings("ignore")


class Tapped(nn.Module):
    """A net that gives maps along its way too: those of count modules, evenly apart, and its output."""

    def __init__(self, net, count):
        super().__init__()
        self.net, self.count, self.kept = net, count, []
        self.chosen = None
        for name, module in net.named_modules():
            if name:
                module.register_forward_hook(lambda m, _, out, name=name: self.kept.append((name, out)))

    def forward(self, x):
        self.kept.clear()
        out = self.net(x)
        while not torch.is_tensor(out):
            out = list(out.values() if isinstance(out, dict) else out)[0]
        maps = [(n, t) for n, t in self.kept if torch.is_tensor(t) and t.is_floating_point() and t.dim() in (3, 4) and t.shape[0] == 1 and t.numel() > 1]
        self.kept.clear()
        if self.chosen is None:
            step = (len(maps) - 1) / max(self.count, 1)
            self.chosen = sorted({int(i * step) for i in range(1, self.count + 1)} if maps else ())
        return (*(maps[i][1] for i in self.chosen), out)


def shake(net):
    """Random norms, scales and biases, so that none is without effect."""
    for name, p in net.named_parameters():
        if p.dim() == 1:
            nn.init.normal_(p, 1 if name.endswith("weight") else 0, 0.2)
        elif re.search("bias_table|bias$|token|pos|gamma|scale|temperature", name):
            nn.init.normal_(p, 0, 0.3)
    for m in net.modules():
        if isinstance(m, nn.modules.batchnorm._BatchNorm) and m.running_mean is not None:
            nn.init.normal_(m.running_mean, 0, 0.2)
            nn.init.uniform_(m.running_var, 0.6, 1.5)


def as_maps(a, shape):
    """The ways in which an array of PyTorch's can be a map of a shape."""
    a = a[0] if a.ndim > 1 else a
    ways = [a]
    if a.ndim == 3:
        ways.append(a.transpose(2, 0, 1))
    if a.ndim == 2:
        ways.append(a.T)
    return [w.reshape(shape) for w in ways if w.size == np.prod(shape)]


def error(want, got):
    return float(np.linalg.norm(want - got) / max(np.linalg.norm(want), 1e-30))


def fits(tapped, x, tap, gradient):
    """Whether a gradient is what central differences along random directions say: some builds of PyTorch's BLAS multiply wrongly."""
    half = lambda x: float((tapped(x)[tap] ** 2).sum() / 2)
    for _ in range(3):
        d, e = torch.randn_like(x), 1e-6
        with torch.no_grad():
            slope = (half(x + e * d) - half(x - e * d)) / (2 * e)
        if abs(slope - float((gradient * d[0].numpy()).sum())) > 1e-4 * np.linalg.norm(gradient):
            return False
    return True


def run(args):
    done = subprocess.run(args, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout, done.stderr


def runtime(o, path, x, folder):
    """ONNX Runtime's outputs by name."""
    x.numpy().tofile(os.path.join(folder, "x.f32"))
    here = os.path.dirname(os.path.abspath(__file__))
    code, _, err = run(["node", os.path.join(here, "outputs.js"), o.onnxruntime, path, os.path.join(folder, "x.f32"), json.dumps(list(x.shape)), folder])
    if code:
        raise RuntimeError("ONNX Runtime: " + err.strip())
    with open(os.path.join(folder, "outputs.json")) as f:
        return {name: np.fromfile(os.path.join(folder, name + ".f32"), np.float32).reshape(dims) for name, dims in json.load(f).items()}


@contextlib.contextmanager
def smoothly():
    """Functions without decisions in place of rectifiers and max pools, whose slopes jump where two numbers are within a rounding of each other."""
    def pool(x, kernel, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
        return F.avg_pool2d(x, kernel, stride, padding, ceil_mode, count_include_pad=False)

    rectifier = lambda x, *_, **__: F.silu(x)
    with contextlib.ExitStack() as stack:
        for name in ("relu", "relu_", "relu6", "hardtanh", "hardswish", "hardsigmoid", "leaky_relu", "prelu"):
            stack.enter_context(mock.patch.object(F, name, rectifier))
        stack.enter_context(mock.patch.object(F, "max_pool2d", pool))
        yield


def export(tapped, x, outs, path, o):
    """Writes a net with its taps as outputs."""
    axes = {"x": {0: "n", **({2: "h", 3: "w"} if o.dynamic else {})}} if o.dynamic or o.batch else None
    training = torch.onnx.TrainingMode.PRESERVE if o.unfused or o.half else torch.onnx.TrainingMode.EVAL
    torch.onnx.export(tapped, x, path, opset_version=o.opset, input_names=["x"], output_names=outs, dynamic_axes=axes, do_constant_folding=not o.unfolded,
                      keep_initializers_as_inputs=o.initializers, training=training)
    if o.half:
        halve(path)
    if o.float16:
        in_float16(path)


def gradients(tapped, x):
    """Those of half each output's squared norm at x, in the precision of both."""
    x = x.clone().requires_grad_(True)
    return [torch.autograd.grad((y ** 2).sum() / 2, x, retain_graph=True)[0][0].double().numpy() for y in tapped(x)]


class Row:
    """What there is to say of one net."""

    def __init__(self, name, loads, said=()):
        self.name, self.loads, self.said = name, loads, list(said)
        self.activations = self.gradients = math.inf if loads in ("not exported", "failed") else 0.0
        self.float32 = 0.0  # how far PyTorch's own gradients in float32 are

    def good(self, tolerance):
        return self.loads == "whole" and max(self.activations, self.gradients) <= tolerance

    def __str__(self):
        numbers = " | ".join(f"{v:.1e}" for v in (self.activations, self.gradients, self.float32))
        return f"| {self.name} | {self.loads} | {numbers} | {' ; '.join(self.said)} |"


def compare(name, make, h, w, o, folder):
    """One row of the table."""
    torch.manual_seed(0)
    net = make().eval()
    shake(net)
    if o.half:
        net.half().float()
    x = torch.randn(1, 3, h, w)
    tapped = Tapped(net, o.taps).eval()
    with torch.no_grad():
        outs = [f"tap{i}" for i in range(len(tapped(x)) - 1)] + ["out"]
    path, xs, ys = (os.path.join(folder, name + end) for end in (".onnx", ".x.npy", ".y.npy"))
    np.save(xs, x[0].numpy())
    try:
        export(tapped, x, outs, path, o)
    except Exception as e:
        return Row(name, "not exported", [str(e).strip().split("\n")[0][:90]])
    code, _, said = run([o.binary, "layers", "--net", path, "--size", f"{w}x{h}"])
    warned = [l for l in said.splitlines() if l.strip()]
    if code:
        return Row(name, "no", warned)
    row = Row(name, "in part" if any("left out" in l or "supported" in l or "cannot" in l for l in warned) else "whole", warned)
    short = gradients(tapped, x)
    tapped, x = tapped.double(), x.double()
    with torch.no_grad():
        made = [y.numpy() for y in tapped(x)]
    long = gradients(tapped, x)
    row.float32 = max(map(error, long, short))
    if o.onnxruntime:
        theirs = runtime(o, path, x.float(), folder)
        row.said += [f"ONNX Runtime's {tap} is off PyTorch's by {e:.1e}" for tap, want in zip(outs, made) if (e := error(want, theirs[tap])) > 1e-4]

    def probe(tap, *flags):
        """What is computed here, or None."""
        code, _, err = run([o.binary, "probe", xs, "--net", path, "--layer", tap, *flags, "-o", ys, "--engine", o.engine, "--device", o.device])
        if code:
            row.said.append(" ".join((tap, *flags)) + f": {err.strip().splitlines()[-1][:100] if err.strip() else code}")
            return None
        return np.load(ys).astype(np.float64)

    for i, (tap, want) in enumerate(zip(outs, made)):
        got = probe(tap)
        if got is None:
            continue
        ways = as_maps(want, got.shape)
        if not ways:
            row.said.append(f"{tap} is {got.shape}, not {want.shape}")
            continue
        far = min(error(v, got) for v in ways)
        ordered = error(np.sort(ways[0], axis=None), np.sort(got, axis=None))
        if far > o.tolerance:
            row.said.append(f"{tap} {want.shape} " + ("stands in another order" if ordered < o.tolerance else "is off"))
            far = min(far, ordered) if ordered < o.tolerance else far
        row.activations = max(row.activations, far)
        got = probe(tap, "--grad")
        if got is None:
            continue
        far = error(long[i], got)
        if far > o.tolerance and row.activations < o.tolerance and fits(tapped, x, i, got):
            row.said.append(f"PyTorch's gradient of {tap} is off its own differences, which ours fits")
            far = 0.0
        row.gradients = max(row.gradients, far)
    return row


def judged(name, make, h, w, o, folder):
    """A row, and whether it is good: gradients that rectifiers and max pools may have made differ are held against PyTorch's again without them."""
    row = compare(name, make, h, w, o, folder)
    if row.good(o.tolerance) or row.loads != "whole" or row.activations > o.tolerance:
        return row, row.good(o.tolerance)
    with smoothly():
        smooth = compare(name, make, h, w, o, folder)
    row.said.append(f"without decisions {smooth.activations:.1e}, {smooth.gradients:.1e}" + "".join(" ; " + s for s in smooth.said))
    return row, smooth.good(o.tolerance)


def halve(path):
    """Weights in float16, cast back where they are read."""
    import onnx
    from onnx import helper, numpy_helper
    model = onnx.load(path)
    g = model.graph
    casts = []
    for t in g.initializer:
        a = numpy_helper.to_array(t)
        if a.dtype == np.float32 and a.size > 1:
            name = t.name
            t.CopyFrom(numpy_helper.from_array(a.astype(np.float16), name + "_half"))
            casts.append(helper.make_node("Cast", [name + "_half"], [name], to=1))
    for c in reversed(casts):
        g.node.insert(0, c)
    onnx.save(model, path)


def in_float16(path):
    """A graph that computes in float16 between Casts at its input and its outputs, as converters of whole nets write it."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    model = onnx.load(path)
    g = model.graph

    def shorten(t):
        a = numpy_helper.to_array(t)
        if a.dtype == np.float32:
            t.CopyFrom(numpy_helper.from_array(a.astype(np.float16), t.name))

    for t in g.initializer:
        shorten(t)
    for n in g.node:
        for a in n.attribute:
            if a.type == onnx.AttributeProto.TENSOR:
                shorten(a.t)
            elif n.op_type == "Cast" and a.name == "to" and a.i == TensorProto.FLOAT:
                a.i = TensorProto.FLOAT16
    outs = {v.name: v.name + "_short" for v in g.output}
    names = {"x": "x_short", **outs}
    for n in g.node:
        for side in (n.input, n.output):
            side[:] = [names.get(v, v) for v in side]
    for v in g.input:
        if v.name != "x":
            v.type.tensor_type.elem_type = TensorProto.FLOAT16 if v.type.tensor_type.elem_type == TensorProto.FLOAT else v.type.tensor_type.elem_type
    del g.value_info[:]
    g.node.insert(0, helper.make_node("Cast", ["x"], ["x_short"], to=TensorProto.FLOAT16))
    g.node.extend(helper.make_node("Cast", [short], [v], to=TensorProto.FLOAT) for v, short in outs.items())
    onnx.save(model, path)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--binary", default="./zalgoscope")
    p.add_argument("--only", default="", help="families whose name matches")
    p.add_argument("--opset", type=int, default=17)
    p.add_argument("--engine", default="cpu")
    p.add_argument("--device", default="", help="with --engine gl, such as llvmpipe; ZALGOSCOPE_CPU=avx2 or portable chooses another of the processor's kernels")
    p.add_argument("--taps", type=int, default=3)
    p.add_argument("--dynamic", action="store_true", help="with free height and width")
    p.add_argument("--unfolded", action="store_true", help="without folding of constants")
    p.add_argument("--batch", action="store_true", help="with a free batch only")
    p.add_argument("--unfused", action="store_true", help="without norms folded into convolutions")
    p.add_argument("--initializers", action="store_true", help="with weights that are inputs too, as before ir_version 4")
    p.add_argument("--float16", action="store_true", help="with a graph in float16 between Casts (--tolerance 1e-2)")
    p.add_argument("--tolerance", type=float, default=1e-4)
    p.add_argument("--half", action="store_true", help="with weights in float16")
    p.add_argument("--keep", default="", help="folder for the exported nets")
    p.add_argument("--onnxruntime", default="", help="node_modules with onnxruntime-node, which says whether the exporter is at fault where PyTorch differs")
    o = p.parse_args()
    torch.set_num_threads(1)
    print("| family | loads | activations | gradients | PyTorch's in float32 | said |\n| --- | --- | --- | --- | --- | --- |", flush=True)
    bad = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = o.keep or temporary
        os.makedirs(folder, exist_ok=True)
        for name, (make, h, w) in nets.families().items():
            if re.search(o.only, name):
                try:
                    row, good = judged(name, make, h, w, o, folder)
                except Exception as e:
                    row, good = Row(name, "failed", [str(e).strip().split("\n")[0][:200]]), False
                bad += not good
                print(row, flush=True)
                if not o.keep:
                    for f in os.listdir(folder):
                        os.remove(os.path.join(folder, f))
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
