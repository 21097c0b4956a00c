"""Families of attention over patches: ViT's kin, and those that attend in windows, over channels or in several scales."""
import math

import torch
import torch.nn.functional as F
from torch import nn

from mixers import Mlp


class Attention(nn.Module):
    """timm's, with its variants."""

    def __init__(self, d, heads, norm=False, talking=False, rope=False, bias=None, swiglu=False):
        super().__init__()
        self.h, self.scale = heads, (d // heads) ** -0.5
        self.qkv, self.proj = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.qn, self.kn = (nn.LayerNorm(d // heads), nn.LayerNorm(d // heads)) if norm else (nn.Identity(), nn.Identity())
        self.talking = talking
        if talking:
            self.pl, self.pw = nn.Linear(heads, heads), nn.Linear(heads, heads)
        self.rope, self.bias = rope, bias

    def forward(self, x, pos=None):
        B, N, C = x.shape
        q, k, v = self.qkv(x).reshape(B, N, 3, self.h, C // self.h).permute(2, 0, 3, 1, 4).unbind(0)
        q, k = self.qn(q), self.kn(k)
        if self.rope:
            q = torch.cat([q[:, :, :1], turn(q[:, :, 1:], pos)], 2)
            k = torch.cat([k[:, :, :1], turn(k[:, :, 1:], pos)], 2)
        a = (q * self.scale) @ k.transpose(-2, -1)
        if self.bias is not None:
            a = a + self.bias()
        if self.talking:
            a = self.pl(a.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        a = a.softmax(dim=-1)
        if self.talking:
            a = self.pw(a.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return self.proj((a @ v).transpose(1, 2).reshape(B, N, C))


def rot(x):
    return torch.stack([-x[..., 1::2], x[..., ::2]], -1).reshape(x.shape)


def turn(x, pos):
    sin, cos = pos.chunk(2, -1)
    return x * cos + rot(x) * sin


class BeitBias(nn.Module):
    """A table of relative positions, with entries for the class token."""

    def __init__(self, side, heads):
        super().__init__()
        self.n = (2 * side - 1) ** 2 + 3
        self.bias_table = nn.Parameter(torch.zeros(self.n, heads))
        c = torch.stack(torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")).flatten(1)
        r = (c[:, :, None] - c[:, None, :]).permute(1, 2, 0) + side - 1
        index = torch.zeros(side * side + 1, side * side + 1, dtype=torch.long)
        index[1:, 1:] = r[..., 0] * (2 * side - 1) + r[..., 1]
        index[0, :], index[:, 0], index[0, 0] = self.n - 3, self.n - 2, self.n - 1
        self.register_buffer("index", index)

    def forward(self):
        n = self.index.shape[0]
        return self.bias_table[self.index.view(-1)].view(n, n, -1).permute(2, 0, 1).contiguous().unsqueeze(0)


class SwiGLU(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.g, self.x, self.n, self.o = nn.Linear(d, 2 * d), nn.Linear(d, 2 * d), nn.LayerNorm(2 * d), nn.Linear(2 * d, d)

    def forward(self, x):
        return self.o(self.n(F.silu(self.g(x)) * self.x(x)))


class Block(nn.Module):
    def __init__(self, d, heads, scale=True, mlp=None, post=False, **k):
        super().__init__()
        self.n1, self.attn, self.n2, self.mlp, self.post = nn.LayerNorm(d), Attention(d, heads, **k), nn.LayerNorm(d), mlp or Mlp(d, 2 * d), post
        self.g1, self.g2 = (nn.Parameter(torch.ones(d)), nn.Parameter(torch.ones(d))) if scale else (1.0, 1.0)

    def forward(self, x, pos=None):
        if self.post:
            x = x + self.n1(self.attn(x, pos))
            return x + self.n2(self.mlp(x))
        x = x + self.g1 * self.attn(self.n1(x), pos)
        return x + self.g2 * self.mlp(self.n2(x))


class ViT(nn.Module):
    def __init__(self, cls=1, pool="cls", d=32, heads=4, side=4, blocks=2, position="learned", pre=False, stem=None, **k):
        super().__init__()
        self.patch, self.position, self.pool, self.n = stem or nn.Conv2d(3, d, 8, 8, bias=not pre), position, pool, cls
        if cls:
            self.cls_token = nn.Parameter(torch.randn(1, cls, d))
        if position != "none":
            self.pos_embed = nn.Parameter(torch.randn(1, side * side + (cls if position != "patches" else 0), d))
        if position == "rope":
            t = torch.arange(side).float()
            f = 1.0 / 100 ** (torch.arange(0, d // heads // 2, 2).float() / (d // heads // 2))
            grid = torch.stack(torch.meshgrid(t, t, indexing="ij"), -1).reshape(-1, 2, 1) * f
            grid = grid.reshape(side * side, -1).repeat_interleave(2, -1)
            self.register_buffer("turns", torch.cat([grid.sin(), grid.cos()], -1))
        self.pre = nn.LayerNorm(d) if pre else nn.Identity()
        self.blocks = nn.ModuleList([Block(d, heads, rope=position == "rope", bias=BeitBias(side, heads) if position == "beit" else None, **k) for _ in range(blocks)])
        self.norm, self.head, self.head2 = nn.LayerNorm(d), nn.Linear(d, 10), nn.Linear(d, 10)
        if pool == "map":
            self.latent, self.q, self.kv, self.mlp = nn.Parameter(torch.randn(1, 1, d)), nn.Linear(d, d), nn.Linear(d, 2 * d), Mlp(d, 2 * d)
            self.heads = heads

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        if self.position == "patches":
            x = x + self.pos_embed
        if self.n:
            x = torch.cat((self.cls_token.expand(x.shape[0], -1, -1), x), 1)
        if self.position in ("learned", "rope", "beit"):
            x = x + self.pos_embed
        x = self.pre(x)
        pos = self.turns if self.position == "rope" else None
        for b in self.blocks:
            x = b(x, pos)
        x = self.norm(x)
        if self.pool == "cls":
            return self.head(x[:, 0])
        if self.pool == "mean":
            return self.head(x[:, self.n:].mean(1))
        if self.pool == "distilled":
            return (self.head(x[:, 0]) + self.head2(x[:, 1])) / 2
        if self.pool == "both":
            return torch.cat([x[:, 0], x[:, 1:].mean(1)], -1)
        if self.pool == "map":
            B, N, C = x.shape
            q = self.q(self.latent.expand(B, -1, -1)).reshape(B, 1, self.heads, -1).transpose(1, 2)
            k, v = self.kv(x).reshape(B, N, 2, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
            y = ((q * 0.35) @ k.transpose(-2, -1)).softmax(-1) @ v
            y = y.transpose(1, 2).reshape(B, 1, C)
            return self.head((y + self.mlp(y))[:, 0])
        return x[:, self.n:].transpose(1, 2).reshape(x.shape[0], -1, 4, 4)


class Dino(ViT):
    """Position embeddings that are enlarged bicubically for the picture at hand."""

    def forward(self, x):
        h, w = x.shape[-2] // 8, x.shape[-1] // 8
        p = self.pos_embed
        grid = F.interpolate(p[:, 1:].reshape(1, 4, 4, -1).permute(0, 3, 1, 2), size=(h, w), mode="bicubic", align_corners=False)
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.cls_token.expand(x.shape[0], -1, -1), x), 1) + torch.cat((p[:, :1], grid.permute(0, 2, 3, 1).reshape(1, h * w, -1)), 1)
        for b in self.blocks:
            x = b(x)
        return self.head(self.norm(x)[:, 0])


class ClassAttention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.h, self.q, self.k, self.v, self.proj = heads, nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)

    def forward(self, x):
        B, N, C = x.shape
        q = self.q(x[:, 0]).unsqueeze(1).reshape(B, 1, self.h, C // self.h).permute(0, 2, 1, 3) * 0.35
        k = self.k(x).reshape(B, N, self.h, C // self.h).permute(0, 2, 1, 3)
        v = self.v(x).reshape(B, N, self.h, C // self.h).permute(0, 2, 1, 3)
        a = (q @ k.transpose(-2, -1)).softmax(-1)
        return self.proj((a @ v).transpose(1, 2).reshape(B, 1, C))


class CaiT(nn.Module):
    """Talking heads, then class attention."""

    def __init__(self, d=32, heads=4):
        super().__init__()
        self.patch, self.pos_embed, self.cls_token = nn.Conv2d(3, d, 8, 8), nn.Parameter(torch.zeros(1, 16, d)), nn.Parameter(torch.zeros(1, 1, d))
        self.blocks = nn.ModuleList([Block(d, heads, talking=True) for _ in range(2)])
        self.n1, self.ca, self.n2, self.mlp, self.g1, self.g2 = nn.LayerNorm(d), ClassAttention(d, heads), nn.LayerNorm(d), Mlp(d, 2 * d), nn.Parameter(torch.ones(d)), nn.Parameter(torch.ones(d))
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(d, 10)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2) + self.pos_embed
        for b in self.blocks:
            x = b(x)
        c = self.cls_token.expand(x.shape[0], -1, -1)
        u = torch.cat((c, x), 1)
        c = c + self.g1 * self.ca(self.n1(u))
        c = c + self.g2 * self.mlp(self.n2(c))
        return self.head(self.norm(torch.cat((c, x), 1))[:, 0])


class XCA(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.h, self.qkv, self.proj, self.temperature = heads, nn.Linear(d, 3 * d), nn.Linear(d, d), nn.Parameter(torch.ones(heads, 1, 1))

    def forward(self, x):
        B, N, C = x.shape
        q, k, v = self.qkv(x).reshape(B, N, 3, self.h, C // self.h).permute(2, 0, 3, 4, 1).unbind(0)
        q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
        a = ((q @ k.transpose(-2, -1)) * self.temperature).softmax(-1)
        return self.proj((a @ v).permute(0, 3, 1, 2).reshape(B, N, C))


class LPI(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.a, self.bn, self.b = nn.Conv2d(d, d, 3, padding=1, groups=d), nn.BatchNorm2d(d), nn.Conv2d(d, d, 3, padding=1, groups=d)

    def forward(self, x, h, w):
        B, N, C = x.shape
        x = x.permute(0, 2, 1).reshape(B, C, h, w)
        return self.b(self.bn(F.gelu(self.a(x)))).reshape(B, C, N).permute(0, 2, 1)


class XCiT(nn.Module):
    def __init__(self, d=32, heads=4):
        super().__init__()
        self.patch, self.cls_token = nn.Sequential(nn.Conv2d(3, d, 3, 2, 1), nn.BatchNorm2d(d), nn.GELU(), nn.Conv2d(d, d, 3, 2, 1), nn.BatchNorm2d(d)), nn.Parameter(torch.zeros(1, 1, d))
        self.n1, self.xca, self.n2, self.lpi, self.n3, self.mlp = nn.LayerNorm(d), XCA(d, heads), nn.LayerNorm(d), LPI(d), nn.LayerNorm(d), Mlp(d, 2 * d)
        self.g1, self.g2, self.g3 = (nn.Parameter(torch.ones(d)) for _ in range(3))
        self.cn1, self.ca, self.cn2, self.cmlp, self.norm, self.head = nn.LayerNorm(d), ClassAttention(d, heads), nn.LayerNorm(d), Mlp(d, 2 * d), nn.LayerNorm(d), nn.Linear(d, 10)

    def forward(self, x):
        x = self.patch(x)
        B, C, H, W = x.shape
        x = x.flatten(2).transpose(1, 2)
        x = x + self.g1 * self.xca(self.n1(x))
        x = x + self.g3 * self.lpi(self.n3(x), H, W)
        x = x + self.g2 * self.mlp(self.n2(x))
        x = torch.cat((self.cls_token.expand(B, -1, -1), x), 1)
        n = self.cn1(x)
        x = x + torch.cat([self.ca(n), n[:, 1:]], 1)
        x = self.cn2(x)
        y = x[:, 0:1]
        x = torch.cat([self.cmlp(y), x[:, 1:]], 1) + x
        return self.head(self.norm(x)[:, 0])


class CoaT(nn.Module):
    """Factorised attention with a convolution as its position encoding."""

    def __init__(self, d=32, heads=4):
        super().__init__()
        self.patch, self.cls_token, self.h = nn.Conv2d(3, d, 8, 8), nn.Parameter(torch.zeros(1, 1, d)), heads
        self.cpe, self.n1, self.qkv, self.proj, self.n2, self.mlp = nn.Conv2d(d, d, 3, padding=1, groups=d), nn.LayerNorm(d), nn.Linear(d, 3 * d), nn.Linear(d, d), nn.LayerNorm(d), Mlp(d, 2 * d)
        self.crpe = nn.ModuleList([nn.Conv2d(d // 2, d // 2, k, padding=k // 2, groups=d // 2) for k in (3, 5)])
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(d, 10)

    def forward(self, x):
        x = self.patch(x)
        B, C, H, W = x.shape
        x = torch.cat((self.cls_token.expand(B, -1, -1), x.flatten(2).transpose(1, 2)), 1)
        c, t = x[:, :1], x[:, 1:]
        f = t.transpose(1, 2).view(B, C, H, W)
        x = torch.cat((c, (self.cpe(f) + f).flatten(2).transpose(1, 2)), 1)
        y = self.n1(x)
        N, h = y.shape[1], self.h
        q, k, v = self.qkv(y).reshape(B, N, 3, h, C // h).permute(2, 0, 3, 1, 4).unbind(0)
        factor = q @ (k.softmax(dim=2).transpose(-1, -2) @ v)
        qi, vi = q[:, :, 1:, :], v[:, :, 1:, :].transpose(-1, -2).reshape(B, C, H, W)
        conv = torch.cat([c(p) for c, p in zip(self.crpe, torch.split(vi, [C // 2, C // 2], 1))], 1)
        conv = conv.reshape(B, h, C // h, H * W).transpose(-1, -2)
        e = F.pad(qi * conv, (0, 0, 1, 0, 0, 0))
        x = x + self.proj(((C // h) ** -0.5 * factor + e).transpose(1, 2).reshape(B, N, C))
        x = x + self.mlp(self.n2(x))
        return self.head(self.norm(x)[:, 0])


def windows(x, s):
    B, H, W, C = x.shape
    return x.view(B, H // s, s, W // s, s, C).permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, s * s, C)


def unwindows(x, s, H, W):
    C = x.shape[-1]
    return x.view(-1, H // s, W // s, s, s, C).permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, H, W, C)


class DaViT(nn.Module):
    """Windows, then groups of channels as tokens."""

    def __init__(self, d=32, heads=4, s=4):
        super().__init__()
        self.patch, self.s, self.h = nn.Conv2d(3, d, 7, 4, 3), s, heads
        self.cpe, self.n1, self.attn, self.n2, self.mlp = nn.Conv2d(d, d, 3, padding=1, groups=d), nn.LayerNorm(d), Attention(d, heads), nn.LayerNorm(d), Mlp(d, 2 * d)
        self.n3, self.qkv, self.proj, self.n4, self.mlp2, self.head = nn.LayerNorm(d), nn.Linear(d, 3 * d), nn.Linear(d, d), nn.LayerNorm(d), Mlp(d, 2 * d), nn.Linear(d, 10)

    def forward(self, x):
        x = self.patch(x)
        B, C, H, W = x.shape
        x = (self.cpe(x) + x).flatten(2).transpose(1, 2)
        y = self.n1(x).view(B, H, W, C)
        y = F.pad(y, (0, 0, 0, (self.s - W % self.s) % self.s, 0, (self.s - H % self.s) % self.s))
        Hp, Wp = y.shape[1:3]
        y = unwindows(self.attn(windows(y, self.s)), self.s, Hp, Wp)[:, :H, :W, :].contiguous().view(B, H * W, C)
        x = x + y
        x = x + self.mlp(self.n2(x))
        q, k, v = self.qkv(self.n3(x)).reshape(B, H * W, 3, self.h, C // self.h).permute(2, 0, 3, 1, 4).unbind(0)
        k = k * (C // self.h) ** -0.5
        a = (k.transpose(-1, -2) @ v).softmax(-1)
        y = (a @ q.transpose(-1, -2)).transpose(-1, -2)
        x = x + self.proj(y.transpose(1, 2).reshape(B, H * W, C))
        x = x + self.mlp2(self.n4(x))
        return self.head(x.mean(1))


class GCViT(nn.Module):
    """Windows that share their queries, made of the whole map."""

    def __init__(self, d=32, heads=4, s=4):
        super().__init__()
        self.patch, self.s, self.h = nn.Conv2d(3, d, 3, 4, 1), s, heads
        self.q = nn.Sequential(nn.Conv2d(d, d, 3, padding=1), nn.MaxPool2d(2))
        self.n1, self.kv, self.proj, self.n2, self.mlp, self.head = nn.LayerNorm(d), nn.Linear(d, 2 * d), nn.Linear(d, d), nn.LayerNorm(d), Mlp(d, 2 * d), nn.Linear(d, 10)
        self.bias_table = nn.Parameter(torch.zeros(heads, s * s, s * s))

    def forward(self, x):
        x = self.patch(x)
        B, C, H, W = x.shape
        g = self.q(x)
        x = x.permute(0, 2, 3, 1)
        w = windows(self.n1(x), self.s)
        n, N, _ = w.shape
        k, v = self.kv(w).reshape(n, N, 2, self.h, C // self.h).permute(2, 0, 3, 1, 4).unbind(0)
        q = g.permute(0, 2, 3, 1).repeat(n // B, 1, 1, 1).reshape(n, N, self.h, C // self.h).permute(0, 2, 1, 3) * 0.35
        a = (q @ k.transpose(-2, -1) + self.bias_table.unsqueeze(0)).softmax(-1)
        x = x + unwindows(self.proj((a @ v).transpose(1, 2).reshape(n, N, C)), self.s, H, W)
        x = x + self.mlp(self.n2(x))
        return self.head(x.mean((1, 2)))


class PVT(nn.Module):
    """Spatial reduction, and a convolution in the middle of the mixing layer: SegFormer's too."""

    def __init__(self, d=16, h=2, linear=False):
        super().__init__()
        self.pe, self.h, self.q, self.kv, self.n0, self.n, self.p = nn.Conv2d(3, d, 7, 4, 3), h, nn.Linear(d, d), nn.Linear(d, 2 * d), nn.LayerNorm(d), nn.LayerNorm(d), nn.Linear(d, d)
        self.sr = nn.Sequential(nn.AdaptiveAvgPool2d(7), nn.Conv2d(d, d, 1)) if linear else nn.Conv2d(d, d, 2, 2)
        self.f1, self.dw, self.f2 = nn.Linear(d, 2 * d), nn.Conv2d(2 * d, 2 * d, 3, 1, 1, groups=2 * d), nn.Linear(2 * d, d)

    def forward(self, x):
        x = self.pe(x)
        B, C, H, W = x.shape
        x = self.n0(x.flatten(2).transpose(1, 2))
        N, h = H * W, self.h
        q = self.q(x).reshape(B, N, h, C // h).permute(0, 2, 1, 3)
        r = self.n(self.sr(x.permute(0, 2, 1).reshape(B, C, H, W)).reshape(B, C, -1).permute(0, 2, 1))
        k, v = self.kv(r).reshape(B, -1, 2, h, C // h).permute(2, 0, 3, 1, 4)
        a = ((q @ k.transpose(-2, -1)) * (C // h) ** -0.5).softmax(-1)
        x = x + self.p((a @ v).transpose(1, 2).reshape(B, N, C))
        y = self.f1(x)
        y = self.dw(y.transpose(1, 2).view(B, -1, H, W)).flatten(2).transpose(1, 2)
        x = x + self.f2(F.gelu(y))
        return x.reshape(B, H, W, -1).permute(0, 3, 1, 2).contiguous()


class Twins(nn.Module):
    """Windows, then the whole map at a lower resolution."""

    def __init__(self, d=32, heads=4, s=4):
        super().__init__()
        self.patch, self.s, self.a, self.n1, self.n2, self.pvt = nn.Conv2d(3, d, 4, 4), s, Attention(d, heads), nn.LayerNorm(d), nn.LayerNorm(d), nn.Conv2d(d, d, 4, 4)
        self.h, self.q, self.kv, self.sn, self.proj, self.peg = heads, nn.Linear(d, d), nn.Linear(d, 2 * d), nn.LayerNorm(d), nn.Linear(d, d), nn.Conv2d(d, d, 3, padding=1, groups=d)

    def forward(self, x):
        x = self.patch(x)
        B, C, H, W = x.shape
        x = x.flatten(2).transpose(1, 2)
        y = self.n1(x).view(B, H, W, C)
        y = y.reshape(B, H // self.s, self.s, W // self.s, self.s, C).transpose(2, 3)
        hh, ww = H // self.s, W // self.s
        qkv = self.a.qkv(y.reshape(B, hh * ww, self.s * self.s, C)).reshape(B, hh * ww, self.s * self.s, 3, self.h, C // self.h).permute(3, 0, 1, 4, 2, 5)
        q, k, v = qkv[0], qkv[1], qkv[2]
        a = ((q @ k.transpose(-2, -1)) * 0.35).softmax(-1)
        y = (a @ v).transpose(2, 3).reshape(B, hh, ww, self.s, self.s, C).transpose(2, 3).reshape(B, H * W, C)
        x = x + self.a.proj(y)
        x = self.peg(x.transpose(1, 2).view(B, C, H, W)).flatten(2).transpose(1, 2) + x
        z = self.n2(x)
        q = self.q(z).reshape(B, H * W, self.h, C // self.h).permute(0, 2, 1, 3)
        r = self.sn(self.pvt(z.permute(0, 2, 1).reshape(B, C, H, W)).reshape(B, C, -1).permute(0, 2, 1))
        k, v = self.kv(r).reshape(B, -1, 2, self.h, C // self.h).permute(2, 0, 3, 1, 4)
        x = x + self.proj((((q @ k.transpose(-2, -1)) * 0.35).softmax(-1) @ v).transpose(1, 2).reshape(B, H * W, C))
        return x.transpose(1, 2).view(B, C, H, W)


class CrossViT(nn.Module):
    """Two sizes of patches whose class tokens look at the other's."""

    def __init__(self, d=32, heads=4):
        super().__init__()
        self.pa, self.pb = nn.Conv2d(3, d, 8, 8), nn.Conv2d(3, d, 16, 16)
        self.ca, self.cb = nn.Parameter(torch.zeros(1, 1, d)), nn.Parameter(torch.zeros(1, 1, d))
        self.a, self.b, self.na, self.nb, self.x1, self.x2, self.head = Block(d, heads), Block(d, heads), nn.LayerNorm(d), nn.LayerNorm(d), ClassAttention(d, heads), ClassAttention(d, heads), nn.Linear(d, 10)

    def forward(self, x):
        t = lambda p, c: torch.cat((c.expand(x.shape[0], -1, -1), p.flatten(2).transpose(1, 2)), 1)
        small = F.interpolate(x, size=(32, 32), mode="bicubic", align_corners=False)
        a, b = self.a(t(self.pa(x), self.ca)), self.b(t(self.pb(small), self.cb))
        ya = a[:, :1] + self.x1(self.na(torch.cat((a[:, :1], b[:, 1:]), 1)))
        yb = b[:, :1] + self.x2(self.nb(torch.cat((b[:, :1], a[:, 1:]), 1)))
        return self.head((ya + yb)[:, 0])


class PiT(nn.Module):
    """Pooling between stages, the class token by a layer of its own."""

    def __init__(self, d=16, heads=4):
        super().__init__()
        self.patch, self.pos_embed, self.cls_token = nn.Conv2d(3, d, 8, 4), nn.Parameter(torch.zeros(1, d, 7, 7)), nn.Parameter(torch.zeros(1, 1, d))
        self.a, self.b, self.pool, self.fc, self.norm, self.head = Block(d, heads), Block(2 * d, heads), nn.Conv2d(d, 2 * d, 3, 2, 1, groups=d), nn.Linear(d, 2 * d), nn.LayerNorm(2 * d), nn.Linear(2 * d, 10)

    def forward(self, x):
        x = self.patch(x) + self.pos_embed
        B, C, H, W = x.shape
        x = self.a(torch.cat((self.cls_token.expand(B, -1, -1), x.flatten(2).transpose(1, 2)), 1))
        c, x = x[:, :1], x[:, 1:].transpose(1, 2).reshape(B, C, H, W)
        x, c = self.pool(x), self.fc(c)
        x = self.b(torch.cat((c, x.flatten(2).transpose(1, 2)), 1))
        return self.head(self.norm(x[:, :1])[:, 0])


class Outlook(nn.Module):
    """VOLO's: weights for a neighbourhood, put on unfolded values and folded again."""

    def __init__(self, d=32, heads=4, k=3):
        super().__init__()
        self.patch, self.h, self.k, self.v, self.a, self.proj, self.n = nn.Conv2d(3, d, 8, 8), heads, k, nn.Linear(d, d, bias=False), nn.Linear(d, k ** 4 * heads), nn.Linear(d, d), nn.LayerNorm(d)
        self.unfold, self.pool = nn.Unfold(k, padding=1, stride=2), nn.AvgPool2d(2, 2, ceil_mode=True)

    def forward(self, x):
        x = self.patch(x).permute(0, 2, 3, 1)
        y = self.n(x)
        B, H, W, C = y.shape
        v = self.v(y).permute(0, 3, 1, 2)
        h, w = math.ceil(H / 2), math.ceil(W / 2)
        v = self.unfold(v).reshape(B, self.h, C // self.h, self.k ** 2, h * w).permute(0, 1, 4, 3, 2)
        a = self.pool(y.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        a = self.a(a).reshape(B, h * w, self.h, self.k ** 2, self.k ** 2).permute(0, 2, 1, 3, 4) * 0.35
        y = (a.softmax(-1) @ v).permute(0, 1, 4, 3, 2).reshape(B, C * self.k ** 2, h * w)
        y = F.fold(y, output_size=(H, W), kernel_size=self.k, padding=1, stride=2)
        return (x + self.proj(y.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)


def pooled(x, stride):
    """The largest of the tokens whose strides stand first, as Hiera pools."""
    return x.view(x.shape[0], stride, -1, x.shape[-1]).max(dim=1).values if stride > 1 else x


class HieraBlock(nn.Module):
    """Attention within mask units, or of all tokens, with pooled queries."""

    def __init__(self, d, out, heads, stride, unit, fused):
        super().__init__()
        self.d, self.out, self.h, self.stride, self.unit, self.fused = d, out, heads, stride, unit, fused
        self.n1, self.qkv, self.proj, self.skip = nn.LayerNorm(d), nn.Linear(d, 3 * out), nn.Linear(out, out), nn.Linear(d, out) if d != out else None
        self.n2, self.mlp = nn.LayerNorm(out), Mlp(out, 2 * out)

    def attend(self, x):
        B, N, _ = x.shape
        units, wide = N // (self.stride * self.unit) if self.unit else 1, self.out // self.h
        q, k, v = self.qkv(x).reshape(B, -1, units, 3, self.h, wide).permute(3, 0, 4, 2, 1, 5).unbind(0)
        if self.stride > 1:
            q = q.view(B, self.h, units, self.stride, -1, wide).max(dim=3).values
        if self.fused:
            s = (1 / torch.as_tensor(q.shape[-1]).to(q.dtype).sqrt()).sqrt()  # as the exporter writes scaled_dot_product_attention
            y = ((q * s) @ (k.transpose(-1, -2) * s)).softmax(-1) @ v
        else:
            y = ((q * wide ** -0.5) @ k.transpose(-1, -2)).softmax(-1) @ v
        return self.proj(y.transpose(1, 3).reshape(B, -1, self.out))

    def forward(self, x):
        y = self.n1(x)
        if self.skip:
            x = pooled(self.skip(y), self.stride)
        x = x + self.attend(y)
        return x + self.mlp(self.n2(x))


class Hiera(nn.Module):
    """Tokens in the order of their mask units, whose strides stand first; two stages pool, and the last attends to all."""

    def __init__(self, d=16, heads=2, side=(8, 8), fused=False):
        super().__init__()
        self.patch, self.side, self.pos_embed = nn.Conv2d(3, d, 7, 4, 3), side, nn.Parameter(torch.zeros(1, side[0] * side[1], d))
        block = lambda i, o, stride, unit: HieraBlock(i, o, heads, stride, unit, fused)
        self.blocks = nn.ModuleList([block(d, d, 1, 16), block(d, 2 * d, 4, 4), block(2 * d, 2 * d, 1, 4), block(2 * d, 4 * d, 4, 0), block(4 * d, 4 * d, 1, 0)])
        self.norm, self.head = nn.LayerNorm(4 * d), nn.Linear(4 * d, 10)

    def unroll(self, x):
        B, N, C = x.shape
        h, w = self.side
        for _ in range(2):
            h, w = h // 2, w // 2
            x = x.view(-1, h, 2, w, 2, C).permute(0, 2, 4, 1, 3, 5).flatten(0, 2)
        return x.reshape(-1, h * w, C).reshape(B, N, C)

    def forward(self, x):
        x = self.unroll(self.patch(x).flatten(2).transpose(1, 2) + self.pos_embed)
        for b in self.blocks:
            x = b(x)
        return self.head(self.norm(x.mean(1)))


class SAM(nn.Module):
    """Windows of a padded map, with relative positions of rows and columns that the queries are multiplied by."""

    def __init__(self, d=32, heads=4, s=3, together=False):
        super().__init__()
        self.together = together
        self.patch, self.pos_embed, self.s, self.h, self.n, self.qkv, self.proj = nn.Conv2d(3, d, 8, 8), nn.Parameter(torch.zeros(1, 8, 8, d)), s, heads, nn.LayerNorm(d), nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.rh, self.rw = nn.Parameter(torch.randn(2 * s - 1, d // heads)), nn.Parameter(torch.randn(2 * s - 1, d // heads))
        self.neck = nn.Conv2d(d, 16, 1)

    def table(self, rel):
        s = self.s
        return rel[(torch.arange(s)[:, None] - torch.arange(s)[None, :] + s - 1).long()]

    def forward(self, x):
        x = self.patch(x).permute(0, 2, 3, 1) + self.pos_embed
        y = self.n(x)
        B, H, W, C = y.shape
        s, h = self.s, self.h
        ph, pw = (s - H % s) % s, (s - W % s) % s
        y = F.pad(y, (0, 0, 0, pw, 0, ph))
        w = windows(y, s)
        n = w.shape[0]
        q, k, v = self.qkv(w).reshape(n, s * s, 3, h, -1).permute(2, 0, 3, 1, 4).reshape(3, n * h, s * s, -1).unbind(0)
        a = (q * 0.35) @ k.transpose(-2, -1)
        r = q.reshape(n * h, s, s, -1)
        rh = torch.einsum("bhwc,hkc->bhwk", r, self.table(self.rh))
        rw = torch.einsum("bhwc,wkc->bhwk", r, self.table(self.rw))
        if self.together:  # as in Hugging Face's
            a = a + (rh[:, :, :, :, None] + rw[:, :, :, None, :]).reshape_as(a)
        else:
            a = (a.view(n * h, s, s, s, s) + rh[:, :, :, :, None] + rw[:, :, :, None, :]).view(n * h, s * s, s * s)
        y = (a.softmax(-1) @ v).view(n, h, s * s, -1).permute(0, 2, 1, 3).reshape(n, s * s, -1)
        y = unwindows(self.proj(y), s, H + ph, W + pw)[:, :H, :W, :].contiguous()
        return self.neck((x + y).permute(0, 3, 1, 2))


class SamGlobal(SAM):
    """The same over the whole map."""

    def __init__(self, together=False):
        super().__init__(s=8, together=together)


class Sam2Block(nn.Module):
    """Attention in windows of a padded map, whose queries may be pooled within their window."""

    def __init__(self, d, out, heads, s, pool):
        super().__init__()
        self.h, self.s, self.pool, self.skip = heads, s, nn.MaxPool2d(2, 2) if pool else None, nn.Linear(d, out) if d != out else None
        self.n1, self.qkv, self.proj, self.n2, self.mlp = nn.LayerNorm(d), nn.Linear(d, 3 * out), nn.Linear(out, out), nn.LayerNorm(out), Mlp(out, 2 * out)

    def pooled(self, x):
        return self.pool(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1) if self.pool else x

    def forward(self, x):
        y = self.n1(x)
        x = self.pooled(self.skip(y)) if self.skip else x
        B, H, W, _ = y.shape
        s = self.s
        ph, pw = (s - H % s) % s, (s - W % s) % s
        y = F.pad(y, (0, 0, 0, pw, 0, ph))
        w = windows(y, s)
        q, k, v = self.qkv(w).reshape(w.shape[0], s * s, 3, self.h, -1).unbind(2)
        if self.pool:
            q = self.pooled(q.reshape(w.shape[0], s, s, -1))
            s, H, W, ph, pw = s // 2, H // 2, W // 2, ph // 2, pw // 2
            q = q.reshape(w.shape[0], s * s, self.h, -1)
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        y = ((q * 0.35) @ k.transpose(-2, -1)).softmax(-1) @ v
        y = unwindows(self.proj(y.transpose(1, 2).reshape(w.shape[0], s * s, -1)), s, H + ph, W + pw)
        x = x + y[:, :H, :W, :].contiguous()
        return x + self.mlp(self.n2(x))


class SAM2(nn.Module):
    def __init__(self, d=16, heads=2):
        super().__init__()
        self.patch, self.pos_embed = nn.Conv2d(3, d, 7, 4, 3), nn.Parameter(torch.zeros(1, d, 12, 16))
        self.blocks = nn.ModuleList([Sam2Block(d, d, heads, 4, False), Sam2Block(d, 2 * d, heads, 4, True), Sam2Block(2 * d, 2 * d, heads, 4, False)])
        self.neck = nn.Conv2d(2 * d, 10, 1)

    def forward(self, x):
        x = (self.patch(x) + self.pos_embed).permute(0, 2, 3, 1)
        for b in self.blocks:
            x = b(x)
        return self.neck(x.permute(0, 3, 1, 2))


class CSWin(nn.Module):
    """Stripes in two directions, with a depthwise position encoding."""

    def __init__(self, d=32, heads=4, s=2):
        super().__init__()
        self.patch, self.n, self.qkv, self.proj, self.s, self.h = nn.Conv2d(3, d, 4, 4), nn.LayerNorm(d), nn.Linear(d, 3 * d), nn.Linear(d, d), s, heads // 2
        self.g1, self.g2 = nn.Conv2d(d // 2, d // 2, 3, padding=1, groups=d // 2), nn.Conv2d(d // 2, d // 2, 3, padding=1, groups=d // 2)

    def stripe(self, q, k, v, get, hs, ws, H, W):
        B, L, C = q.shape
        def img(t):
            t = t.transpose(-2, -1).contiguous().view(B, C, H, W)
            return t.view(B, C, H // hs, hs, W // ws, ws).permute(0, 2, 4, 3, 5, 1).contiguous().reshape(-1, hs * ws, C)
        head = lambda t: t.reshape(-1, hs * ws, self.h, C // self.h).permute(0, 2, 1, 3).contiguous()
        vi = v.transpose(-2, -1).contiguous().view(B, C, H, W)
        vi = vi.view(B, C, H // hs, hs, W // ws, ws).permute(0, 2, 4, 1, 3, 5).contiguous().reshape(-1, C, hs, ws)
        lepe = get(vi).reshape(-1, self.h, C // self.h, hs * ws).permute(0, 1, 3, 2).contiguous()
        q, k, v = head(img(q)) * 0.35, head(img(k)), vi.reshape(-1, self.h, C // self.h, hs * ws).permute(0, 1, 3, 2).contiguous()
        x = (q @ k.transpose(-2, -1)).softmax(-1) @ v + lepe
        x = x.transpose(1, 2).reshape(-1, hs * ws, C)
        return x.view(B, H // hs, W // ws, hs, ws, C).permute(0, 1, 3, 2, 4, 5).contiguous().view(B, -1, C)

    def forward(self, x):
        x = self.patch(x)
        B, C, H, W = x.shape
        x = x.flatten(2).transpose(1, 2)
        q, k, v = self.qkv(self.n(x)).reshape(B, -1, 3, C).permute(2, 0, 1, 3)
        a = self.stripe(q[:, :, :C // 2], k[:, :, :C // 2], v[:, :, :C // 2], self.g1, H, self.s, H, W)
        b = self.stripe(q[:, :, C // 2:], k[:, :, C // 2:], v[:, :, C // 2:], self.g2, self.s, W, H, W)
        return (x + self.proj(torch.cat([a, b], 2))).transpose(1, 2).view(B, C, H, W)


class Encoder(nn.Module):
    """DETR's: a convolutional stem and PyTorch's own encoder layer, with sine positions added to queries and keys."""

    def __init__(self, d=32):
        super().__init__()
        self.stem, self.a, self.f1, self.f2, self.n1, self.n2 = nn.Conv2d(3, d, 8, 8), nn.MultiheadAttention(d, 4), nn.Linear(d, 2 * d), nn.Linear(2 * d, d), nn.LayerNorm(d), nn.LayerNorm(d)
        self.pos = nn.Parameter(torch.randn(24, 1, d))

    def forward(self, x):
        x = self.stem(x)
        B, C, H, W = x.shape
        s = x.flatten(2).permute(2, 0, 1)
        q = s + self.pos
        s = self.n1(s + self.a(q, q, value=s, need_weights=False)[0])
        s = self.n2(s + self.f2(F.relu(self.f1(s))))
        return s.permute(1, 2, 0).view(B, C, H, W)


class Detr(Encoder):
    """And a decoder of learned queries."""

    def __init__(self, d=32):
        super().__init__(d)
        self.q, self.x, self.n3, self.head = nn.Parameter(torch.randn(5, 1, d)), nn.MultiheadAttention(d, 4), nn.LayerNorm(d), nn.Linear(d, 6)

    def forward(self, x):
        m = super().forward(x).flatten(2).permute(2, 0, 1)
        t = self.n3(self.q + self.x(self.q, m + self.pos, value=m, need_weights=False)[0])
        return self.head(t).transpose(0, 1)


def families():
    vit = lambda **k: (lambda: ViT(**k), 32, 32)
    return {
        "vit_timm": vit(), "vit_mean": vit(cls=0, pool="mean"), "deit_distilled": vit(cls=2, pool="distilled"), "deit3": vit(position="patches"), "vit_both": vit(pool="both"), "vit_registers": vit(cls=5, pool="mean"),
        "vit_qknorm": vit(norm=True), "vit_postnorm": vit(post=True), "clip_vit": vit(pre=True, mlp=Mlp(32, 64, act=lambda: QuickGELU()), scale=False), "siglip": vit(cls=0, pool="map"), "eva02": vit(position="rope", mlp=SwiGLU(32)),
        "beit": vit(position="beit"), "vit_map": vit(pool="patches"), "vit_hybrid": vit(stem=nn.Sequential(nn.Conv2d(3, 16, 3, 4, 1), nn.BatchNorm2d(16), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1))),
        "dino": (Dino, 48, 64), "cait": (CaiT, 32, 32), "xcit": (XCiT, 32, 48), "coat": (CoaT, 32, 48), "davit": (DaViT, 48, 64), "gcvit": (GCViT, 32, 32), "pvt": (PVT, 48, 64), "pvt_linear": (lambda: PVT(linear=True), 56, 56), "twins": (Twins, 64, 64),
        "crossvit": (CrossViT, 64, 64), "pit": (PiT, 32, 32), "volo": (Outlook, 48, 48), "hiera": (Hiera, 32, 32), "hiera_fused": (lambda: Hiera(side=(16, 12), fused=True), 64, 48), "hiera_square": (lambda: Hiera(side=(16, 16), fused=True), 64, 64), "sam": (SAM, 64, 64), "sam_global": (SamGlobal, 64, 64), "sam_together": (lambda: SAM(together=True), 64, 64), "sam_global_together": (lambda: SamGlobal(together=True), 64, 64), "sam2": (SAM2, 48, 64), "cswin": (CSWin, 32, 48), "detr_encoder": (Encoder, 32, 48), "detr": (Detr, 32, 48),
    }


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)
