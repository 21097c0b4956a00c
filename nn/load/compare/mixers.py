"""Families that mix positions by something else than attention: pools, dense layers over positions, recurrences."""
import torch
import torch.nn.functional as F
from torch import nn


class Tokens(nn.Module):
    """Patches as tokens, blocks on them, a norm, a mean and a classifier."""

    def __init__(self, *blocks, d=32, patch=8):
        super().__init__()
        self.patch, self.blocks, self.norm, self.head = nn.Conv2d(3, d, patch, patch), nn.Sequential(*blocks), nn.LayerNorm(d), nn.Linear(d, 10)

    def forward(self, x):
        x = self.blocks(self.patch(x).flatten(2).transpose(1, 2))
        return self.head(self.norm(x).mean(1))


class Mlp(nn.Module):
    def __init__(self, i, h, o=None, act=nn.GELU):
        super().__init__()
        self.fc1, self.act, self.fc2 = nn.Linear(i, h), act(), nn.Linear(h, o or i)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


class Mixer(nn.Module):
    def __init__(self, n, d=32):
        super().__init__()
        self.n1, self.tokens, self.n2, self.channels = nn.LayerNorm(d), Mlp(n, 2 * n), nn.LayerNorm(d), Mlp(d, 2 * d)

    def forward(self, x):
        x = x + self.tokens(self.n1(x).transpose(1, 2)).transpose(1, 2)
        return x + self.channels(self.n2(x))


class Affine(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.alpha, self.beta = nn.Parameter(torch.ones(1, 1, d)), nn.Parameter(torch.zeros(1, 1, d))

    def forward(self, x):
        return torch.addcmul(self.beta, self.alpha, x)


class ResMLP(nn.Module):
    def __init__(self, n, d=32):
        super().__init__()
        self.n1, self.n2, self.tokens, self.channels, self.l1, self.l2 = Affine(d), Affine(d), nn.Linear(n, n), Mlp(d, 2 * d), nn.Parameter(torch.ones(d)), nn.Parameter(torch.ones(d))

    def forward(self, x):
        x = x + self.l1 * self.tokens(self.n1(x).transpose(1, 2)).transpose(1, 2)
        return x + self.l2 * self.channels(self.n2(x))


class GMLP(nn.Module):
    def __init__(self, n, d=32):
        super().__init__()
        self.n, self.fc1, self.gn, self.spatial, self.fc2 = nn.LayerNorm(d), nn.Linear(d, 4 * d), nn.LayerNorm(2 * d), nn.Linear(n, n), nn.Linear(2 * d, d)

    def forward(self, x):
        y = F.gelu(self.fc1(self.n(x)))
        u, v = y.chunk(2, dim=-1)
        v = self.spatial(self.gn(v).transpose(-1, -2))
        return x + self.fc2(u * v.transpose(-1, -2))


class ConvMixer(nn.Module):
    def __init__(self, d=24, k=5):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, d, 4, 4), nn.GELU(), nn.BatchNorm2d(d))
        self.a = nn.ModuleList([nn.Sequential(nn.Conv2d(d, d, k, groups=d, padding="same"), nn.GELU(), nn.BatchNorm2d(d)) for _ in range(2)])
        self.b = nn.ModuleList([nn.Sequential(nn.Conv2d(d, d, 1), nn.GELU(), nn.BatchNorm2d(d)) for _ in range(2)])
        self.head = nn.Linear(d, 10)

    def forward(self, x):
        x = self.stem(x)
        for a, b in zip(self.a, self.b):
            x = b(a(x) + x)
        return self.head(x.mean((2, 3)))


class PoolFormer(nn.Module):
    def __init__(self, d=24):
        super().__init__()
        self.patch, self.n1, self.n2 = nn.Conv2d(3, d, 7, 4, 2), nn.GroupNorm(1, d), nn.GroupNorm(1, d)
        self.pool, self.mlp, self.l1, self.l2 = nn.AvgPool2d(3, 1, 1, count_include_pad=False), nn.Sequential(nn.Conv2d(d, 2 * d, 1), nn.GELU(), nn.Conv2d(2 * d, d, 1)), nn.Parameter(torch.ones(d)), nn.Parameter(torch.ones(d))
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(d, 10)

    def forward(self, x):
        x = self.patch(x)
        y = self.n1(x)
        x = x + self.l1.unsqueeze(-1).unsqueeze(-1) * (self.pool(y) - y)
        x = x + self.l2.unsqueeze(-1).unsqueeze(-1) * self.mlp(self.n2(x))
        x = self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return self.head(x.mean([-2, -1]))


class StarReLU(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale, self.bias = nn.Parameter(torch.ones(1)), nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return self.scale * F.relu(x) ** 2 + self.bias


class NoBias(nn.Module):
    """MetaFormer's norm over a whole map, without a bias."""

    def __init__(self, d):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d, 1, 1))

    def forward(self, x):
        c = x - x.mean((1, 2, 3), keepdim=True)
        s = c.pow(2).mean((1, 2, 3), keepdim=True)
        return c / torch.sqrt(s + 1e-6) * self.weight


class ConvFormer(nn.Module):
    def __init__(self, d=24):
        super().__init__()
        self.patch, self.n1, self.n2, self.pw1, self.a1, self.dw, self.pw2 = nn.Conv2d(3, d, 7, 4, 2), NoBias(d), NoBias(d), nn.Conv2d(d, 2 * d, 1), StarReLU(), nn.Conv2d(2 * d, 2 * d, 7, padding=3, groups=2 * d), nn.Conv2d(2 * d, d, 1)
        self.f1, self.a2, self.f2, self.scale = nn.Conv2d(d, 4 * d, 1), StarReLU(), nn.Conv2d(4 * d, d, 1), nn.Parameter(torch.ones(d))
        self.head, self.hn, self.h2 = nn.Linear(d, 2 * d), nn.LayerNorm(2 * d), nn.Linear(2 * d, 10)

    def forward(self, x):
        x = self.patch(x)
        x = x * self.scale.view(-1, 1, 1) + self.pw2(self.dw(self.a1(self.pw1(self.n1(x)))))
        x = x + self.f2(self.a2(self.f1(self.n2(x))))
        y = self.head(x.mean((2, 3)))
        return self.h2(self.hn(F.relu(y).square()))


class Sequencer(nn.Module):
    """LSTMs along rows and columns."""

    def __init__(self, d=16):
        super().__init__()
        self.patch, self.n, self.v, self.h, self.fc = nn.Conv2d(3, d, 8, 8), nn.LayerNorm(d), nn.LSTM(d, 4, 1, batch_first=True, bidirectional=True), nn.LSTM(d, 4, 1, batch_first=True, bidirectional=True), nn.Linear(16, d)

    def forward(self, x):
        x = self.patch(x).permute(0, 2, 3, 1)
        y = self.n(x)
        B, H, W, C = y.shape
        v, _ = self.v(y.permute(0, 2, 1, 3).reshape(-1, H, C))
        v = v.reshape(B, W, H, -1).permute(0, 2, 1, 3)
        h, _ = self.h(y.reshape(-1, W, C))
        return x + self.fc(torch.cat([v, h.reshape(B, H, W, -1)], -1))


class AxialShift(nn.Module):
    """AS-MLP's shifts of groups of channels."""

    def __init__(self, d=16):
        super().__init__()
        self.stem, self.c1, self.c2, self.d = nn.Conv2d(3, d, 4, 4), nn.Conv2d(d, d, 1), nn.Conv2d(d, d, 1), d

    def forward(self, x):
        x = self.c1(self.stem(x))
        h, w = x.shape[-2:]
        y = F.pad(x, (1, 1, 1, 1), "constant", 0)
        parts = torch.chunk(y, 4, 1)
        parts = [torch.roll(p, s, a) for p, (s, a) in zip(parts, ((1, 2), (-1, 2), (1, 3), (-1, 3)))]
        y = torch.cat(parts, 1)
        return x + self.c2(torch.narrow(torch.narrow(y, 2, 1, h), 3, 1, w))


class ViP(nn.Module):
    """ViP's weighted permutations: dense layers over height, width and channels."""

    def __init__(self, d=32, side=4, seg=8):
        super().__init__()
        self.patch, self.seg, self.n = nn.Conv2d(3, d, 8, 8), seg, nn.LayerNorm(d)
        self.h, self.w, self.c, self.re, self.proj = nn.Linear(side * (d // seg), side * (d // seg)), nn.Linear(side * (d // seg), side * (d // seg)), nn.Linear(d, d), Mlp(d, d // 4, 3 * d), nn.Linear(d, d)

    def forward(self, x):
        x = self.patch(x).permute(0, 2, 3, 1)
        y = self.n(x)
        B, H, W, C = y.shape
        s = C // self.seg
        h = self.h(y.reshape(B, H, W, self.seg, s).permute(0, 3, 2, 1, 4).reshape(B, self.seg, W, H * s)).reshape(B, self.seg, W, H, s).permute(0, 3, 2, 1, 4).reshape(B, H, W, C)
        w = self.w(y.reshape(B, H, W, self.seg, s).permute(0, 1, 3, 2, 4).reshape(B, H, self.seg, W * s)).reshape(B, H, self.seg, W, s).permute(0, 1, 3, 2, 4).reshape(B, H, W, C)
        c = self.c(y)
        a = (h + w + c).permute(0, 3, 1, 2).flatten(2).mean(2)
        a = self.re(a).reshape(B, C, 3).permute(2, 0, 1).softmax(0).unsqueeze(2).unsqueeze(2)
        return (x + self.proj(h * a[0] + w * a[1] + c * a[2])).permute(0, 3, 1, 2)


def families():
    return {
        "mixer": (lambda: Tokens(Mixer(16), Mixer(16)), 32, 32), "resmlp": (lambda: Tokens(ResMLP(16), ResMLP(16)), 32, 32), "gmlp": (lambda: Tokens(GMLP(16), GMLP(16)), 32, 32),
        "convmixer": (ConvMixer, 48, 64), "poolformer": (PoolFormer, 48, 64), "convformer": (ConvFormer, 48, 64), "sequencer": (Sequencer, 32, 48), "as_mlp": (AxialShift, 32, 48), "vip": (ViP, 32, 32),
    }
