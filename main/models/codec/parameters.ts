import { convSpecs, convTransposeSpecs, residualSpecs } from '../layers/conv.ts'
import { type ParameterSpec, uniformStart, zeroStart } from '../layers/parameters.ts'
import { type CodecOptions, lambdas, levels } from './options.ts'

/** Sum of the latents decoded before each group. */
export function groupStarts(groups: readonly number[]): number[] {
  return groups.map((_, k) => groups.slice(0, k).reduce((sum, size) => sum + size, 0))
}

/** Every weight of the codec, under the names of its PyTorch twin. */
export function codecParameters(options: CodecOptions): ParameterSpec[] {
  const { width, blocks, latents, hyper, context, groups } = options
  const starts = groupStarts(groups)
  const middle = (name: string, first: number) =>
    Array.from({ length: blocks }, (_, k) => residualSpecs(`${name}.${first + k}`, width, 0.3)).flat()
  return [
    ...[klt('klt_analysis', latents, 768), klt('klt_synthesis', 768, latents)],
    { name: 'log_std', layout: 'plain', shape: [1, latents, 1, 1], start: zeroStart },
    ...convSpecs('analysis.1', 192, width, 3),
    ...middle('analysis', 2),
    ...withoutBias(convSpecs(`analysis.${blocks + 2}`, width, latents, 2, 0.05)),
    ...convTransposeSpecs('synthesis.0', latents, width, 2),
    ...middle('synthesis', 1),
    ...withoutBias(convSpecs(`synthesis.${blocks + 1}`, width, 192, 3, 0.02)),
    ...convSpecs('hyper_analysis.0', latents, hyper, 3),
    ...convSpecs('hyper_analysis.2', hyper, hyper, 4),
    ...convSpecs('hyper_analysis.4', hyper, hyper, 4, 3),
    ...convTransposeSpecs('hyper_synthesis.0', hyper, hyper, 4),
    ...convTransposeSpecs('hyper_synthesis.2', hyper, context, 4),
    ...groups.flatMap((size, k) => [
      ...(k > 0 ? convSpecs(`from_groups.${k}`, starts[k]!, context, 3) : []),
      convSpecs(`from_anchors.${k}`, size, context, 5)[0]!,
      ...convSpecs(`parameters_of.${k}.1`, context, context, 1),
      ...withoutBias(convSpecs(`parameters_of.${k}.3`, context, 2 * size, 1, 0.1)),
    ]),
    // log of 1 / step; at high rate step^2 / 12 = 2.16 / lambda
    table('log_gain', latents, (level) => 0.5 * Math.log(lambdas[level]! / 26)),
    table('log_inverse_gain', latents, (level) => -0.5 * Math.log(lambdas[level]! / 26)),
    table('log_gain_z', hyper, (level) => level / (levels - 1)),
    table('mean_z', hyper, () => 0),
    table('log_scale_z', hyper, () => Math.log(2)),
  ]
}

function klt(name: string, outputs: number, inputs: number): ParameterSpec {
  return { name, layout: 'conv', shape: [outputs, inputs, 1, 1], start: uniformStart(inputs, 0) }
}

/** Biases that start at 0. */
function withoutBias([weight, bias]: ParameterSpec[]): ParameterSpec[] {
  return [weight!, { ...bias!, start: zeroStart }]
}

/** One value per level and channel, starting the same in all channels of a level. */
function table(name: string, channels: number, value: (level: number) => number): ParameterSpec {
  return {
    ...{ name, layout: 'plain', shape: [levels, channels] },
    start: (_random, count) =>
      Float32Array.from({ length: count }, (_, i) => value(Math.floor(i / channels))),
  }
}
