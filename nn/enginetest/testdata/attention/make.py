"""Writes small nets with attention, random weights, as PyTorch exports them, beside this file: NAME/net.onnx, a preprocessed
input.npy, the output out.npy and out.grad.npy, the gradient of half its squared norm, both computed in float64.
Needs PyTorch and torchvision (made with 1.13 and 0.14)."""
import copy, math, os, warnings
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.models.vision_transformer import VisionTransformer

warnings.filterwarnings("ignore")


class Registers(nn.Module):
    """Four class tokens, heads counted last, LayerNorm spelt out, the mean of the patches."""
    def __init__(self, d=24, h=3):
        super().__init__()
        self.h, self.patches = h, nn.Conv2d(3, d, 8, 8)
        self.tokens, self.positions = nn.Parameter(torch.randn(1, 4, d) / 2), nn.Parameter(torch.randn(1, 16 + 4, d) / 2)
        self.n, self.qkv, self.proj, self.head = nn.LayerNorm(d), nn.Linear(d, 3 * d), nn.Linear(d, d), nn.Linear(d, 10)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.tokens.expand(x.shape[0], -1, -1), x], 1) + self.positions
        b, n, c = x.shape
        q, k, v = self.qkv(self.n(x)).reshape(b, n, 3, c // self.h, self.h).permute(2, 0, 4, 1, 3)
        a = ((q @ k.transpose(-2, -1)) * 0.4).softmax(-1)
        x = x + self.proj((a @ v).permute(0, 2, 3, 1).reshape(b, n, c))
        return self.head(x[:, 4:].mean(1))


class Pooled(nn.Module):
    """The attention pool at the end of CLIP's ResNets: the mean of all positions asks them."""
    def __init__(self, d=32, h=4):
        super().__init__()
        self.h, self.stem = h, nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, d, 3, 2, 1), nn.ReLU())
        self.positions = nn.Parameter(torch.randn(65, d) / d ** .5)
        self.k, self.q, self.v, self.c = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, 20)

    def forward(self, x):
        x = self.stem(x).flatten(2).permute(2, 0, 1)
        x = torch.cat([x.mean(0, keepdim=True), x], 0) + self.positions[:, None, :]
        x, _ = F.multi_head_attention_forward(
            x[:1], x, x, x.shape[-1], self.h, None, torch.cat([self.q.bias, self.k.bias, self.v.bias]), None, None, False, 0, self.c.weight, self.c.bias,
            False, use_separate_proj_weight=True, q_proj_weight=self.q.weight, k_proj_weight=self.k.weight, v_proj_weight=self.v.weight, need_weights=False)
        return x.squeeze(0)


class Pyramid(nn.Module):
    """Keys of a smaller map and a depthwise convolution among the tokens, as PVT and SegFormer have them."""
    def __init__(self, d=16, h=2):
        super().__init__()
        self.h, self.patches = h, nn.Conv2d(3, d, 7, 4, 3)
        self.q, self.kv, self.less, self.n0, self.n1, self.proj = nn.Linear(d, d), nn.Linear(d, 2 * d), nn.Conv2d(d, d, 2, 2), nn.LayerNorm(d), nn.LayerNorm(d), nn.Linear(d, d)
        self.f1, self.depth, self.f2 = nn.Linear(d, 2 * d), nn.Conv2d(2 * d, 2 * d, 3, 1, 1, groups=2 * d), nn.Linear(2 * d, d)

    def forward(self, x):
        x = self.patches(x)
        b, c, h, w = x.shape
        x = self.n0(x.flatten(2).transpose(1, 2))
        q = self.q(x).reshape(b, h * w, self.h, c // self.h).permute(0, 2, 1, 3)
        r = self.n1(self.less(x.permute(0, 2, 1).reshape(b, c, h, w)).reshape(b, c, -1).permute(0, 2, 1))
        k, v = self.kv(r).reshape(b, -1, 2, self.h, c // self.h).permute(2, 0, 3, 1, 4)
        a = ((q @ k.transpose(-2, -1)) * (c // self.h) ** -.5).softmax(-1)
        x = x + self.proj((a @ v).transpose(1, 2).reshape(b, h * w, c))
        y = self.depth(self.f1(x).transpose(1, 2).view(b, -1, h, w)).flatten(2).transpose(1, 2)
        x = x + self.f2(F.gelu(y))
        return x.reshape(b, h, w, -1).permute(0, 3, 1, 2).contiguous()


class Block(nn.Module):
    """Attention on a map whose queries, keys and values a convolution makes, with all matrices transposed."""
    def __init__(self, d=16, h=2):
        super().__init__()
        self.h, self.c, self.n, self.qkv, self.o = h, nn.Conv2d(3, d, 3, 4, 1), nn.GroupNorm(4, d), nn.Conv2d(d, 3 * d, 1), nn.Conv2d(d, d, 1)

    def forward(self, x):
        x = self.c(x)
        b, c, h, w = x.shape
        q, k, v = self.qkv(self.n(x)).reshape(b * self.h, 3 * c // self.h, h * w).chunk(3, 1)
        a = (q.transpose(1, 2) @ k * (c // self.h) ** -.5).softmax(-1)
        return x + self.o((v @ a.transpose(1, 2)).reshape(b, c, h, w))


def write(name, net, size, opset, dynamic=False):
    for n, p in net.named_parameters():
        if p.dim() == 1:
            nn.init.normal_(p, mean=1.0 if n.endswith("weight") else 0, std=.3)
        if "relative_position_bias" in n or "class_token" in n or n.startswith("head") and p.dim() == 2:
            nn.init.normal_(p, std=.3)
    net = net.eval()
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    os.makedirs(folder, exist_ok=True)
    x = torch.randn(1, 3, size, size)
    torch.onnx.export(net, x, os.path.join(folder, "net.onnx"), opset_version=opset, input_names=["x"], output_names=["out"],
                      dynamic_axes={"x": {0: "n", 2: "h", 3: "w"}} if dynamic else None)
    exact, xd = copy.deepcopy(net).double(), x.double().requires_grad_(True)
    y = exact(xd)
    (0.5 * (y ** 2).sum()).backward()
    for file, v in ("input", x), ("out", y), ("out.grad", xd.grad):
        np.save(os.path.join(folder, file + ".npy"), v.detach()[0].float().numpy())


torch.manual_seed(1)
write("vit", VisionTransformer(32, 8, 1, 2, 24, 32, num_classes=10), 32, 17)
write("swin", SwinTransformer([4, 4], 8, [2, 1], [1, 2], [4, 4], mlp_ratio=2., num_classes=10), 64, 16)
write("registers", Registers(), 32, 12, dynamic=True)
write("pooled", Pooled(), 32, 14, dynamic=True)
write("pyramid", Pyramid(), 32, 13)
write("block", Block(), 32, 17, dynamic=True)
