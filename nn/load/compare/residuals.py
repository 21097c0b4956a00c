"""Convolutional families: residual, dense, re-parametrised, gated, and those that make pictures."""
import torch
import torch.nn.functional as F
from torch import nn


class Heads(nn.Module):
    """RetinaNet's pyramid and class head."""

    def __init__(self, net):
        super().__init__()
        self.backbone, self.head = net.backbone, net.head

    def forward(self, x):
        maps = list(self.backbone(x).values())
        return self.head.classification_head.conv(maps[0]), maps[1]


class Rpn(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.backbone, self.head = net.backbone, net.rpn.head

    def forward(self, x):
        logits, boxes = self.head(list(self.backbone(x).values()))
        return logits[0]


def cbr(i, o, k=3, s=1, g=1, act=nn.ReLU, **kw):
    parts = [nn.Conv2d(i, o, k, s, k // 2, groups=g, bias=False, **kw), nn.BatchNorm2d(o)]
    return nn.Sequential(*parts, act()) if act else nn.Sequential(*parts)


class Net(nn.Module):
    """A stem, blocks, a mean over positions and a classifier."""

    def __init__(self, *blocks, stem=None, width=16, out=None, classes=10, act=nn.ReLU):
        super().__init__()
        self.stem = stem or cbr(3, width, 3, 2, act=act)
        self.blocks = nn.Sequential(*blocks)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(out or width, classes)

    def forward(self, x):
        return self.head(self.pool(self.blocks(self.stem(x))).flatten(1))


class Residual(nn.Module):
    def __init__(self, *body, act=nn.ReLU):
        super().__init__()
        self.body, self.act = nn.Sequential(*body), act() if act else nn.Identity()

    def forward(self, x):
        return self.act(x + self.body(x))


def bottleneck(d, *gates, groups=1):
    return Residual(cbr(d, d // 2, 1), cbr(d // 2, d // 2, 3, g=groups), cbr(d // 2, d, 1, act=None), *gates)


class SE(nn.Module):
    def __init__(self, d, gate=nn.Sigmoid, act=nn.ReLU, linear=False):
        super().__init__()
        self.linear = linear
        conv = nn.Linear if linear else lambda i, o: nn.Conv2d(i, o, 1)
        self.fc1, self.act, self.fc2, self.gate = conv(d, d // 4), act(), conv(d // 4, d), gate()

    def forward(self, x):
        if self.linear:
            b, c, _, _ = x.shape
            y = F.adaptive_avg_pool2d(x, 1).view(b, c)
            return x * self.gate(self.fc2(self.act(self.fc1(y)))).view(b, c, 1, 1)
        return x * self.gate(self.fc2(self.act(self.fc1(x.mean((2, 3), keepdim=True)))))


class EffectiveSE(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc = nn.Conv2d(d, d, 1)

    def forward(self, x):
        return x * F.hardsigmoid(self.fc(x.mean((2, 3), keepdim=True)))


class ECA(nn.Module):
    def __init__(self, d, k=3):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, k, padding=k // 2, bias=False)

    def forward(self, x):
        y = x.mean((2, 3)).view(x.shape[0], 1, -1)
        return x * self.conv(y).view(x.shape[0], -1, 1, 1).sigmoid().expand_as(x)


class ECA2(ECA):
    """As its authors wrote it."""

    def forward(self, x):
        y = F.adaptive_avg_pool2d(x, 1)
        y = self.conv(y.squeeze(-1).transpose(-1, -2)).transpose(-1, -2).unsqueeze(-1)
        return x * y.sigmoid().expand_as(x)


class CBAM(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc = nn.Sequential(nn.Conv2d(d, d // 4, 1, bias=False), nn.ReLU(), nn.Conv2d(d // 4, d, 1, bias=False))
        self.conv = nn.Conv2d(2, 1, 7, padding=3, bias=False)

    def forward(self, x):
        x = x * torch.sigmoid(self.fc(x.mean((2, 3), keepdim=True)) + self.fc(x.amax((2, 3), keepdim=True)))
        return x * torch.sigmoid(self.conv(torch.cat([x.mean(1, keepdim=True), x.max(1, keepdim=True)[0]], 1)))


class BAM(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.c = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(d, d // 4), nn.BatchNorm1d(d // 4), nn.ReLU(), nn.Linear(d // 4, d))
        self.s = nn.Sequential(cbr(d, d // 4, 1), nn.Conv2d(d // 4, d // 4, 3, padding=4, dilation=4), nn.Conv2d(d // 4, 1, 1))

    def forward(self, x):
        c = self.c(x).unsqueeze(2).unsqueeze(3).expand_as(x)
        return x * (1 + torch.sigmoid(c * self.s(x).expand_as(x)))


class GlobalContext(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.attn = nn.Conv2d(d, 1, 1)
        self.mlp = nn.Sequential(nn.Conv2d(d, d // 4, 1), nn.LayerNorm([d // 4, 1, 1]), nn.ReLU(), nn.Conv2d(d // 4, d, 1))

    def forward(self, x):
        b, c, h, w = x.shape
        a = self.attn(x).reshape(b, 1, h * w)
        a = F.softmax(a, -1).unsqueeze(3)
        context = x.reshape(b, c, h * w).unsqueeze(1) @ a
        return x + self.mlp(context.view(b, c, 1, 1))


class NonLocal(nn.Module):
    def __init__(self, d, mode="softmax"):
        super().__init__()
        self.t, self.p, self.g, self.z = nn.Conv2d(d, d // 2, 1), nn.Conv2d(d, d // 2, 1), nn.Conv2d(d, d // 2, 1), nn.Conv2d(d // 2, d, 1)
        self.mode = mode

    def forward(self, x):
        b, c, h, w = x.shape
        t, p, g = (f(x).view(b, c // 2, -1) for f in (self.t, self.p, self.g))
        f = torch.matmul(t.permute(0, 2, 1), p)
        f = F.softmax(f, -1) if self.mode == "softmax" else f / f.size(-1)
        y = torch.matmul(f, g.permute(0, 2, 1)).permute(0, 2, 1).reshape(b, c // 2, h, w)
        return x + self.z(y)


class BilinearAttention(nn.Module):
    """timm's BatNet style bilinear: bmm of a map with itself over positions (double attention, A2)."""

    def __init__(self, d):
        super().__init__()
        self.a, self.b, self.v, self.o = nn.Conv2d(d, d // 2, 1), nn.Conv2d(d, d // 4, 1), nn.Conv2d(d, d // 4, 1), nn.Conv2d(d // 2, d, 1)

    def forward(self, x):
        n, c, h, w = x.shape
        a = self.a(x).view(n, c // 2, -1)
        b = F.softmax(self.b(x).view(n, c // 4, -1), -1)
        v = F.softmax(self.v(x).view(n, c // 4, -1), 1)
        g = a.bmm(b.permute(0, 2, 1))
        return x + self.o(g.matmul(v).view(n, c // 2, h, w))


class ChannelAttention(nn.Module):
    """DANet's channel attention module."""

    def __init__(self, d):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(1))

    def forward(self, x):
        b, c, h, w = x.shape
        q = x.view(b, c, -1)
        e = torch.bmm(q, x.view(b, c, -1).permute(0, 2, 1))
        e = torch.max(e, -1, keepdim=True)[0].expand_as(e) - e
        return self.gamma * torch.bmm(F.softmax(e, -1), x.view(b, c, -1)).view(b, c, h, w) + x


class Bilinear(nn.Module):
    """Bilinear pooling: a Gram matrix of the last map, signed root, normalised, classified."""

    def __init__(self, d=16):
        super().__init__()
        self.f = nn.Sequential(cbr(3, d, 3, 2), cbr(d, d, 3, 2))
        self.head = nn.Linear(d * d, 10)

    def forward(self, x):
        x = self.f(x)
        b, c, h, w = x.shape
        x = x.view(b, c, h * w)
        x = torch.bmm(x, x.transpose(1, 2)) / (h * w)
        x = x.view(b, -1)
        x = F.normalize(torch.sign(x) * torch.sqrt(torch.abs(x) + 1e-10))
        return self.head(x)


class Gram(nn.Module):
    def __init__(self, d=16):
        super().__init__()
        self.f = nn.Sequential(cbr(3, d, 3, 2), cbr(d, d, 3, 2))

    def forward(self, x):
        y = self.f(x)
        b, c, h, w = y.shape
        f = y.view(b, c, h * w)
        return f.bmm(f.transpose(1, 2)) / (c * h * w)


class CoordAttention(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.pool_h, self.pool_w = nn.AdaptiveAvgPool2d((None, 1)), nn.AdaptiveAvgPool2d((1, None))
        self.c1, self.ch, self.cw = cbr(d, 8, 1, act=nn.Hardswish), nn.Conv2d(8, d, 1), nn.Conv2d(8, d, 1)

    def forward(self, x):
        n, c, h, w = x.size()
        y = torch.cat([self.pool_h(x), self.pool_w(x).permute(0, 1, 3, 2)], 2)
        a, b = torch.split(self.c1(y), [h, w], 2)
        return x * self.ch(a).sigmoid() * self.cw(b.permute(0, 1, 3, 2)).sigmoid()


class CoordMean(CoordAttention):
    """The same with means and strips, as it is exported for free sizes."""

    def forward(self, x):
        h = self.ch(self.c1(x.mean(3, keepdim=True)))
        w = self.cw(self.c1(x.mean(2, keepdim=True)))
        return x * h.sigmoid() * w.sigmoid()


class SimAM(nn.Module):
    def forward(self, x):
        b, c, h, w = x.size()
        d = (x - x.mean(dim=[2, 3], keepdim=True)).pow(2)
        y = d / (4 * (d.sum(dim=[2, 3], keepdim=True) / (w * h - 1) + 1e-4)) + 0.5
        return x * torch.sigmoid(y)


class Triplet(nn.Module):
    def __init__(self, d):
        super().__init__()
        gate = lambda: nn.Sequential(nn.Conv2d(2, 1, 7, padding=3, bias=False), nn.BatchNorm2d(1), nn.Sigmoid())
        self.a, self.b, self.c = gate(), gate(), gate()

    def forward(self, x):
        z = lambda t, g: t * g(torch.cat([torch.max(t, 1)[0].unsqueeze(1), torch.mean(t, 1).unsqueeze(1)], 1))
        a = z(x.permute(0, 2, 1, 3).contiguous(), self.a).permute(0, 2, 1, 3).contiguous()
        b = z(x.permute(0, 3, 2, 1).contiguous(), self.b).permute(0, 3, 2, 1).contiguous()
        return (z(x, self.c) + a + b) / 3


class ShuffleAttention(nn.Module):
    def __init__(self, d, groups=4):
        super().__init__()
        self.groups = groups
        k = d // (2 * groups)
        self.cw, self.cb, self.sw, self.sb = (nn.Parameter(torch.randn(1, k, 1, 1)) for _ in range(4))
        self.gn = nn.GroupNorm(k, k)

    def forward(self, x):
        b, c, h, w = x.shape
        x = x.reshape(b * self.groups, -1, h, w)
        x0, x1 = x.chunk(2, dim=1)
        xn = x0 * torch.sigmoid(self.cw * F.adaptive_avg_pool2d(x0, 1) + self.cb)
        xs = x1 * torch.sigmoid(self.sw * self.gn(x1) + self.sb)
        out = torch.cat([xn, xs], 1).reshape(b, -1, h, w)
        return out.reshape(b, 2, -1, h, w).permute(0, 2, 1, 3, 4).reshape(b, -1, h, w)


class SplitAttention(nn.Module):
    """ResNeSt, radix 2."""

    def __init__(self, d, groups=1, radix=2):
        super().__init__()
        self.radix, self.groups = radix, groups
        self.conv, self.bn0 = nn.Conv2d(d, d * radix, 3, 1, 1, groups=groups * radix, bias=False), nn.BatchNorm2d(d * radix)
        self.fc1, self.bn1, self.fc2 = nn.Conv2d(d, 8, 1, groups=groups), nn.BatchNorm2d(8), nn.Conv2d(8, d * radix, 1, groups=groups)

    def forward(self, x):
        x = F.relu(self.bn0(self.conv(x)))
        b, rc, h, w = x.shape
        x = x.reshape(b, self.radix, rc // self.radix, h, w)
        gap = x.sum(1).mean((2, 3), keepdim=True)
        a = self.fc2(F.relu(self.bn1(self.fc1(gap))))
        a = a.view(b, self.groups, self.radix, -1).transpose(1, 2)
        a = F.softmax(a, 1).reshape(b, -1).view(b, -1, 1, 1)
        return (x * a.reshape(b, self.radix, rc // self.radix, 1, 1)).sum(1).contiguous()


class SelectiveKernel(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.paths = nn.ModuleList([cbr(d, d, 3), cbr(d, d, 3, dilation=1)])
        self.fc1, self.fc2 = cbr(d, 8, 1), nn.Conv2d(8, 2 * d, 1)

    def forward(self, x):
        x = torch.stack([p(x) for p in self.paths], 1)
        a = self.fc2(self.fc1(x.sum(1).mean((2, 3), keepdim=True)))
        b, c, h, w = a.shape
        a = torch.softmax(a.view(b, 2, c // 2, h, w), 1)
        return torch.sum(x * a, 1)


class Res2(nn.Module):
    def __init__(self, d, scale=4):
        super().__init__()
        self.scale, k = scale, d // scale
        self.convs = nn.ModuleList([cbr(k, k) for _ in range(scale - 1)])

    def forward(self, x):
        spx = torch.split(x, x.shape[1] // self.scale, 1)
        sp, out = spx[0], []
        for i, c in enumerate(self.convs):
            sp = c(sp + spx[i] if i else spx[0])
            out.append(sp)
        return torch.cat([*out, spx[-1]], 1)


class HRFuse(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.low, self.a, self.b = cbr(d, 2 * d, 3, 2), cbr(d, d), cbr(2 * d, 2 * d)
        self.up = nn.Sequential(nn.Conv2d(2 * d, d, 1, bias=False), nn.BatchNorm2d(d), nn.Upsample(scale_factor=2, mode="nearest"))
        self.down = cbr(d, 2 * d, 3, 2, act=None)
        self.last = nn.Conv2d(3 * d, d, 1)

    def forward(self, x):
        lo, hi = self.b(self.low(x)), self.a(x)
        hi2, lo2 = F.relu(hi + self.up(lo)), F.relu(lo + self.down(hi))
        lo2 = F.interpolate(lo2, hi2.shape[2:], mode="bilinear", align_corners=False)
        return self.last(torch.cat([hi2, lo2], 1))


class DLARoot(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.a, self.b, self.root, self.down = bottleneck(d), bottleneck(d), cbr(3 * d, d, 1, act=None), nn.MaxPool2d(2, 2)

    def forward(self, x):
        bottom = self.down(x)
        x1 = self.a(bottom)
        x2 = self.b(x1)
        return F.relu(self.root(torch.cat([x2, x1, bottom], 1)) + x2)


class OSA(nn.Module):
    """VoVNet's one-shot aggregation with effective squeeze-excite."""

    def __init__(self, d):
        super().__init__()
        self.layers = nn.ModuleList([cbr(d, d) for _ in range(3)])
        self.cat, self.se = cbr(4 * d, d, 1), EffectiveSE(d)

    def forward(self, x):
        out = [x]
        for l in self.layers:
            out.append(l(out[-1]))
        return self.se(self.cat(torch.cat(out, 1))) + x


class Ghost(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.o, self.a, self.b = o, cbr(i, (o + 1) // 2, 1), cbr((o + 1) // 2, (o + 1) // 2, 3, g=(o + 1) // 2)

    def forward(self, x):
        a = self.a(x)
        return torch.cat([a, self.b(a)], 1)[:, :self.o, :, :]


class GhostV2(nn.Module):
    """With DFC attention."""

    def __init__(self, d):
        super().__init__()
        self.g = Ghost(d, d)
        self.short = nn.Sequential(nn.Conv2d(d, d, 1, bias=False), nn.BatchNorm2d(d), nn.Conv2d(d, d, (1, 5), padding=(0, 2), groups=d), nn.Conv2d(d, d, (5, 1), padding=(2, 0), groups=d))

    def forward(self, x):
        r = torch.sigmoid(self.short(F.avg_pool2d(x, 2, 2)))
        return self.g(x) * F.interpolate(r, size=(x.shape[-2], x.shape[-1]), mode="nearest")


class RepVGG(nn.Module):
    """With its three branches."""

    def __init__(self, d):
        super().__init__()
        self.id, self.c3, self.c1 = nn.BatchNorm2d(d), cbr(d, d, 3, act=None), cbr(d, d, 1, act=None)

    def forward(self, x):
        return F.relu(self.c3(x) + self.c1(x) + self.id(x))


class ScaledStdConv(nn.Conv2d):
    """NFNet's: the weights are standardised while it runs."""

    def __init__(self, i, o, k=3, s=1, gamma=1.77):
        super().__init__(i, o, k, s, k // 2)
        self.gain, self.scale = nn.Parameter(torch.ones(o, 1, 1, 1)), gamma * (i * k * k) ** -0.5

    def forward(self, x):
        w = F.batch_norm(self.weight.reshape(1, self.out_channels, -1), None, None, weight=(self.gain * self.scale).view(-1), training=True, momentum=0.0, eps=1e-6).reshape_as(self.weight)
        return F.conv2d(x, w, self.bias, self.stride, self.padding)


class NFBlock(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.c1, self.c2, self.c3, self.se, self.skip = ScaledStdConv(d, d // 2, 1), ScaledStdConv(d // 2, d // 2), ScaledStdConv(d // 2, d, 1), SE(d), nn.Parameter(torch.tensor(0.3))

    def forward(self, x):
        y = F.gelu(x) * 1.7 * 0.9
        y = self.c3(F.gelu(self.c2(F.gelu(self.c1(y)) * 1.7)) * 1.7)
        return 2.0 * self.se(y) * self.skip * 0.2 + x


class StdConv(nn.Conv2d):
    """BiT's."""

    def forward(self, x):
        w = self.weight
        v, m = torch.var_mean(w, dim=[1, 2, 3], keepdim=True, unbiased=False)
        return F.conv2d(x, (w - m) / torch.sqrt(v + 1e-5), self.bias, self.stride, self.padding)


class BiT(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.n, self.c = nn.GroupNorm(4, d), StdConv(d, d, 3, padding=1)

    def forward(self, x):
        return x + self.c(F.relu(self.n(x)))


class ConvNeXtV2(nn.Module):
    """Channels last, with global response norm."""

    def __init__(self, d):
        super().__init__()
        self.dw, self.n, self.f1, self.f2 = nn.Conv2d(d, d, 7, padding=3, groups=d), nn.LayerNorm(d, eps=1e-6), nn.Linear(d, 4 * d), nn.Linear(4 * d, d)
        self.g, self.b = nn.Parameter(torch.randn(4 * d)), nn.Parameter(torch.randn(4 * d))

    def forward(self, x):
        y = F.gelu(self.f1(self.n(self.dw(x).permute(0, 2, 3, 1))))
        g = y.norm(p=2, dim=(1, 2), keepdim=True)
        n = g / (g.mean(dim=-1, keepdim=True) + 1e-6)
        y = y + torch.addcmul(self.b.view(1, 1, 1, -1), self.g.view(1, 1, 1, -1), y * n)
        return x + self.f2(y).permute(0, 3, 1, 2)


class InceptionNeXt(nn.Module):
    def __init__(self, d):
        super().__init__()
        g = d // 8
        self.split = (d - 3 * g, g, g, g)
        self.hw, self.w, self.h = nn.Conv2d(g, g, 3, padding=1, groups=g), nn.Conv2d(g, g, (1, 11), padding=(0, 5), groups=g), nn.Conv2d(g, g, (11, 1), padding=(5, 0), groups=g)
        self.n, self.f1, self.f2, self.gamma = nn.BatchNorm2d(d), nn.Conv2d(d, 2 * d, 1), nn.Conv2d(2 * d, d, 1), nn.Parameter(torch.ones(d))

    def forward(self, x):
        a, b, c, e = torch.split(x, self.split, 1)
        y = self.f2(F.gelu(self.f1(self.n(torch.cat((a, self.hw(b), self.w(c), self.h(e)), 1)))))
        return y.mul(self.gamma.reshape(1, -1, 1, 1)) + x


class VAN(nn.Module):
    """Large kernel attention."""

    def __init__(self, d):
        super().__init__()
        self.p, self.a, self.b, self.c, self.o = nn.Conv2d(d, d, 1), nn.Conv2d(d, d, 5, padding=2, groups=d), nn.Conv2d(d, d, 7, padding=9, groups=d, dilation=3), nn.Conv2d(d, d, 1), nn.Conv2d(d, d, 1)
        self.ls = nn.Parameter(torch.ones(d))

    def forward(self, x):
        y = F.gelu(self.p(x))
        y = self.o(y * self.c(self.b(self.a(y))))
        return x + self.ls.unsqueeze(-1).unsqueeze(-1) * (y + x)


class Focal(nn.Module):
    """FocalNet's modulation."""

    def __init__(self, d, levels=2):
        super().__init__()
        self.d, self.levels = d, levels
        self.f, self.h, self.proj = nn.Conv2d(d, 2 * d + levels + 1, 1), nn.Conv2d(d, d, 1), nn.Conv2d(d, d, 1)
        self.layers = nn.ModuleList([nn.Sequential(nn.Conv2d(d, d, 3 + 2 * i, padding=1 + i, groups=d, bias=False), nn.GELU()) for i in range(levels)])

    def forward(self, x):
        q, ctx, gates = torch.split(self.f(x), [self.d, self.d, self.levels + 1], 1)
        total = 0
        for i, l in enumerate(self.layers):
            ctx = l(ctx)
            total = total + ctx * gates[:, i:i + 1]
        g = F.gelu(ctx.mean((2, 3), keepdim=True))
        total = total + g * gates[:, self.levels:]
        return x + self.proj(q * self.h(total))


class C2f(nn.Module):
    def __init__(self, d, n=2):
        super().__init__()
        self.c1, self.c2 = cbr(d, d, 1, act=nn.SiLU), cbr((2 + n) * d // 2, d, 1, act=nn.SiLU)
        self.m = nn.ModuleList([Residual(cbr(d // 2, d // 2, act=nn.SiLU), cbr(d // 2, d // 2, act=nn.SiLU), act=None) for _ in range(n)])

    def forward(self, x):
        y = list(self.c1(x).chunk(2, 1))
        y.extend(m(y[-1]) for m in self.m)
        return self.c2(torch.cat(y, 1))


class SPPF(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.a, self.b, self.m = cbr(d, d // 2, 1, act=nn.SiLU), cbr(2 * d, d, 1, act=nn.SiLU), nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        y = [self.a(x)]
        y.extend(self.m(y[-1]) for _ in range(3))
        return self.b(torch.cat(y, 1))


class Yolo5Focus(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.c = cbr(12, o, 3, act=nn.SiLU)

    def forward(self, x):
        return self.c(torch.cat([x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]], 1))


class YoloPose(nn.Module):
    """YOLO11's PSA: attention with a depthwise position encoding on the values."""

    def __init__(self, d, heads=2):
        super().__init__()
        self.heads, self.hd, self.kd = heads, d // heads, d // heads // 2
        self.qkv, self.proj, self.pe = cbr(d, d + 2 * heads * self.kd, 1, act=None), cbr(d, d, 1, act=None), cbr(d, d, 3, g=d, act=None)

    def forward(self, x):
        b, c, h, w = x.shape
        q, k, v = self.qkv(x).view(b, self.heads, self.kd * 2 + self.hd, h * w).split([self.kd, self.kd, self.hd], dim=2)
        a = ((q.transpose(-2, -1) @ k) * self.kd ** -0.5).softmax(-1)
        y = (v @ a.transpose(-2, -1)).view(b, c, h, w) + self.pe(v.reshape(b, c, h, w))
        return x + self.proj(y)


class AreaAttention(YoloPose):
    """YOLOv12's: attention within bands of rows."""

    def __init__(self, d, heads=2, area=4):
        super().__init__(d, heads)
        self.area, self.kd = area, d // heads
        self.qkv = cbr(d, 3 * d, 1, act=None)

    def forward(self, x):
        B, C, H, W = x.shape
        N = H * W
        qkv = self.qkv(x).flatten(2).transpose(1, 2)
        qkv = qkv.reshape(B * self.area, N // self.area, C * 3)
        B, N, _ = qkv.shape
        q, k, v = qkv.view(B, N, self.heads, self.hd * 3).permute(0, 2, 3, 1).split([self.hd, self.hd, self.hd], dim=2)
        a = ((q.transpose(-2, -1) @ k) * self.hd ** -0.5).softmax(-1)
        y = (v @ a.transpose(-2, -1)).permute(0, 3, 1, 2)
        v = v.permute(0, 3, 1, 2)
        y, v = (t.reshape(B // self.area, N * self.area, C) for t in (y, v))
        y, v = (t.reshape(-1, H, W, C).permute(0, 3, 1, 2).contiguous() for t in (y, v))
        return x + self.proj(y + self.pe(v))


class Yolo3(nn.Module):
    """A pyramid with SPPF, upsampling and concatenation, and a box head with DFL."""

    def __init__(self, d=16, focus=False, extra=None):
        super().__init__()
        self.stem = Yolo5Focus(d) if focus else cbr(3, d, 3, 2, act=nn.SiLU)
        self.a, self.down, self.b = C2f(d), cbr(d, d, 3, 2, act=nn.SiLU), nn.Sequential(C2f(d), SPPF(d), *([extra(d)] if extra else []))
        self.up, self.c, self.box, self.cls = nn.Upsample(None, 2, "nearest"), cbr(2 * d, d, 1, act=nn.SiLU), nn.Conv2d(d, 4 * 8, 1), nn.Conv2d(d, 5, 1)
        self.dfl = nn.Conv2d(8, 1, 1, bias=False)

    def forward(self, x):
        a = self.a(self.stem(x))
        b = self.b(self.down(a))
        c = self.c(torch.cat([self.up(b), a], 1))
        n, _, h, w = c.shape
        box = self.box(c).view(n, 4 * 8, h * w)
        box = self.dfl(box.view(n, 4, 8, h * w).transpose(2, 1).softmax(1)).view(n, 4, h * w)
        return torch.cat((box, self.cls(c).view(n, 5, h * w).sigmoid()), 1)


class UNet(nn.Module):
    def __init__(self, d=8, bilinear=False):
        super().__init__()
        two = lambda i, o: nn.Sequential(cbr(i, o), cbr(o, o))
        self.a, self.b, self.c, self.pool = two(3, d), two(d, 2 * d), two(2 * d, 4 * d), nn.MaxPool2d(2)
        self.u1 = nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), nn.Conv2d(4 * d, 2 * d, 1)) if bilinear else nn.ConvTranspose2d(4 * d, 2 * d, 2, 2)
        self.u2 = nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), nn.Conv2d(2 * d, d, 1)) if bilinear else nn.ConvTranspose2d(2 * d, d, 2, 2)
        self.d1, self.d2, self.o = two(4 * d, 2 * d), two(2 * d, d), nn.Conv2d(d, 3, 1)

    def up(self, u, x, skip):
        y = u(x)
        dy, dx = skip.size(2) - y.size(2), skip.size(3) - y.size(3)
        return torch.cat([skip, F.pad(y, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])], 1)

    def forward(self, x):
        a = self.a(x)
        b = self.b(self.pool(a))
        c = self.c(self.pool(b))
        return self.o(self.d2(self.up(self.u2, self.d1(self.up(self.u1, c, b)), a)))


class RRDB(nn.Module):
    def __init__(self, d=8, g=4):
        super().__init__()
        self.first = nn.Conv2d(3, d, 3, 1, 1)
        self.c = nn.ModuleList([nn.Conv2d(d + i * g, g if i < 3 else d, 3, 1, 1) for i in range(4)])
        self.up, self.ps, self.last = nn.Conv2d(d, d, 3, 1, 1), nn.Sequential(nn.Conv2d(d, 4 * d, 3, 1, 1), nn.PixelShuffle(2)), nn.Conv2d(d, 3, 3, 1, 1)

    def forward(self, x):
        x = self.first(x)
        y = [x]
        for c in self.c:
            y.append(F.leaky_relu(c(torch.cat(y[:4], 1)), 0.2))
        x = y[-1] * 0.2 + x
        x = F.leaky_relu(self.up(F.interpolate(x, scale_factor=2, mode="nearest")), 0.2)
        return self.last(self.ps(x))


class RCAN(nn.Module):
    def __init__(self, d=16):
        super().__init__()
        self.head, self.body = nn.Conv2d(3, d, 3, padding=1), nn.Sequential(*[Residual(nn.Conv2d(d, d, 3, padding=1), nn.ReLU(), nn.Conv2d(d, d, 3, padding=1), SE(d), act=None) for _ in range(2)])
        self.tail = nn.Sequential(nn.Conv2d(d, 9 * 3, 3, padding=1), nn.PixelShuffle(3))

    def forward(self, x):
        x = self.head(x - 0.4)
        return self.tail(self.body(x) + x) + 0.4


class Style(nn.Module):
    """Fast neural style."""

    def __init__(self, d=8):
        super().__init__()
        c = lambda i, o, k, s: nn.Sequential(nn.ReflectionPad2d(k // 2), nn.Conv2d(i, o, k, s), nn.InstanceNorm2d(o, affine=True))
        self.down = nn.Sequential(c(3, d, 9, 1), nn.ReLU(), c(d, 2 * d, 3, 2), nn.ReLU())
        self.res = Residual(c(2 * d, 2 * d, 3, 1), nn.ReLU(), c(2 * d, 2 * d, 3, 1), act=None)
        self.up = nn.Sequential(nn.Upsample(scale_factor=2), c(2 * d, d, 3, 1), nn.ReLU(), nn.ReflectionPad2d(4), nn.Conv2d(d, 3, 9))

    def forward(self, x):
        return self.up(self.res(self.down(x))) * 127.5 + 127.5


class CycleGAN(nn.Module):
    def __init__(self, d=8):
        super().__init__()
        self.net = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(3, d, 7), nn.InstanceNorm2d(d), nn.ReLU(True), nn.Conv2d(d, 2 * d, 3, 2, 1), nn.InstanceNorm2d(2 * d), nn.ReLU(True),
                                 Residual(nn.ReflectionPad2d(1), nn.Conv2d(2 * d, 2 * d, 3), nn.InstanceNorm2d(2 * d), act=None),
                                 nn.ConvTranspose2d(2 * d, d, 3, 2, 1, output_padding=1), nn.InstanceNorm2d(d), nn.ReLU(True), nn.ReflectionPad2d(3), nn.Conv2d(d, 3, 7), nn.Tanh())

    def forward(self, x):
        return self.net(x)


class AdaIN(nn.Module):
    """A map with another branch's statistics."""

    def __init__(self, d=16):
        super().__init__()
        self.a, self.b, self.o = cbr(3, d, 3, 2), cbr(3, d, 5, 2), nn.Conv2d(d, 3, 1)

    def forward(self, x):
        a, b = self.a(x), self.b(x)
        stat = lambda t: (t.flatten(2).mean(2).view(1, -1, 1, 1), (t.flatten(2).var(2) + 1e-5).sqrt().view(1, -1, 1, 1))
        (ma, sa), (mb, sb) = stat(a), stat(b)
        return self.o((a - ma.expand(a.size())) / sa.expand(a.size()) * sb.expand(a.size()) + mb.expand(a.size()))


class Vae(nn.Module):
    """The encoder of a latent diffusion net."""

    def __init__(self, d=16):
        super().__init__()
        self.cin, self.n1, self.c1, self.n2, self.c2 = nn.Conv2d(3, d, 3, padding=1), nn.GroupNorm(4, d, 1e-6), nn.Conv2d(d, d, 3, padding=1), nn.GroupNorm(4, d, 1e-6), nn.Conv2d(d, d, 3, padding=1)
        self.down, self.n3, self.qkv, self.o = nn.Conv2d(d, d, 3, 2), nn.GroupNorm(4, d, 1e-6), nn.ModuleList([nn.Conv2d(d, d, 1) for _ in range(3)]), nn.Conv2d(d, d, 1)
        self.moments = nn.Conv2d(d, 8, 3, padding=1)

    def forward(self, x):
        swish = lambda t: t * torch.sigmoid(t)
        x = self.cin(x)
        x = x + self.c2(swish(self.n2(self.c1(swish(self.n1(x))))))
        x = self.down(F.pad(x, (0, 1, 0, 1)))
        h = self.n3(x)
        q, k, v = (f(h) for f in self.qkv)
        b, c, hh, ww = q.shape
        w = torch.bmm(q.reshape(b, c, hh * ww).permute(0, 2, 1), k.reshape(b, c, hh * ww)) * c ** -0.5
        w = F.softmax(w, 2).permute(0, 2, 1)
        x = x + self.o(torch.bmm(v.reshape(b, c, hh * ww), w).reshape(b, c, hh, ww))
        mean, logvar = torch.chunk(self.moments(x), 2, 1)
        return mean + torch.exp(0.5 * torch.clamp(logvar, -30.0, 20.0))


class BlurPool(nn.Module):
    def __init__(self, d):
        super().__init__()
        a = torch.tensor([1., 2., 1.]) / 4
        self.register_buffer("k", (a[:, None] * a[None, :])[None, None].repeat(d, 1, 1, 1))

    def forward(self, x):
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), self.k, stride=2, groups=x.shape[1])


class SpaceToDepthStem(nn.Module):
    """TResNet's."""

    def __init__(self, d, bs=4):
        super().__init__()
        self.bs, self.c = bs, cbr(3 * bs * bs, d, act=nn.LeakyReLU)

    def forward(self, x):
        N, C, H, W = x.size()
        x = x.view(N, C, H // self.bs, self.bs, W // self.bs, self.bs).permute(0, 3, 5, 1, 2, 4).contiguous()
        return self.c(x.view(N, C * self.bs ** 2, H // self.bs, W // self.bs))


class DPN(nn.Module):
    def __init__(self, d=16, inc=4):
        super().__init__()
        self.d, self.inc, self.proj, self.c = d, inc, nn.Conv2d(d, d + inc, 1), nn.Sequential(cbr(d, d, 1), cbr(d, d, 3, g=4), nn.Conv2d(d, d + inc, 1))
        self.last = nn.Conv2d(d + 2 * inc, d, 1)

    def forward(self, x):
        s, y = self.proj(x), self.c(x)
        res = s[:, :self.d] + y[:, :self.d]
        return self.last(torch.cat([res, s[:, self.d:], y[:, self.d:]], 1))


class Separable(nn.Module):
    """NASNet's cell: paths that are shifted by a pixel, added and concatenated; and Xception's separable convolutions."""

    def __init__(self, d=16):
        super().__init__()
        sep = lambda k: nn.Sequential(nn.ReLU(), nn.Conv2d(d, d, k, 1, k // 2, groups=d, bias=False), nn.Conv2d(d, d, 1, bias=False), nn.BatchNorm2d(d))
        self.s3, self.s5, self.p1, self.p2 = sep(3), sep(5), nn.Conv2d(d, d // 2, 1), nn.Conv2d(d, d // 2, 1)
        self.pool, self.out = nn.AvgPool2d(3, 1, 1, count_include_pad=False), nn.Conv2d(3 * d, d, 1)

    def forward(self, x):
        a = F.avg_pool2d(x, 1, 2, count_include_pad=False)
        b = F.avg_pool2d(F.pad(x, (-1, 1, -1, 1)), 1, 2, count_include_pad=False)
        y = torch.cat([self.p1(a), self.p2(b)], 1)
        return self.out(torch.cat([self.s3(y) + y, self.s5(y) + self.pool(y), self.pool(y)], 1))


class HarD(nn.Module):
    def __init__(self, d=8):
        super().__init__()
        self.a, self.b, self.c, self.d = cbr(d, d), cbr(2 * d, d), cbr(d, d), cbr(3 * d, d)

    def forward(self, x):
        a = self.a(x)
        b = self.b(torch.cat([a, x], 1))
        c = self.c(b)
        return torch.cat([a, c, self.d(torch.cat([c, b, x], 1))], 1)


class Involution(nn.Module):
    """A kernel made of the map at each place, put on unfolded patches."""

    def __init__(self, d, k=3, g=4):
        super().__init__()
        self.k, self.g, self.c1, self.c2, self.unfold = k, g, cbr(d, d // 4, 1), nn.Conv2d(d // 4, k * k * g, 1), nn.Unfold(k, 1, k // 2, 1)

    def forward(self, x):
        w = self.c2(self.c1(x))
        b, _, h, ww = w.shape
        w = w.view(b, self.g, self.k ** 2, h, ww).unsqueeze(2)
        u = self.unfold(x).view(b, self.g, x.shape[1] // self.g, self.k ** 2, h, ww)
        return (w * u).sum(dim=3).view(b, x.shape[1], h, ww)


class CoordConv(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.c = nn.Conv2d(d + 2, d, 3, padding=1)

    def forward(self, x):
        b, _, h, w = x.shape
        xs = torch.arange(w).view(1, 1, 1, w).expand(b, 1, h, w).float() / (w - 1) * 2 - 1
        ys = torch.arange(h).view(1, 1, h, 1).expand(b, 1, h, w).float() / (h - 1) * 2 - 1
        return self.c(torch.cat([x, xs.type_as(x), ys.type_as(x)], 1))


class Warped(nn.Module):
    """A spatial transformer whose transform is fixed."""

    def __init__(self, d, mode="bilinear", padding="zeros", side=(16, 24)):
        super().__init__()
        self.mode, self.padding, self.c = mode, padding, nn.Conv2d(d, d, 3, padding=1)
        self.register_buffer("grid", F.affine_grid(torch.tensor([[[0.8, -0.3, 0.1], [0.25, 0.9, -0.2]]]), (1, d, *side), align_corners=False))

    def forward(self, x):
        return self.c(F.grid_sample(x, self.grid.to(x.dtype), mode=self.mode, padding_mode=self.padding, align_corners=False))


class StarBlock(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.dw, self.f1, self.f2, self.g = cbr(d, d, 7, g=d, act=None), nn.Conv2d(d, 3 * d, 1), nn.Conv2d(d, 3 * d, 1), cbr(3 * d, d, 1, act=None)

    def forward(self, x):
        y = self.dw(x)
        return x + self.g(F.relu6(self.f1(y)) * self.f2(y))


class BiFPN(nn.Module):
    """Weights that are normalised while it runs, over resized maps."""

    def __init__(self, d=16):
        super().__init__()
        self.w, self.down, self.c = nn.Parameter(torch.ones(2)), cbr(d, d, 3, 2), cbr(d, d, act=nn.SiLU)

    def forward(self, x):
        lo = self.down(x)
        w = F.relu(self.w)
        w = w / (w.sum() + 1e-4)
        return self.c(w[0] * x + w[1] * F.interpolate(lo, scale_factor=2.0, mode="nearest")) + F.interpolate(F.max_pool2d(x, 3, 2, 1), size=x.shape[-2:], mode="nearest")


class Deconv(nn.Module):
    """A map and what came of it down and up again, as decoders add them."""

    def __init__(self, d=16):
        super().__init__()
        self.down, self.up = cbr(d, d, 3, 2), nn.ConvTranspose2d(d, d, 4, 2, 1)
        self.same = nn.ConvTranspose2d(d, d, 3, 1, 1)

    def forward(self, x):
        x = x + self.up(self.down(x))
        return x + self.same(x)


class PPM(nn.Module):
    """Pyramid pooling."""

    def __init__(self, d=16, sizes=(1, 2, 3, 6)):
        super().__init__()
        self.stages = nn.ModuleList([nn.Sequential(nn.AdaptiveAvgPool2d(s), cbr(d, 4, 1)) for s in sizes])
        self.o = nn.Conv2d(d + 4 * len(sizes), d, 1)

    def forward(self, x):
        return self.o(torch.cat([x] + [F.interpolate(s(x), x.shape[2:], mode="bilinear", align_corners=True) for s in self.stages], 1))


class DynamicConv(nn.Module):
    """CondConv: kernels mixed by what is seen, written as a sum of maps."""

    def __init__(self, d=16, k=4):
        super().__init__()
        self.k, self.route, self.convs = k, nn.Linear(d, k), nn.ModuleList([nn.Conv2d(d, d, 3, padding=1) for _ in range(k)])

    def forward(self, x):
        r = torch.softmax(self.route(x.mean((2, 3))), 1)
        return sum(c(x) * r[:, i].view(-1, 1, 1, 1) for i, c in enumerate(self.convs))


class LocalResponse(nn.Module):
    def forward(self, x):
        return F.local_response_norm(x, 5)


class FRN(nn.Module):
    """Filter response norm with a thresholded unit."""

    def __init__(self, d):
        super().__init__()
        self.g, self.b, self.t = (nn.Parameter(torch.randn(1, d, 1, 1)) for _ in range(3))

    def forward(self, x):
        x = x * torch.rsqrt(torch.mean(x ** 2, dim=[2, 3], keepdim=True) + 1e-6)
        return torch.max(self.g * x + self.b, self.t)


class EvoNorm(nn.Module):
    """S0: with the spread of groups."""

    def __init__(self, d, groups=4):
        super().__init__()
        self.groups, self.w, self.b, self.v = groups, nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d)), nn.Parameter(torch.ones(d))

    def forward(self, x):
        B, C, H, W = x.shape
        v = x.reshape(B, self.groups, -1)
        std = v.var(dim=2, unbiased=False, keepdim=True).add(1e-5).sqrt().expand(v.shape).reshape(x.shape)
        s = (1, -1, 1, 1)
        return x * (x * self.v.view(s)).sigmoid() / std * self.w.view(s) + self.b.view(s)


class MaxoutStd(nn.Module):
    """Pools and functions seldom met: Lp pool, log-sum-exp, standard deviation, top of two halves."""

    def __init__(self, d=16):
        super().__init__()
        self.lp = nn.LPPool2d(2, 3, 2)

    def forward(self, x):
        x = self.lp(x)
        a, b = x.chunk(2, 1)
        m = torch.maximum(a, b)
        return m - torch.logsumexp(m, (2, 3), keepdim=True) + m.std((2, 3), keepdim=True) + torch.atan(m) * torch.clamp(m, min=0.1)


def families():
    d = 16
    small = lambda *f, **k: (lambda: Net(*[g() for g in f], width=d, **k), 64, 96)
    square = lambda *f, **k: (lambda: Net(*[g() for g in f], width=d, **k), 64, 64)
    whole = lambda f: (f, 48, 64)
    out = {}
    for name, gate in {"senet": lambda: SE(d), "senet_linear": lambda: SE(d, linear=True), "se_hard": lambda: SE(d, nn.Hardsigmoid), "ese": lambda: EffectiveSE(d), "eca": lambda: ECA(d), "eca_authors": lambda: ECA2(d),
                       "cbam": lambda: CBAM(d), "bam": lambda: BAM(d), "gcnet": lambda: GlobalContext(d), "nonlocal": lambda: NonLocal(d), "nonlocal_dot": lambda: NonLocal(d, "dot"),
                       "double_attention": lambda: BilinearAttention(d), "danet_channel": lambda: ChannelAttention(d), "coordattention": lambda: CoordAttention(d), "coord_strips": lambda: CoordMean(d),
                       "simam": SimAM, "triplet": lambda: Triplet(d), "shuffle_attention": lambda: ShuffleAttention(d)}.items():
        out[name] = (lambda gate=gate: Net(bottleneck(d, gate()), bottleneck(d), width=d), 32, 48)
    out.update({
        "bilinear_cnn": whole(Bilinear), "gram": whole(Gram),
        "resnest": small(lambda: SplitAttention(d), lambda: SplitAttention(d, 2)), "sknet": small(lambda: SelectiveKernel(d)), "res2net": small(lambda: Res2(d)), "hrnet": small(lambda: HRFuse(d)),
        "dla": small(lambda: DLARoot(d)), "vovnet": small(lambda: OSA(d)), "ghostnet": small(lambda: Ghost(d, d), lambda: Ghost(d, d)), "ghostnet_v2": small(lambda: GhostV2(d)),
        "repvgg": small(lambda: RepVGG(d)), "nfnet": small(lambda: NFBlock(d), stem=None), "bit": small(lambda: BiT(d)), "convnext_v2": small(lambda: ConvNeXtV2(d)),
        "inceptionnext": small(lambda: InceptionNeXt(d)), "van": small(lambda: VAN(d)), "focalnet": small(lambda: Focal(d)), "starnet": small(lambda: StarBlock(d)),
        "yolo8": whole(Yolo3), "yolo5": whole(lambda: Yolo3(focus=True)), "yolo11": whole(lambda: Yolo3(extra=YoloPose)), "yolo12": (lambda: Yolo3(extra=AreaAttention), 64, 64),
        "unet": whole(UNet), "unet_bilinear": whole(lambda: UNet(bilinear=True)), "esrgan": whole(RRDB), "rcan": whole(RCAN), "style": whole(Style), "cyclegan": whole(CycleGAN), "adain": whole(AdaIN), "vae": (Vae, 32, 24),
        "blurpool": small(lambda: BlurPool(d), lambda: bottleneck(d)), "tresnet": small(lambda: bottleneck(d), stem=SpaceToDepthStem(d)), "dpn": small(lambda: DPN(d)), "nasnet": square(lambda: Separable(d)),
        "hardnet": small(lambda: HarD(d), out=3 * d), "involution": small(lambda: Involution(d)), "coordconv": small(lambda: CoordConv(d)), "bifpn": small(lambda: BiFPN(d)), "deconv_sum": small(lambda: Deconv(d)),
        "pspnet": (lambda: Net(PPM(d), width=d), 48, 96), "warped": small(lambda: Warped(d)), "warped_border": small(lambda: Warped(d, "bicubic", "border")), "condconv": small(lambda: DynamicConv(d)), "lrn": small(LocalResponse), "frn": small(lambda: FRN(d)), "evonorm": small(lambda: EvoNorm(d)), "odd_functions": small(MaxoutStd, out=d // 2),
    })
    return out
