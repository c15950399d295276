import type { NumberParameter } from './model.ts'

/** Parameters that several noise models share. */

/** Standard deviation in steps of an 8-bit file (1 / 255). */
export function sigma255Of<const N extends string = 'sigma255'>(
  options: { name?: N; title?: string; default?: number } = {},
) {
  return {
    kind: 'number',
    name: (options.name ?? 'sigma255') as N,
    title: options.title ?? 'Strength',
    unit: 'levels of 255',
    min: 0,
    max: 100,
    step: 1,
    default: options.default ?? 25,
  } as const satisfies NumberParameter
}

/** Whether the three channels of a colour image get their own noise or the same; grey images ignore it. */
export const channelsParameter = {
  kind: 'choice',
  name: 'channels',
  title: 'Channels',
  choices: [
    { value: 'colour', title: 'Each its own' },
    { value: 'grey', title: 'All the same' },
  ],
  default: 'colour',
} as const

export const isoParameter = {
  kind: 'number',
  name: 'iso',
  title: 'ISO',
  unit: 'ISO',
  min: 50,
  max: 102400,
  step: 50,
  default: 3200,
  whole: true,
} as const satisfies NumberParameter

/** Standard deviation of a Gaussian blur. */
export function blurRadiusOf(fallback: number) {
  return {
    kind: 'number',
    name: 'blurRadius',
    title: 'Blur radius',
    unit: 'pixels',
    min: 0,
    max: 8,
    step: 0.1,
    default: fallback,
  } as const satisfies NumberParameter
}

/** Names the camera whose fixed pattern is wanted; 0 draws a new pattern from the seed. */
export const cameraParameter = {
  kind: 'number',
  name: 'camera',
  title: 'Camera number (0: a new one for each seed)',
  unit: '',
  min: 0,
  max: 999999,
  step: 1,
  default: 0,
  whole: true,
} as const satisfies NumberParameter
