import type { Random } from '../../random.ts'
import { defineNoise, type NoiseModel, type Parameter, resolveParameters } from '../model.ts'

/** What takes the place of lost pixels. */
const fillParameter = {
  kind: 'choice',
  name: 'fill',
  title: 'Lost pixels are',
  choices: [
    { value: 'black', title: 'Black' },
    { value: 'grey', title: 'Grey' },
    { value: 'white', title: 'White' },
  ],
  default: 'black',
} as const
const fills = { black: 0, grey: 0.5, white: 1 } as const

type Numbers<P extends readonly Parameter[]> = { readonly [Q in P[number] as Q['name']]: number } & {
  readonly axis?: 'rows' | 'columns'
}

/**
 * A noise model that loses pixels whole and leaves the others as they are.
 * @param definition `missing` marks the lost pixels with 1 in width * height bytes
 */
export function defineDamage<const P extends readonly Parameter[]>(definition: {
  id: string
  title: string
  description: string
  parameters: P
  missing: (size: { width: number; height: number }, values: Numbers<P>, random: Random) => Uint8Array
}): NoiseModel {
  const { id, title, description, missing } = definition
  const parameters = [...definition.parameters, fillParameter] as const
  const model = defineNoise({
    ...{ id, title, description, parameters },
    add(image, given, random) {
      const lost = missing(image, given as unknown as Numbers<P>, random)
      const fill = fills[(given as { fill: keyof typeof fills }).fill]
      const data = image.data.slice()
      for (const [i, isLost] of lost.entries()) {
        if (isLost) data.fill(fill, i * image.channels, (i + 1) * image.channels)
      }
      return { ...image, data }
    },
  })
  return {
    ...model,
    missing: (size, given, random) =>
      missing(size, resolveParameters(id, parameters, given) as unknown as Numbers<P>, random),
  }
}

export function percentOf(name: string, title: string, unit: string, fallback: number) {
  return { kind: 'number', name, title, unit, min: 0, max: 90, step: 1, default: fallback } as const
}

export function pixelsOf(name: string, title: string, min: number, max: number, fallback: number) {
  const whole = { whole: true as const }
  return {
    kind: 'number',
    name,
    title,
    unit: 'pixels',
    min,
    max,
    step: 1,
    default: fallback,
    ...whole,
  } as const
}
