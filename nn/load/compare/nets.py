"""Nets of today's families, small and with random weights, written as the exporters of their families' code see them.

families() names them all: how each is made, and the height and width of its picture.
"""
import math

import torch
import torch.nn.functional as F
import torchvision.models as tv
from torch import nn

import hybrids
import mixers
import residuals
import attentions


def segmentation(make):
    """A segmentation net without weights of others."""
    return lambda: make(weights=None, weights_backbone=None)


def torchvision_nets():
    """torchvision's families, with fewer blocks where it has a way to say so."""
    plain = ["alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "efficientnet_b3", "efficientnet_v2_s", "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_large",
             "mobilenet_v3_small", "regnet_x_400mf", "regnet_y_400mf", "resnet18", "resnet50", "resnext50_32x4d", "shufflenet_v2_x0_5", "squeezenet1_0", "squeezenet1_1",
             "vgg11", "vgg11_bn", "wide_resnet50_2"]
    out = {name: (getattr(tv, name), 96, 64) for name in plain}
    out["alexnet"] = out["vgg11"] = None
    out["alexnet"] = (tv.alexnet, 224, 224)
    out["vgg11"] = (tv.vgg11, 224, 224)
    out["vgg11_bn"] = (tv.vgg11_bn, 224, 224)
    out["googlenet"] = (lambda: tv.googlenet(init_weights=False, aux_logits=False), 96, 64)
    out["inception_v3"] = (lambda: tv.inception_v3(init_weights=False, aux_logits=False), 139, 107)
    out["maxvit"] = (lambda: tv.MaxVit((64, 64), 16, 4, [16, 32], [2, 2], 8, 0.0, num_classes=10), 64, 64)
    out["vit_b_32"] = (tv.vit_b_32, 224, 224)
    swin = lambda **k: tv.swin_transformer.SwinTransformer([4, 4], 16, [2, 2], [2, 4], [4, 4], num_classes=10, **k)
    out["swin"] = (swin, 64, 96)
    out["swin_padded"] = (lambda: tv.swin_transformer.SwinTransformer([4, 4], 16, [2, 2], [2, 4], [7, 7], num_classes=10), 64, 64)
    out["swin_v2"] = (lambda: swin(block=tv.swin_transformer.SwinTransformerBlockV2, downsample_layer=tv.swin_transformer.PatchMergingV2), 64, 96)
    for name in ("fcn_resnet50", "deeplabv3_resnet50", "deeplabv3_mobilenet_v3_large", "lraspp_mobilenet_v3_large"):
        out[name] = (segmentation(getattr(tv.segmentation, name)), 96, 64)
    det = tv.detection
    out["fpn_resnet"] = (lambda: det.backbone_utils.resnet_fpn_backbone("resnet18", weights=None, trainable_layers=5), 96, 64)
    out["retinanet_head"] = (lambda: residuals.Heads(det.retinanet_resnet50_fpn(weights=None, weights_backbone=None)), 96, 64)
    out["fasterrcnn_rpn"] = (lambda: residuals.Rpn(det.fasterrcnn_mobilenet_v3_large_320_fpn(weights=None, weights_backbone=None)), 96, 64)
    out["ssd300_backbone"] = (lambda: det.ssd300_vgg16(weights=None, weights_backbone=None).backbone, 300, 300)
    out["ssdlite_backbone"] = (lambda: det.ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None).backbone, 320, 320)
    return out


def families():
    return {**torchvision_nets(), **residuals.families(), **mixers.families(), **attentions.families(), **hybrids.families()}
