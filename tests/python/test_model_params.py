# SPDX-License-Identifier: Apache-2.0
"""How many parameters each named model has: what was published, or what its layers come to.

A key is a model with its options, as the command takes them.
"""

import pytest

from firesteel import Model

PUBLISHED = {
    # torchvision
    "resnet18": 11_689_512, "resnet34": 21_797_672, "resnet50": 25_557_032, "resnet101": 44_549_160,
    "resnet152": 60_192_808, "vgg16": 138_357_544, "vgg19": 143_667_240, "squeezenet1_0": 1_248_424,
    "squeezenet1_1": 1_235_496, "mobilenet_v2": 3_504_872, "inception_v1": 6_624_904, "inception_v1_aux": 13_004_888,
    "ssd300_vgg16": 35_641_826,
    # torchvision with 990 classes less
    "resnet50:classes=10,size=64": 25_557_032 - 990 * (2048 + 1),
    # amdegroot/ssd.pytorch, the classes of VOC
    "ssd300_vgg16:classes=21": 26_285_486,
    # Caffe's bvlc_googlenet
    "inception_v1_no_bn": 6_998_552,
    # Keras: 4,253,864, of which 21,888 are running statistics
    "mobilenet_v1": 4_253_864 - 21_888,
    # osmr/imgclsmob
    "mobilenet_v1:width=0.75": 2_585_560, "mobilenet_v1:width=0.5": 1_331_592, "mobilenet_v1:width=0.25": 470_072,
    # He et al., 2015, section 4.2, with shortcuts of convolutions (PyTorch ports of it) and of zeros
    "resnet20": 272_474, "resnet32": 466_906, "resnet44": 661_338, "resnet56": 855_770, "resnet110": 1_730_714,
    "resnet20:shortcut=A": 269_722, "resnet32:shortcut=A": 464_154, "resnet44:shortcut=A": 658_586,
    "resnet56:shortcut=A": 853_018, "resnet110:shortcut=A": 1_727_962,
    # bert-base-uncased, and a classifier of two classes; BERT-Tiny (Turc et al., 2019), and its pooler alone
    "bert": 109_482_240 + 768 * 2 + 2,
    "bert:hidden=128,layers=2,heads=2,intermediate=512": 4_385_920 + 128 * 2 + 2,
    "bert:hidden=128,layers=2,heads=2,intermediate=512,classes=0": 4_385_920,
}

# Millions, to as many digits as were published.
ROUNDED = {
    # He et al., 2015, table 6
    "resnet20:shortcut=A": "0.27", "resnet32:shortcut=A": "0.46", "resnet44:shortcut=A": "0.66",
    "resnet56:shortcut=A": "0.85", "resnet110:shortcut=A": "1.7",
    # OpenVINO's Open Model Zoo, from the authors' Caffe models
    "ssd300_vgg16:classes=21": "26.285", "ssd512_vgg16": "27.189",
    # Zaremba et al., 2014, medium and large, as Merity et al., 2016, count them
    "ptb:hidden=650": "20", "ptb:hidden=1500": "66",
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


def cnn(embedding, channels, windows):
    return sum(conv(embedding, channels, window) for window in windows)


def inception_v2(late_pool=96, bias=False):
    """Ioffe and Szegedy, 2015: 1x1, reduced and 3x3, reduced and two 3x3, behind the pooling.

    late_pool: channels behind the pooling of 4c and 4d, of which BigDL has 96 and Caffe 128.
    """
    def step(inputs, outputs, size):
        return normed(inputs, outputs, size, bias)

    modules = [(64, 64, 64, 64, 96, 32), (64, 64, 96, 64, 96, 64), (0, 128, 160, 64, 96, 0),
               (224, 64, 96, 96, 128, 128), (192, 96, 128, 96, 128, 128), (160, 128, 160, 128, 160, late_pool),
               (96, 128, 192, 160, 192, late_pool), (0, 128, 192, 192, 256, 0),
               (352, 192, 320, 160, 224, 128), (352, 192, 320, 192, 224, 128)]
    total, channels = step(3, 64, 7) + step(64, 64, 1) + step(64, 192, 3), 192
    for one, reduce3, three, reduce5, twice, pool in modules:
        total += step(channels, reduce3, 1) + step(reduce3, three, 3)
        total += step(channels, reduce5, 1) + step(reduce5, twice, 3) + step(twice, twice, 3)
        # Modules that halve the image have neither and pass the pooled input on.
        total += step(channels, one, 1) + step(channels, pool, 1)
        channels = (one + pool or channels) + three + twice
    return total + linear(channels, 1000)


def vgg_features(normalized=False):
    widths = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
    return sum(conv(a, b, 3, 3) + (2 * b if normalized else 0) for a, b in zip(widths, widths[1:]))


def heads(channels, boxes, classes):
    return sum(conv(c, b * (classes + 4), 3, 3) for c, b in zip(channels, boxes))


def ssd512(classes):
    """Liu et al., 2016, section 3.3 of the journal's version: one feature map more than SSD300."""
    extras = [(512, 1024, 3), (1024, 1024, 1), (1024, 256, 1), (256, 512, 3)] + 3 * [(512, 128, 1), (128, 256, 3)]
    extras[6], extras[8] = (256, 128, 1), (256, 128, 1)
    extras += [(256, 128, 1), (128, 256, 4)]
    sources = [512, 1024, 512, 256, 256, 256, 256]
    return (vgg_features() + 512 + sum(conv(i, o, k, k) for i, o, k in extras)
            + heads(sources, [4, 6, 6, 6, 6, 4, 4], classes))


def mobilenet_features():
    widths = [32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
    pairs = sum(a * 9 + 2 * a + normed(a, b, 1) for a, b in zip(widths, widths[1:]))
    return normed(3, 32, 3) + pairs


def ssd_mobilenet(classes):
    """With heads of 3x3; the Caffe form has 1x1 there."""
    extras = [(1024, 256, 512), (512, 128, 256), (256, 128, 256), (256, 64, 128)]
    extra = sum(normed(a, b, 1) + normed(b, c, 3) for a, b, c in extras)
    return mobilenet_features() + extra + heads([512, 1024, 512, 256, 256, 128], [3, 6, 6, 6, 6, 6], classes)


def resnet8(classes):
    stages = [(16, 16), (16, 32), (32, 64)]
    blocks = sum(normed(a, b, 3) + normed(b, b, 3) + (normed(a, b, 1) if a != b else 0) for a, b in stages)
    return normed(1, 16, 3) + blocks + linear(64, classes)


def block(width):
    """Attention, a net and two normalizations of a Transformer."""
    return 4 * linear(width, width) + net(width, 4 * width, width) + 4 * width


def transformer(classes, width=128):
    return 10_000 * width + 64 * width + 2 * block(width) + 2 * width + linear(width, classes)


def ptb(layers, hidden=200, vocabulary=10_000):
    return vocabulary * hidden + layers + linear(hidden, vocabulary)


def seq2seq(count):
    """The decoder's input is a target's embedding and the encoder's last state."""
    return (2 * 50 * 32 + gates(count, 32, 64) + gates(count, 32 + 64, 64)
            + linear(128, 64) + linear(64, 50))


def tree_lstm(embedding):
    """A leaf's cell and output; of a node the input, output and update, and what it forgets of each child."""
    return 20_000 * embedding + 2 * linear(embedding, 150) + 5 * linear(2 * 150, 150) + linear(150, 5)


def vae(latent):
    return linear(784, 400) + 2 * linear(400, latent) + net(latent, 400, 784)


def vgg16_cifar(classes):
    return vgg_features(normalized=True) + linear(512, 512) + 2 * 512 + linear(512, classes)


FROM_LAYERS = {
    "anomaly_detector": gates(4, 1, 8) + gates(4, 8, 32) + gates(4, 32, 15) + linear(15, 1),
    "anomaly_detector:features=3,hidden=[8],dropouts=[0.1]": gates(4, 3, 8) + linear(8, 1),
    "autoencoder": net(784, 32, 784),
    "autoencoder:size=100,hidden=7": net(100, 7, 100),
    "inception_v2": inception_v2(),
    "knrm": 5000 * 50 + linear(21, 1),
    "knrm:vocabulary=100,kernels=11,texts=1": 100 * 50 + linear(11, 1),
    "lenet5": conv(1, 6, 5, 5) + conv(6, 12, 5, 5) + net(192, 100, 10),
    "lenet5:classes=26": conv(1, 6, 5, 5) + conv(6, 12, 5, 5) + net(192, 100, 26),
    "lstm": 2 * gates(4, 512, 512) + linear(512, 10),
    "lstm:classes=3": 2 * gates(4, 512, 512) + linear(512, 3),
    "mlp": net(784, 256, 128, 10),
    "mlp:classes=3": net(784, 256, 128, 3),
    "ncf": (1000 + 2000) * (8 + 32) + net(64, 64, 32, 16) + linear(16 + 8, 1),
    "ncf:users=943,items=1682,factors=16,embedding=16,hidden=[32,16]":
        (943 + 1682) * (16 + 16) + net(32, 32, 16) + linear(16 + 16, 1),
    "ptb": ptb(2 * gates(4, 200, 200)),
    "ptb:cell=GRU": ptb(2 * gates(3, 200, 200)),
    "ptb:cell=RNN": ptb(2 * gates(1, 200, 200)),
    "ptb:cell=Transformer": ptb(2 * block(200)),
    "ptb:layers=3,vocabulary=100": ptb(3 * gates(4, 200, 200), vocabulary=100),
    "ptb:hidden=650": ptb(2 * gates(4, 650, 650), hidden=650),
    "resnet8": resnet8(10),
    "resnet8:classes=3": resnet8(3),
    "seq2seq": seq2seq(3),
    "seq2seq:cell=LSTM": seq2seq(4),
    "seq2seq:cell=RNN": seq2seq(1),
    "session_recommender": 500 * 100 + gates(3, 100, 40) + gates(3, 40, 20) + linear(20, 500),
    "session_recommender:history_steps=10":
        2 * 500 * 100 + gates(3, 100, 40) + gates(3, 40, 20) + linear(20, 500) + net(100, 40, 20, 500),
    "simple_rnn": 4001 * 40 + gates(1, 40, 40) + linear(40, 4001),
    "simple_rnn:hidden=7": 4001 * 7 + gates(1, 7, 7) + linear(7, 4001),
    "ssd512_vgg16": ssd512(21),
    "ssd_mobilenet": ssd_mobilenet(21),
    "ssd_mobilenet:classes=3": ssd_mobilenet(3),
    "text_classifier": 20_000 * 50 + cnn(50, 128, (3, 4, 5)) + linear(3 * 128, 20),
    "text_classifier:windows=[2,3]": 20_000 * 50 + cnn(50, 128, (2, 3)) + linear(2 * 128, 20),
    "text_classifier:encoder=lstm": 20_000 * 50 + gates(4, 50, 128) + linear(128, 20),
    "text_classifier:encoder=gru": 20_000 * 50 + gates(3, 50, 128) + linear(128, 20),
    "transformer": transformer(10),
    "transformer:classes=4": transformer(4),
    "tree_lstm": tree_lstm(50),
    "tree_lstm:embedding=300": tree_lstm(300),
    "vae": vae(20),
    "vae:latent=2": vae(2),
    "vgg16_cifar": vgg16_cifar(10),
    "vgg16_cifar:classes=100": vgg16_cifar(100),
    # Sums of weights of crosses, embeddings beside 30 numbers, and a deep part.
    "widedeep": 10_000 * 2 + 4 * 1000 * 16 + net(30 + 4 * 16, 100, 75, 50, 25, 2),
    "widedeep:dense=3,category_ids=[10,20],classes=3":
        10_000 * 3 + (10 + 20) * 16 + net(3 + 2 * 16, 100, 75, 50, 25, 3),
}


def count(name):
    return Model.named(name).describe()["params"]


@pytest.mark.parametrize("name, expected", [*PUBLISHED.items(), *FROM_LAYERS.items()])
def test_parameters(name, expected):
    assert count(name) == expected


@pytest.mark.parametrize("name, millions", ROUNDED.items())
def test_parameters_are_those_published_in_millions(name, millions):
    digits = len(millions.partition(".")[2])
    assert f"{count(name) / 1e6:.{digits}f}" == millions


def test_the_sum_for_bn_inception_is_the_published_one_in_caffes_form():
    """osmr/imgclsmob has it from there, with biases of convolutions beside the normalizations."""
    assert inception_v2(late_pool=128, bias=True) == 11_295_240


def test_every_model_has_a_row():
    rows = {name.partition(":")[0] for name in [*PUBLISHED, *FROM_LAYERS]}
    assert set(Model.names()) == rows
