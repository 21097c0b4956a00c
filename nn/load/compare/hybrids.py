"""Families between convolutions and attention: mobile ones, and CLIP's residual net."""
import torch
import torch.nn.functional as F
from torch import nn

from attentions import Attention, Block
from mixers import Mlp
from residuals import SE, Residual, cbr


class MobileViT(nn.Module):
    """Patches of 2x2 whose pixels of one place attend to each other."""

    def __init__(self, d=16, t=24, p=2):
        super().__init__()
        self.p, self.stem, self.local, self.point, self.blocks, self.norm, self.proj, self.fuse, self.head = p, cbr(3, d, 3, 4, act=nn.SiLU), cbr(d, d, act=nn.SiLU), nn.Conv2d(d, t, 1), nn.Sequential(Block(t, 4), Block(t, 4)), nn.LayerNorm(t), cbr(t, d, 1, act=nn.SiLU), cbr(2 * d, d, act=nn.SiLU), nn.Linear(d, 10)

    def forward(self, x):
        x = self.stem(x)
        short = x
        x = self.point(self.local(x))
        p = self.p
        B, C, H, W = x.shape
        nh, nw = H // p, W // p
        N = nh * nw
        x = x.reshape(B * C * nh, p, nw, p).transpose(1, 2)
        x = x.reshape(B, C, N, p * p).transpose(1, 3).reshape(B * p * p, N, C)
        x = self.norm(self.blocks(x))
        x = x.contiguous().view(B, p * p, N, -1)
        x = x.transpose(1, 3).reshape(B * C * nh, nw, p, p)
        x = x.transpose(1, 2).reshape(B, C, nh * p, nw * p)
        x = self.fuse(torch.cat((short, self.proj(x)), 1))
        return self.head(x.mean((2, 3)))


class LinearAttention(nn.Module):
    """MobileViT v2's: one score a position."""

    def __init__(self, d):
        super().__init__()
        self.d, self.qkv, self.out = d, nn.Conv2d(d, 1 + 2 * d, 1), nn.Conv2d(d, d, 1)

    def forward(self, x):
        q, k, v = torch.split(self.qkv(x), [1, self.d, self.d], 1)
        context = (k * F.softmax(q, dim=-1)).sum(dim=-1, keepdim=True)
        return self.out(F.relu(v) * context.expand_as(v))


class MobileViT2(nn.Module):
    def __init__(self, d=16, p=2):
        super().__init__()
        self.p, self.stem, self.local, self.n1, self.attn, self.n2, self.mlp, self.norm, self.proj = p, cbr(3, d, 3, 4, act=nn.SiLU), cbr(d, d, 3, g=d, act=nn.SiLU), nn.GroupNorm(1, d), LinearAttention(d), nn.GroupNorm(1, d), nn.Sequential(nn.Conv2d(d, 2 * d, 1), nn.SiLU(), nn.Conv2d(2 * d, d, 1)), nn.GroupNorm(1, d), cbr(d, d, 1, act=None)

    def forward(self, x):
        x = self.local(self.stem(x))
        p = self.p
        B, C, H, W = x.shape
        nh, nw = H // p, W // p
        x = x.reshape(B, C, nh, p, nw, p).permute(0, 1, 3, 5, 2, 4).reshape(B, C, -1, nh * nw)
        x = x + self.attn(self.n1(x))
        x = x + self.mlp(self.n2(x))
        x = self.norm(x)
        x = x.reshape(B, C, p, p, nh, nw).permute(0, 1, 4, 2, 5, 3).reshape(B, C, nh * p, nw * p)
        return self.proj(x)


class SDTA(nn.Module):
    """EdgeNeXt's: split depthwise convolutions and attention over channels, with Fourier positions."""

    def __init__(self, d=32, heads=4, scales=2):
        super().__init__()
        self.stem, self.h = nn.Conv2d(3, d, 4, 4), heads
        w = d // scales
        self.w, self.convs = w, nn.ModuleList([nn.Conv2d(w, w, 3, padding=1, groups=w) for _ in range(scales - 1)])
        self.pos, self.n1, self.qkv, self.temperature, self.proj, self.n2, self.mlp, self.g = nn.Conv2d(16, d, 1), nn.LayerNorm(d), nn.Linear(d, 3 * d), nn.Parameter(torch.ones(heads, 1, 1)), nn.Linear(d, d), nn.LayerNorm(d), Mlp(d, 2 * d), nn.Parameter(torch.ones(d))

    def fourier(self, B, H, W):
        ys = torch.arange(1, H + 1, dtype=torch.float32).unsqueeze(1).repeat(1, 1, W) / (H + 1e-6) * 6.2831
        xs = torch.arange(1, W + 1, dtype=torch.float32).repeat(1, H, 1) / (W + 1e-6) * 6.2831
        ys = ys.reshape(1, H, W)
        t = torch.arange(8, dtype=torch.float32)
        t = 10000 ** (2 * torch.div(t, 2, rounding_mode="floor") / 8)
        px, py = xs[:, :, :, None] / t, ys[:, :, :, None] / t
        two = lambda p: torch.stack([p[:, :, :, 0::2].sin(), p[:, :, :, 1::2].cos()], 4).flatten(3)
        return torch.cat((two(py), two(px)), 3).permute(0, 3, 1, 2)

    def forward(self, x):
        x = self.stem(x)
        short = x
        spx = torch.split(x, self.w, 1)
        out, sp = [], None
        for i, c in enumerate(self.convs):
            sp = spx[i] if i == 0 else sp + spx[i]
            sp = c(sp)
            out.append(sp)
        x = torch.cat([*out, spx[-1]], 1)
        B, C, H, W = x.shape
        x = x.reshape(B, C, H * W).permute(0, 2, 1)
        x = x + self.pos(self.fourier(B, H, W).type_as(x)).reshape(B, -1, x.shape[1]).permute(0, 2, 1)
        q, k, v = self.qkv(self.n1(x)).reshape(B, H * W, 3, self.h, -1).permute(2, 0, 3, 4, 1).unbind(0)
        q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
        a = ((q @ k.transpose(-2, -1)) * self.temperature).softmax(-1)
        x = x + self.proj((a @ v).permute(0, 3, 1, 2).reshape(B, H * W, C))
        x = x.reshape(B, H, W, C)
        x = self.g * self.mlp(self.n2(x))
        return x.permute(0, 3, 1, 2) + short


class BiasedAttention(nn.Module):
    """LeViT's, EfficientFormer's and TinyViT's: a bias for each distance, of a table."""

    def __init__(self, d, key, heads, side, ratio=2, act=nn.Hardswish):
        super().__init__()
        self.h, self.k, self.v = heads, key, ratio * key
        self.qkv, self.proj, self.act = nn.Linear(d, heads * (2 * key + self.v)), nn.Linear(heads * self.v, d), act()
        points = [(i, j) for i in range(side) for j in range(side)]
        offsets, idx = {}, []
        for a in points:
            for b in points:
                o = (abs(a[0] - b[0]), abs(a[1] - b[1]))
                idx.append(offsets.setdefault(o, len(offsets)))
        self.attention_bias_table = nn.Parameter(torch.zeros(heads, len(offsets)))
        self.register_buffer("idx", torch.LongTensor(idx).view(side * side, side * side))

    def forward(self, x):
        B, N, C = x.shape
        q, k, v = self.qkv(x).view(B, N, self.h, -1).split([self.k, self.k, self.v], 3)
        q, k, v = q.permute(0, 2, 1, 3), k.permute(0, 2, 3, 1), v.permute(0, 2, 1, 3)
        a = (q @ k * self.k ** -0.5 + self.attention_bias_table[:, self.idx]).softmax(-1)
        return self.proj(self.act((a @ v).transpose(1, 2).reshape(B, N, self.h * self.v)))


class LinearNorm(nn.Module):
    """LeViT's dense layer with a batch norm over flattened tokens."""

    def __init__(self, i, o):
        super().__init__()
        self.fc, self.bn = nn.Linear(i, o, bias=False), nn.BatchNorm1d(o)

    def forward(self, x):
        x = self.fc(x)
        return self.bn(x.flatten(0, 1)).reshape_as(x)


class LeViT(nn.Module):
    def __init__(self, d=32, side=4, heads=2):
        super().__init__()
        self.stem = nn.Sequential(cbr(3, 16, 3, 2, act=nn.Hardswish), cbr(16, 24, 3, 2, act=nn.Hardswish), cbr(24, d, 3, 2, act=None))
        self.a, self.f1, self.f2 = BiasedAttention(d, 8, heads, side), LinearNorm(d, 2 * d), LinearNorm(2 * d, d)
        self.a.qkv, self.a.proj = LinearNorm(d, heads * 32), LinearNorm(heads * 16, d)
        self.head, self.bn = nn.Linear(d, 10), nn.BatchNorm1d(d)

    def forward(self, x):
        x = self.stem(x).flatten(2).transpose(1, 2)
        x = x + self.a(x)
        x = x + self.f2(F.hardswish(self.f1(x)))
        return self.head(self.bn(x.mean(1)))


class LeViTDown(nn.Module):
    """Attention whose queries are every other position."""

    def __init__(self, d=32, side=4, key=8, heads=4):
        super().__init__()
        self.stem, self.side, self.h, self.key = nn.Conv2d(3, d, 8, 8), side, heads, key
        self.kv, self.q, self.proj = LinearNorm(d, heads * key * 5), LinearNorm(d, heads * key), LinearNorm(heads * 4 * key, 2 * d)
        self.bias_table = nn.Parameter(torch.zeros(heads, (side // 2) ** 2, side * side))

    def forward(self, x):
        x = self.stem(x).flatten(2).transpose(1, 2)
        B, N, C = x.shape
        k, v = self.kv(x).view(B, N, self.h, -1).split([self.key, 4 * self.key], 3)
        k, v = k.permute(0, 2, 3, 1), v.permute(0, 2, 1, 3)
        q = self.q(x.view(B, self.side, self.side, C)[:, ::2, ::2].reshape(B, -1, C))
        q = q.view(B, -1, self.h, self.key).permute(0, 2, 1, 3)
        a = (q @ k * self.key ** -0.5 + self.bias_table).softmax(-1)
        return self.proj(F.hardswish((a @ v).transpose(1, 2).reshape(B, -1, self.h * 4 * self.key)))


class EfficientFormer(nn.Module):
    """Pools on maps, then biased attention on tokens."""

    def __init__(self, d=32, side=4):
        super().__init__()
        self.stem, self.pool, self.m1, self.m2, self.g = nn.Sequential(cbr(3, 16, 3, 2), cbr(16, d, 3, 4)), nn.AvgPool2d(3, 1, 1, count_include_pad=False), cbr(d, 2 * d, 1, act=nn.GELU), cbr(2 * d, d, 1, act=None), nn.Parameter(torch.ones(d))
        self.n1, self.a, self.n2, self.mlp, self.norm, self.head, self.dist, self.g2 = nn.LayerNorm(d), BiasedAttention(d, 8, 2, side, 4, nn.Identity), nn.LayerNorm(d), Mlp(d, 2 * d), nn.LayerNorm(d), nn.Linear(d, 10), nn.Linear(d, 10), nn.Parameter(torch.ones(d))

    def forward(self, x):
        x = self.stem(x)
        x = x + self.g.view(-1, 1, 1) * (self.pool(x) - x)
        x = x + self.m2(self.m1(x))
        x = x.flatten(2).transpose(1, 2)
        x = x + self.g2 * self.a(self.n1(x))
        x = x + self.g2 * self.mlp(self.n2(x))
        x = self.norm(x).mean(dim=1)
        return (self.head(x) + self.dist(x)) / 2


class EfficientFormer2(nn.Module):
    """Talking heads on maps, and a local branch of the values; all of it of a map that may be strided before and is enlarged again behind."""

    def __init__(self, d=32, heads=4, key=8, side=4, stride=1):
        super().__init__()
        self.stem, self.h, self.key, self.dv = nn.Sequential(cbr(3, 16, 3, 4), cbr(16, d, 3, 2)), heads, key, 4 * key
        self.stride, self.up = (cbr(d, d, 3, stride, g=d, act=None), nn.Upsample(scale_factor=stride, mode="bilinear")) if stride > 1 else (nn.Identity(), nn.Identity())
        self.q, self.k, self.v = cbr(d, heads * key, 1, act=None), cbr(d, heads * key, 1, act=None), cbr(d, heads * 4 * key, 1, act=None)
        self.local, self.t1, self.t2, self.proj = cbr(heads * 4 * key, heads * 4 * key, 3, g=heads * 4 * key, act=None), nn.Conv2d(heads, heads, 1), nn.Conv2d(heads, heads, 1), nn.Sequential(nn.GELU(), nn.Conv2d(heads * 4 * key, d, 1), nn.BatchNorm2d(d))
        self.bias_table = nn.Parameter(torch.zeros(heads, side * side, side * side))

    def forward(self, x):
        short = self.stem(x)
        x = self.stride(short)
        B, C, H, W = x.shape
        N = H * W
        q = self.q(x).reshape(B, self.h, -1, N).permute(0, 1, 3, 2)
        k = self.k(x).reshape(B, self.h, -1, N).permute(0, 1, 2, 3)
        v = self.v(x)
        local = self.local(v)
        v = v.reshape(B, self.h, -1, N).permute(0, 1, 3, 2)
        a = (q @ k) * self.key ** -0.5 + self.bias_table
        a = self.t2(self.t1(a).softmax(-1))
        y = (a @ v).transpose(2, 3).reshape(B, -1, H, W) + local
        return short + self.proj(self.up(y))


class EfficientFormer2Down(nn.Module):
    """Attention of every other position's queries, which see their neighbours too, with a strided local branch of the values."""

    def __init__(self, d=32, heads=4, key=8, side=4):
        super().__init__()
        wide = heads * 4 * key
        self.stem, self.h, self.key, self.n, self.half = nn.Sequential(cbr(3, 16, 3, 4), cbr(16, d, 3, 2)), heads, key, side * side, (side + 1) // 2
        self.pick, self.near, self.q = nn.AvgPool2d(1, 2, 0), nn.Conv2d(d, d, 3, 2, 1, groups=d), cbr(d, heads * key, 1, act=None)
        self.k, self.v, self.local = cbr(d, heads * key, 1, act=None), cbr(d, wide, 1, act=None), cbr(wide, wide, 3, 2, g=wide, act=None)
        self.proj, self.conv = nn.Sequential(nn.GELU(), cbr(wide, 2 * d, 1, act=None)), cbr(d, 2 * d, 3, 2, act=None)
        keys, queries = (torch.stack(torch.meshgrid(torch.arange(0, side, s), torch.arange(0, side, s), indexing="ij")).flatten(1) for s in (1, 2))
        far = (queries[:, :, None] - keys[:, None, :]).abs()
        self.attention_bias_table = nn.Parameter(torch.zeros(heads, side * side))
        self.register_buffer("idx", far[0] * side + far[1])

    def forward(self, x):
        x = self.stem(x)
        B = x.shape[0]
        q = self.q(self.near(x) + self.pick(x)).reshape(B, self.h, -1, self.half ** 2).permute(0, 1, 3, 2)
        k = self.k(x).reshape(B, self.h, -1, self.n)
        v = self.v(x)
        local = self.local(v)
        v = v.reshape(B, self.h, -1, self.n).permute(0, 1, 3, 2)
        a = (q @ k * self.key ** -0.5 + self.attention_bias_table[:, self.idx]).softmax(-1)
        y = (a @ v).transpose(2, 3).reshape(B, -1, self.half, self.half) + local
        return self.conv(x) + self.proj(y)


class FastViT(nn.Module):
    """RepMixer with its branches, and attention over a map's positions."""

    def __init__(self, d=32):
        super().__init__()
        self.stem, self.norm, self.mixer, self.cpe = nn.Sequential(cbr(3, d, 3, 2, act=nn.GELU), cbr(d, d, 3, 2, g=d, act=nn.GELU)), nn.BatchNorm2d(d), cbr(d, d, 3, g=d, act=None), nn.Conv2d(d, d, 7, padding=3, groups=d)
        self.gamma, self.f = nn.Parameter(torch.ones(d, 1, 1)), nn.Sequential(nn.Conv2d(d, d, 7, padding=3, groups=d, bias=False), nn.BatchNorm2d(d), nn.Conv2d(d, 2 * d, 1), nn.GELU(), nn.Conv2d(2 * d, d, 1))
        self.bn, self.qkv, self.proj, self.h = nn.BatchNorm2d(d), nn.Linear(d, 3 * d, bias=False), nn.Linear(d, d), 4

    def forward(self, x):
        x = self.stem(x)
        x = x + self.gamma * (self.mixer(x) - self.norm(x))
        x = x + self.gamma * self.f(x)
        x = self.cpe(x) + x
        y = self.bn(x)
        B, C, H, W = y.shape
        N = H * W
        y = y.flatten(2).transpose(-2, -1)
        q, k, v = self.qkv(y).reshape(B, N, 3, self.h, C // self.h).permute(2, 0, 3, 1, 4).unbind(0)
        a = ((q * 0.35) @ k.transpose(-2, -1)).softmax(-1)
        y = self.proj((a @ v).transpose(1, 2).reshape(B, N, C)).transpose(-2, -1).reshape(B, C, H, W)
        return x + self.gamma * y


class TinyViT(nn.Module):
    """Biased attention in windows, and a convolution between."""

    def __init__(self, d=32, s=4):
        super().__init__()
        self.stem, self.s, self.n, self.a, self.conv, self.n2, self.mlp = nn.Sequential(cbr(3, 16, 3, 2, act=nn.GELU), cbr(16, d, 3, 2, act=None)), s, nn.LayerNorm(d), BiasedAttention(d, 8, 4, s, 1, nn.Identity), cbr(d, d, 3, g=d, act=None), nn.LayerNorm(d), Mlp(d, 2 * d)

    def forward(self, x):
        x = self.stem(x)
        B, C, H, W = x.shape
        s = self.s
        x = x.permute(0, 2, 3, 1)
        y = x
        pb, pr = (s - H % s) % s, (s - W % s) % s
        y = F.pad(y, (0, 0, 0, pr, 0, pb))
        pH, pW = H + pb, W + pr
        y = y.view(B, pH // s, s, pW // s, s, C).transpose(2, 3).reshape(-1, s * s, C)
        y = self.a(self.n(y))
        y = y.view(B, pH // s, pW // s, s, s, C).transpose(2, 3).reshape(B, pH, pW, C)
        y = y[:, :H, :W].contiguous()
        x = (x + y).permute(0, 3, 1, 2)
        x = self.conv(x)
        x = x.reshape(B, C, H * W).transpose(1, 2)
        x = x + self.mlp(self.n2(x))
        return x.view(B, H, W, C).permute(0, 3, 1, 2)


class LiteMLA(nn.Module):
    """EfficientViT's linear attention with rectifiers, in several scales."""

    def __init__(self, d=32, dim=8, fp=True):
        super().__init__()
        self.stem, self.qkv, self.dim = nn.Sequential(cbr(3, 16, 3, 4), cbr(16, d, 3, 2)), nn.Conv2d(d, 3 * d, 1, bias=False), dim
        self.agg, self.proj = nn.Sequential(nn.Conv2d(3 * d, 3 * d, 5, padding=2, groups=3 * d, bias=False), nn.Conv2d(3 * d, 3 * d, 1, groups=3 * d // dim, bias=False)), cbr(2 * d, d, 1, act=None)
        self.dw = Residual(cbr(d, 4 * d, 1, act=nn.Hardswish), cbr(4 * d, 4 * d, 3, g=4 * d, act=nn.Hardswish), cbr(4 * d, d, 1, act=None), act=None)

    def forward(self, x):
        x = self.stem(x)
        B, _, H, W = x.shape
        qkv = self.qkv(x)
        multi = torch.cat([qkv, self.agg(qkv)], 1)
        multi = multi.reshape(B, -1, 3 * self.dim, H * W).transpose(-1, -2)
        q, k, v = multi.chunk(3, dim=-1)
        q, k = F.relu(q), F.relu(k)
        v = F.pad(v, (0, 1), mode="constant", value=1.0)
        out = q @ (k.transpose(-1, -2) @ v)
        out = out[..., :-1] / (out[..., -1:] + 1e-5)
        out = out.transpose(-1, -2).reshape(B, -1, H, W)
        return self.dw(x + self.proj(out))


class CascadedAttention(nn.Module):
    """EfficientViT of MSRA: heads one after the other."""

    def __init__(self, d=32, heads=2, key=8):
        super().__init__()
        self.stem, self.h, self.key, self.d = nn.Sequential(cbr(3, 16, 3, 4), cbr(16, d, 3, 2)), heads, key, d // heads
        self.qkvs, self.dws = nn.ModuleList([cbr(d // heads, 2 * key + d // heads, 1, act=None) for _ in range(heads)]), nn.ModuleList([cbr(key, key, 5, g=key, act=None) for _ in range(heads)])
        self.proj = nn.Sequential(nn.ReLU(), cbr(d, d, 1, act=None))

    def forward(self, x):
        x = self.stem(x)
        B, C, H, W = x.shape
        ins = x.chunk(self.h, dim=1)
        outs, f = [], ins[0]
        for i, (qkv, dw) in enumerate(zip(self.qkvs, self.dws)):
            if i > 0:
                f = f + ins[i]
            q, k, v = qkv(f).view(B, -1, H, W).split([self.key, self.key, self.d], dim=1)
            q = dw(q)
            q, k, v = q.flatten(2), k.flatten(2), v.flatten(2)
            a = ((q * self.key ** -0.5).transpose(-2, -1) @ k).softmax(-1)
            f = (v @ a.transpose(-2, -1)).view(B, self.d, H, W)
            outs.append(f)
        return x + self.proj(torch.cat(outs, 1))


class MQA(nn.Module):
    """MobileNetV4's multi-query attention with reduced keys."""

    def __init__(self, d=32, heads=4, key=8):
        super().__init__()
        self.stem, self.h, self.key = nn.Sequential(cbr(3, 16, 3, 4), cbr(16, d, 3, 2)), heads, key
        self.q, self.k, self.v, self.o, self.down, self.g = nn.Conv2d(d, heads * key, 1, bias=False), nn.Conv2d(d, key, 1, bias=False), nn.Conv2d(d, key, 1, bias=False), nn.Conv2d(heads * key, d, 1, bias=False), cbr(d, d, 3, 2, g=d, act=None), nn.Parameter(torch.ones(d))
        self.uib = Residual(cbr(d, d, 3, g=d, act=None), cbr(d, 2 * d, 1), cbr(2 * d, 2 * d, 3, g=2 * d), cbr(2 * d, d, 1, act=None), act=None)

    def forward(self, x):
        x = self.uib(self.stem(x))
        B, C, H, W = x.shape
        q = self.q(x).reshape(B, self.h, self.key, -1).transpose(-1, -2).contiguous()
        y = self.down(x)
        k = self.k(y).reshape(B, self.key, -1).unsqueeze(1).transpose(2, 3).transpose(-1, -2)
        v = self.v(y).reshape(B, self.key, -1).transpose(-1, -2).unsqueeze(1).contiguous()
        a = ((q * self.key ** -0.5) @ k).softmax(-1)
        o = (a @ v).transpose(1, 2).reshape(B, H, W, self.h * self.key).permute(0, 3, 1, 2).contiguous()
        return x + self.g.view(-1, 1, 1) * self.o(o)


class UniFormer(nn.Module):
    def __init__(self, d=32):
        super().__init__()
        self.stem, self.pe, self.n1, self.c1, self.c2, self.at, self.n2, self.m = nn.Conv2d(3, d, 8, 8), nn.Conv2d(d, d, 3, padding=1, groups=d), nn.BatchNorm2d(d), nn.Conv2d(d, d, 1), nn.Conv2d(d, d, 1), nn.Conv2d(d, d, 5, padding=2, groups=d), nn.BatchNorm2d(d), Mlp(d, 2 * d)
        self.block = Block(d, 4)

    def forward(self, x):
        x = self.stem(x)
        x = x + self.pe(x)
        x = x + self.c2(self.at(self.c1(self.n1(x))))
        B, C, H, W = x.shape
        x = self.block(x.flatten(2).transpose(1, 2))
        return x.transpose(1, 2).reshape(B, C, H, W)


class AttentionPool(nn.Module):
    """CLIP's."""

    def __init__(self, side, d, heads, out):
        super().__init__()
        self.pos_embed = nn.Parameter(torch.randn(side * side + 1, d) / d ** 0.5)
        self.k, self.q, self.v, self.c, self.h = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, out), heads

    def forward(self, x):
        x = x.flatten(start_dim=2).permute(2, 0, 1)
        x = torch.cat([x.mean(dim=0, keepdim=True), x], 0)
        x = x + self.pos_embed[:, None, :].to(x.dtype)
        x, _ = F.multi_head_attention_forward(query=x[:1], key=x, value=x, embed_dim_to_check=x.shape[-1], num_heads=self.h, q_proj_weight=self.q.weight, k_proj_weight=self.k.weight, v_proj_weight=self.v.weight, in_proj_weight=None,
                                              in_proj_bias=torch.cat([self.q.bias, self.k.bias, self.v.bias]), bias_k=None, bias_v=None, add_zero_attn=False, dropout_p=0.0, out_proj_weight=self.c.weight, out_proj_bias=self.c.bias,
                                              use_separate_proj_weight=True, training=self.training, need_weights=False)
        return x.squeeze(0)


class ClipResNet(nn.Module):
    def __init__(self, d=32):
        super().__init__()
        self.stem = nn.Sequential(cbr(3, 16, 3, 2), cbr(16, 16), cbr(16, d), nn.AvgPool2d(2))
        self.b, self.down, self.pool = nn.Sequential(cbr(d, 16, 1), cbr(16, 16), nn.AvgPool2d(2), nn.Conv2d(16, d, 1), nn.BatchNorm2d(d)), nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(d, d, 1), nn.BatchNorm2d(d)), AttentionPool(4, d, 4, 24)

    def forward(self, x):
        x = self.stem(x)
        return self.pool(F.relu(self.b(x) + self.down(x)))


class BoT(nn.Module):
    """Residual attention on a map with learned rows and columns of positions."""

    def __init__(self, d=32, heads=4, h=4, w=6):
        super().__init__()
        self.stem, self.h, self.qkv = nn.Sequential(cbr(3, d, 3, 4), cbr(d, d, 3, 2)), heads, nn.Conv2d(d, 3 * d, 1, bias=False)
        self.ph, self.pw = nn.Parameter(torch.randn(1, heads, d // heads, 1, h)), nn.Parameter(torch.randn(1, heads, d // heads, w, 1))

    def forward(self, x):
        x = self.stem(x)
        B, C, H, W = x.shape
        q, k, v = self.qkv(x).chunk(3, 1)
        q, k, v = (t.reshape(B, self.h, C // self.h, -1) for t in (q, k, v))
        cc = torch.matmul(q.permute(0, 1, 3, 2), k)
        p = (self.ph + self.pw).view(1, self.h, C // self.h, -1).permute(0, 1, 3, 2)
        cp = torch.matmul(p, q)
        a = F.softmax(cc + cp, -1)
        return x + torch.matmul(v, a.permute(0, 1, 3, 2)).view(B, C, H, W)


class Lambda(nn.Module):
    """Keys are normalised over positions; their product with the values is what queries are multiplied by."""

    def __init__(self, d=32, key=8, heads=4):
        super().__init__()
        self.stem, self.h, self.k, self.v, self.qkv = nn.Sequential(cbr(3, d, 3, 4), cbr(d, d, 3, 2)), heads, key, d // heads, nn.Conv2d(d, heads * key + key + d // heads, 1, bias=False)
        self.nq, self.nv = nn.BatchNorm2d(heads * key), nn.BatchNorm2d(d // heads)
        self.pos = nn.Conv3d(1, key, (1, 5, 5), padding=(0, 2, 2))

    def forward(self, x):
        x = self.stem(x)
        B, C, H, W = x.shape
        M = H * W
        q, k, v = torch.split(self.qkv(x), [self.h * self.k, self.k, self.v], dim=1)
        q = self.nq(q).reshape(B, self.h, self.k, M).transpose(-1, -2)
        v = self.nv(v).reshape(B, self.v, M).transpose(-1, -2)
        k = F.softmax(k.reshape(B, self.k, M), dim=-1)
        content = q @ (k @ v).unsqueeze(1)
        lam = self.pos(v.reshape(B, 1, H, W, self.v).permute(0, 1, 4, 2, 3)).reshape(B, 1, self.k, self.v, M).permute(0, 1, 4, 2, 3)
        position = (q.unsqueeze(-2) @ lam).squeeze(-2)
        return (content + position).transpose(-1, -2).reshape(B, C, H, W)


class LambdaContent(Lambda):
    """Without positions."""

    def forward(self, x):
        x = self.stem(x)
        B, C, H, W = x.shape
        q, k, v = torch.split(self.qkv(x), [self.h * self.k, self.k, self.v], dim=1)
        q = self.nq(q).reshape(B, self.h, self.k, H * W).transpose(-1, -2)
        v = self.nv(v).reshape(B, self.v, H * W).transpose(-1, -2)
        k = F.softmax(k.reshape(B, self.k, H * W), dim=-1)
        return (q @ (k @ v).unsqueeze(1)).transpose(-1, -2).reshape(B, C, H, W)


class Efficient(nn.Module):
    """Efficient attention: queries are normalised over channels, keys over positions; also Restormer's over channels."""

    def __init__(self, d=32, heads=4, transposed=False):
        super().__init__()
        self.stem, self.h, self.qkv, self.dw, self.o, self.t, self.transposed = nn.Conv2d(3, d, 4, 4), heads, nn.Conv2d(d, 3 * d, 1), nn.Conv2d(3 * d, 3 * d, 3, padding=1, groups=3 * d), nn.Conv2d(d, d, 1), nn.Parameter(torch.ones(heads, 1, 1)), transposed

    def forward(self, x):
        x = self.stem(x)
        b, c, h, w = x.shape
        q, k, v = self.dw(self.qkv(x)).chunk(3, dim=1)
        q, k, v = (t.reshape(b, self.h, c // self.h, h * w) for t in (q, k, v))
        if self.transposed:
            q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
            y = ((q @ k.transpose(-2, -1)) * self.t).softmax(-1) @ v
        else:
            context = k.softmax(-1) @ v.transpose(-2, -1)
            y = context.transpose(-2, -1) @ q.softmax(-2)
        return x + self.o(y.reshape(b, c, h, w))


class RepViT(nn.Module):
    def __init__(self, d=16):
        super().__init__()
        self.stem, self.c3, self.c1, self.bn, self.se, self.ffn = nn.Sequential(cbr(3, d, 3, 2, act=nn.GELU), cbr(d, d, 3, 2, act=None)), cbr(d, d, 3, g=d, act=None), nn.Conv2d(d, d, 1, groups=d), nn.BatchNorm2d(d), SE(d), Residual(cbr(d, 2 * d, 1, act=nn.GELU), cbr(2 * d, d, 1, act=None), act=None)

    def forward(self, x):
        x = self.stem(x)
        return self.ffn(self.se(self.bn(self.c3(x) + self.c1(x) + x)))


class CMT(nn.Module):
    """Keys and values of a depthwise convolution with strides; an inverted residual for mixing."""

    def __init__(self, d=32, heads=4, side=4):
        super().__init__()
        self.stem, self.lpu, self.n1, self.h, self.q, self.k, self.v, self.proj, self.sr = nn.Conv2d(3, d, 8, 8), nn.Conv2d(d, d, 3, padding=1, groups=d), nn.LayerNorm(d), heads, nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d), nn.Sequential(nn.Conv2d(d, d, 2, 2, groups=d), nn.BatchNorm2d(d))
        self.bias_table = nn.Parameter(torch.zeros(heads, side * side, side * side // 4))

    def forward(self, x):
        x = self.stem(x)
        x = x + self.lpu(x)
        B, C, H, W = x.shape
        x = x.flatten(2).permute(0, 2, 1)
        y = self.n1(x)
        N = H * W
        q = self.q(y).reshape(B, N, self.h, C // self.h).permute(0, 2, 1, 3)
        y2 = self.sr(y.permute(0, 2, 1).reshape(B, C, H, W)).reshape(B, C, -1).permute(0, 2, 1)
        k = self.k(y2).reshape(B, -1, self.h, C // self.h).permute(0, 2, 1, 3)
        v = self.v(y2).reshape(B, -1, self.h, C // self.h).permute(0, 2, 1, 3)
        a = ((q @ k.transpose(-2, -1)) * 0.35 + self.bias_table).softmax(-1)
        x = x + self.proj((a @ v).transpose(1, 2).reshape(B, N, C))
        return x.permute(0, 2, 1).reshape(B, C, H, W)


def families():
    return {
        "mobilevit": (MobileViT, 48, 64), "mobilevit_v2": (MobileViT2, 48, 64), "edgenext": (SDTA, 32, 48), "levit": (LeViT, 32, 32), "levit_down": (LeViTDown, 32, 32), "efficientformer": (EfficientFormer, 32, 32), "efficientformer_v2": (EfficientFormer2, 32, 32), "efficientformer_v2_strided": (lambda: EfficientFormer2(stride=2), 64, 64), "efficientformer_v2_down": (EfficientFormer2Down, 32, 32), "efficientformer_v2_odd": (lambda: EfficientFormer2Down(side=7), 56, 56),
        "fastvit": (FastViT, 32, 48), "tiny_vit": (TinyViT, 40, 48), "efficientvit": (LiteMLA, 48, 64), "efficientvit_cascaded": (CascadedAttention, 48, 64), "mobilenet_v4": (MQA, 48, 64), "uniformer": (UniFormer, 32, 48), "clip_rn50": (ClipResNet, 32, 32), "botnet": (BoT, 32, 48),
        "lambdanet": (Lambda, 32, 48), "lambda_content": (LambdaContent, 32, 48), "efficient_attention": (Efficient, 32, 48), "restormer": (lambda: Efficient(transposed=True), 32, 48), "repvit": (RepViT, 48, 64), "cmt": (CMT, 32, 32),
    }
