"""PyTorch's side of bench:engine: reads `NAME PRECISION` lines, writes the milliseconds of one run each.

The first run of each is a warm-up and is not reported: the caller only sees warm times.
"""

import sys
import time

import torch
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


def workload(name, precision):
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
    cast = lambda: torch.autocast(device, dtype=torch.bfloat16, enabled=precision == 'bfloat16')
    if name.endswith('inference'):

        def infer():
            with torch.no_grad(), cast():
                return loss().item()

        return infer
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-4)
    average = [p.detach().clone() for p in net.parameters()]

    def step():
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
    name, precision = line.split()
    if (name, precision) not in ready:
        ready[name, precision] = workload(name, precision)
        if ready[name, precision]:
            ready[name, precision]()
    run = ready[name, precision]
    if run is None:
        print('none', flush=True)
        continue
    started = time.perf_counter()
    run()
    print((time.perf_counter() - started) * 1000, flush=True)
