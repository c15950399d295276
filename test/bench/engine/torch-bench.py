"""PyTorch's side of bench:engine: reads `NAME PRECISION [HxW ...]` lines, writes the milliseconds of one run each: passed, and
of processor time.

The sizes are those of the pictures of one run, where there are several: a photo's tiles.

The first run of each is a warm-up and is not reported: the caller only sees warm times.
"""

import json
import pathlib
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1)
torch.set_num_threads(int(sys.argv[1]))
device = 'cuda' if torch.cuda.is_available() else 'cpu'


class Convolutions(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv2d(inputs, outputs, size, stride, padding=size // 2) for inputs, outputs, size, stride in layers
        )

    def forward(self, x):
        for conv in self.convs[:-1]:
            x = torch.relu(conv(x))
        return self.convs[-1](x)


PLAIN = [(3, 64, 3, 1)] + [(64, 64, 3, 1)] * 6 + [(64, 3, 3, 1)]
HALVING = [(3, 128, 5, 2)] + [(128, 128, 5, 2)] * 3


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a = nn.Conv2d(width, width, 3, padding=1)
        self.b = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x):
        return x + self.b(torch.relu(self.a(x)))


def residuals(width, count):
    return nn.Sequential(*[Residual(width) for _ in range(count)])


class Denoiser(nn.Module):
    """The bundled denoiser's layers: a residual U-Net on 2x2 pixels, told the noise level as a map."""

    def __init__(self, widths, blocks):
        super().__init__()
        steps = list(zip(widths, widths[1:]))
        self.head = nn.Conv2d(13, widths[0], 3, padding=1)
        self.encoder = nn.ModuleList(residuals(w, b) for w, b in zip(widths[:-1], blocks))
        self.down = nn.ModuleList(nn.Conv2d(a, b, 2, stride=2) for a, b in steps)
        self.middle = residuals(widths[-1], blocks[-1])
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, stride=2) for a, b in steps)
        self.decoder = nn.ModuleList(residuals(w, b) for w, b in zip(widths[:-1], blocks))
        self.tail = nn.Conv2d(widths[0], 12, 3, padding=1)

    def forward(self, noisy):
        height, width = noisy.shape[2:]
        x = F.pixel_unshuffle(F.pad(noisy, (0, -width % 8, 0, -height % 8), mode='replicate'), 2)
        x = self.head(torch.cat([x, torch.full_like(x[:, :1], 15 / 255)], 1))
        skips = []
        for blocks, down in zip(self.encoder, self.down):
            x = blocks(x)
            skips.append(x)
            x = down(x)
        x = self.middle(x)
        for up, blocks in zip(reversed(self.up), reversed(self.decoder)):
            x = blocks(up(x) + skips.pop())
        return noisy - F.pixel_shuffle(self.tail(x), 2)[:, :, :height, :width]


class LeakyResidual(Residual):
    def forward(self, x):
        return x + self.b(F.leaky_relu(self.a(x), 0.125))


def leaky_residuals(width, count):
    return [LeakyResidual(width) for _ in range(count)]


class CodecAnalysis(nn.Module):
    """The bundled codec's layers from pixels to latents and hyper-latents; the linear path stays in float32."""

    def __init__(self, width, blocks, latents, hyper, **_):
        super().__init__()
        self.linear = nn.Conv2d(768, latents, 1, bias=False)
        self.rest = nn.Sequential(
            nn.PixelUnshuffle(8),
            nn.Conv2d(192, width, 3, padding=1),
            *leaky_residuals(width, blocks),
            nn.Conv2d(width, latents, 2, stride=2),
        )
        self.hyper = nn.Sequential(
            nn.Conv2d(latents, hyper, 3, padding=1),
            nn.LeakyReLU(0.125),
            nn.Conv2d(hyper, hyper, 4, stride=2, padding=1),
            nn.LeakyReLU(0.125),
            nn.Conv2d(hyper, hyper, 4, stride=2, padding=1),
        )
        self.log_std = nn.Parameter(torch.zeros(1, latents, 1, 1))

    def forward(self, x):
        x = x - 0.5
        with torch.autocast(device, enabled=False):
            linear = self.linear(F.pixel_unshuffle(x, 16))
        latents = linear + self.rest(x)
        return latents, self.hyper(latents * torch.exp(-self.log_std))


class CodecSynthesis(nn.Module):
    """The bundled codec's layers from decoded latents to pixels; the linear path stays in float32."""

    def __init__(self, width, blocks, latents, **_):
        super().__init__()
        self.linear = nn.Conv2d(latents, 768, 1, bias=False)
        self.rest = nn.Sequential(
            nn.ConvTranspose2d(latents, width, 2, stride=2),
            *leaky_residuals(width, blocks),
            nn.Conv2d(width, 192, 3, padding=1),
            nn.PixelShuffle(8),
        )
        self.log_std = nn.Parameter(torch.zeros(1, latents, 1, 1))

    def forward(self, y):
        with torch.autocast(device, enabled=False):
            linear = F.pixel_shuffle(self.linear(y), 16)
        return linear + self.rest(y * torch.exp(-self.log_std)) + 0.5


def bundled(name):
    """The options of a bundled model's architecture, as its card states them."""
    card = pathlib.Path(__file__).parents[3] / 'assets' / 'models' / name / 'card.json'
    return json.loads(card.read_text())['architecture']['options']


def pictures(net, inputs):
    """Whole pictures from memory through a network and back into memory; to warm up, one of each size."""
    net = net.to(device, memory_format=torch.channels_last)
    sizes = {x.shape: x for x in inputs}

    def run(warm_up=False):
        for x in sizes.values() if warm_up else inputs:
            made = net(x.to(device).contiguous(memory_format=torch.channels_last))
            for part in made if isinstance(made, tuple) else (made,):
                part.float().cpu()

    return run


def convolutions(layers, shape):
    net = Convolutions(layers).to(device, memory_format=torch.channels_last)
    x = torch.rand(shape, device=device).to(memory_format=torch.channels_last)
    return net, x, lambda: net(x).square().mean()


def dense():
    widths = [784, 128, 64, 32, 16, 32, 64, 128, 784]
    modules = []
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        modules.append(nn.Linear(a, b))
        if i not in (3, 7):
            modules.append(nn.ReLU())
    net = nn.Sequential(*modules, nn.Sigmoid()).to(device)
    x = torch.rand(128, 784, device=device)
    return net, x, lambda: (net(x) - x).square().mean()


def workload(name, precision, sizes):
    cast = lambda: torch.autocast(device, dtype=torch.bfloat16, enabled=precision == 'bfloat16')
    photo = {
        'photo': lambda: pictures(Denoiser(**bundled('denoiser')), [torch.rand(1, 3, *size) for size in sizes]),
        'codec-analysis': lambda: pictures(CodecAnalysis(**bundled('codec')), [torch.rand(1, 3, *size) for size in sizes]),
        'codec-synthesis': lambda: pictures(
            CodecSynthesis(**bundled('codec')),
            [torch.rand(1, bundled('codec')['latents'], *(side // 16 for side in size)) for size in sizes],
        ),
    }.get(name.removesuffix('-tile'))
    if photo:
        every_tile = photo()

        def passes(warm_up=False):
            with torch.no_grad(), cast():
                every_tile(warm_up)

        return passes
    make = {
        'conv-inference': lambda: convolutions(PLAIN, (1, 3, 512, 768)),
        'conv-training': lambda: convolutions(PLAIN, (16, 3, 64, 64)),
        'strided-inference': lambda: convolutions(HALVING, (1, 3, 512, 768)),
        'strided-training': lambda: convolutions(HALVING, (8, 3, 256, 256)),
        'dense-training': dense,
    }.get(name)
    if make is None:
        return None
    net, _, loss = make()
    if name.endswith('inference'):

        def infer(warm_up=False):
            with torch.no_grad(), cast():
                return loss().item()

        return infer
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-4)
    average = [p.detach().clone() for p in net.parameters()]

    def step(warm_up=False):
        optimizer.zero_grad(set_to_none=True)
        with cast():
            value = loss()
        value.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, list(net.parameters()), 0.01)
        return value.item()

    return step


print(torch.__version__, device, flush=True)
ready = {}
for line in sys.stdin:
    name, precision, *sizes = line.split()
    if (name, precision) not in ready:
        ready[name, precision] = workload(name, precision, [[int(side) for side in size.split('x')] for size in sizes])
        if ready[name, precision]:
            ready[name, precision](warm_up=True)
    run = ready[name, precision]
    if run is None:
        print('none', flush=True)
        continue
    started, used = time.perf_counter(), time.process_time()
    run()
    print((time.perf_counter() - started) * 1000, (time.process_time() - used) * 1000, flush=True)
