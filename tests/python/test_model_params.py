# SPDX-License-Identifier: Apache-2.0
"""How many parameters each named model has: what was published, or what its layers come to."""

import pytest

from firesteel import Model
from firesteel._native import core

PUBLISHED = {
    # torchvision
    "resnet18": 11_689_512, "resnet34": 21_797_672, "resnet50": 25_557_032, "resnet101": 44_549_160,
    "resnet152": 60_192_808, "vgg16": 138_357_544, "vgg19": 143_667_240, "squeezenet1_0": 1_248_424,
    "squeezenet1_1": 1_235_496, "mobilenet_v2": 3_504_872, "inception_v1": 6_624_904, "inception_v1_aux": 13_004_888,
    "ssd300_vgg16": 35_641_826,
    # Caffe's bvlc_googlenet
    "inception_v1_no_bn": 6_998_552,
    # Keras: 4,253,864, of which 21,888 are running statistics
    "mobilenet_v1": 4_253_864 - 21_888,
    # He et al., 2015, section 4.2, with shortcuts of convolutions (PyTorch ports of it) and of zeros
    "resnet20": 272_474, "resnet32": 466_906, "resnet44": 661_338, "resnet56": 855_770, "resnet110": 1_730_714,
    "resnet20:shortcut=A": 269_722, "resnet56:shortcut=A": 853_018, "resnet110:shortcut=A": 1_727_962,
    # bert-base-uncased, and a classifier of two classes
    "bert": 109_482_240 + 768 * 2 + 2,
}


def conv(inputs, outputs, *kernel, bias=True):
    size = 1
    for extent in kernel:
        size *= extent
    return inputs * outputs * size + (outputs if bias else 0)


def linear(inputs, outputs):
    return conv(inputs, outputs)


def normed(inputs, outputs, size, bias=False):
    """A convolution and batch normalization."""
    return conv(inputs, outputs, size, size, bias=bias) + 2 * outputs


def gates(count, inputs, hidden):
    """A recurrent layer with two biases for each gate, as PyTorch's."""
    return count * hidden * (inputs + hidden + 2)


def net(*widths):
    return sum(linear(a, b) for a, b in zip(widths, widths[1:]))


def inception_v2():
    """Ioffe and Szegedy, 2015, figure 5: 1x1, reduced and 3x3, reduced and two 3x3, behind the pooling."""
    modules = [(64, 64, 64, 64, 96, 32), (64, 64, 96, 64, 96, 64), (0, 128, 160, 64, 96, 0), (224, 64, 96, 96, 128, 128),
               (192, 96, 128, 96, 128, 128), (160, 128, 160, 128, 160, 96), (96, 128, 192, 160, 192, 96),
               (0, 128, 192, 192, 256, 0), (352, 192, 320, 160, 224, 128), (352, 192, 320, 192, 224, 128)]
    total, channels = normed(3, 64, 7) + normed(64, 64, 1) + normed(64, 192, 3), 192
    for one, reduce3, three, reduce5, twice, pool in modules:
        total += normed(channels, reduce3, 1) + normed(reduce3, three, 3)
        total += normed(channels, reduce5, 1) + normed(reduce5, twice, 3) + normed(twice, twice, 3)
        total += normed(channels, one, 1) + normed(channels, pool, 1)
        channels = (one + pool or channels) + three + twice
    return total + linear(channels, 1000)


def vgg_features(normalized=False):
    widths = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
    return sum(conv(a, b, 3, 3) + (2 * b if normalized else 0) for a, b in zip(widths, widths[1:]))


def heads(channels, boxes, classes):
    return sum(conv(c, b * (classes + 4), 3, 3) for c, b in zip(channels, boxes))


def ssd512():
    """Liu et al., 2016, section 3.3 of the journal's version: one feature map more than SSD300."""
    extras = [(512, 1024, 3), (1024, 1024, 1), (1024, 256, 1), (256, 512, 3)] + 3 * [(512, 128, 1), (128, 256, 3)]
    extras[6], extras[8] = (256, 128, 1), (256, 128, 1)
    extras += [(256, 128, 1), (128, 256, 4)]
    sources = [512, 1024, 512, 256, 256, 256, 256]
    return (vgg_features() + 512 + sum(conv(i, o, k, k) for i, o, k in extras)
            + heads(sources, [4, 6, 6, 6, 6, 4, 4], 21))


def mobilenet_features():
    widths = [32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
    pairs = sum(a * 9 + 2 * a + normed(a, b, 1) for a, b in zip(widths, widths[1:]))
    return normed(3, 32, 3) + pairs


def ssd_mobilenet():
    extras = [(1024, 256, 512), (512, 128, 256), (256, 128, 256), (256, 64, 128)]
    extra = sum(normed(a, b, 1) + normed(b, c, 3) for a, b, c in extras)
    return mobilenet_features() + extra + heads([512, 1024, 512, 256, 256, 128], [3, 6, 6, 6, 6, 6], 21)


def resnet8():
    stages = [(16, 16), (16, 32), (32, 64)]
    blocks = sum(normed(a, b, 3) + normed(b, b, 3) + (normed(a, b, 1) if a != b else 0) for a, b in stages)
    return normed(1, 16, 3) + blocks + linear(64, 10)


def transformer(width=128, wide=512):
    block = 4 * linear(width, width) + net(width, wide, width) + 4 * width
    return 10_000 * width + 64 * width + 2 * block + 2 * width + linear(width, 10)


FROM_LAYERS = {
    "anomaly_detector": gates(4, 1, 8) + gates(4, 8, 32) + gates(4, 32, 15) + linear(15, 1),
    "autoencoder": net(784, 32, 784),
    "inception_v2": inception_v2(),
    "knrm": 5000 * 50 + linear(21, 1),
    "lenet5": conv(1, 6, 5, 5) + conv(6, 12, 5, 5) + net(192, 100, 10),
    "lstm": 2 * gates(4, 512, 512) + linear(512, 10),
    "mlp": net(784, 256, 128, 10),
    "ncf": (1000 + 2000) * (8 + 32) + net(64, 64, 32, 16) + linear(16 + 8, 1),
    "ptb": 10_000 * 200 + 2 * gates(4, 200, 200) + linear(200, 10_000),
    "ptb:cell=GRU": 10_000 * 200 + 2 * gates(3, 200, 200) + linear(200, 10_000),
    "resnet8": resnet8(),
    # The decoder's input is a target's embedding and the attention's sum.
    "seq2seq": 2 * 50 * 32 + gates(3, 32, 64) + gates(3, 32 + 64, 64) + linear(128, 64) + linear(64, 50),
    "session_recommender": 500 * 100 + gates(3, 100, 40) + gates(3, 40, 20) + linear(20, 500),
    "simple_rnn": 4001 * 40 + gates(1, 40, 40) + linear(40, 4001),
    "ssd512_vgg16": ssd512(),
    "ssd_mobilenet": ssd_mobilenet(),
    "text_classifier": 20_000 * 50 + sum(conv(50, 128, k) for k in (3, 4, 5)) + linear(3 * 128, 20),
    "transformer": transformer(),
    # A leaf's cell and output; of a node the input, output and update, and what it forgets of each child.
    "tree_lstm": 20_000 * 50 + 2 * linear(50, 150) + 5 * linear(2 * 150, 150) + linear(150, 5),
    "vae": linear(784, 400) + 2 * linear(400, 20) + net(20, 400, 784),
    "vgg16_cifar": vgg_features(normalized=True) + linear(512, 512) + 2 * 512 + linear(512, 10),
    # Sums of weights of crosses, embeddings beside 30 numbers, and a deep part.
    "widedeep": 10_000 * 2 + 4 * 1000 * 16 + net(30 + 4 * 16, 100, 75, 50, 25, 2),
}


@pytest.mark.parametrize("name, expected", [*PUBLISHED.items(), *FROM_LAYERS.items()])
def test_parameters(name, expected):
    kind, _, options = name.partition(":")
    given = dict(option.split("=") for option in options.split(",") if option)
    assert Model.named(kind, **given).describe()["params"] == expected


def test_every_model_has_a_row():
    assert set(core.model_names()) <= {name.partition(":")[0] for name in [*PUBLISHED, *FROM_LAYERS]}
