import { AppError } from '../errors.ts'
import type { FloatImage } from '../image.ts'
import type { Random } from '../random.ts'

/** A parameter that is a number: one slider of a form, one `--set name=value` of the command line. */
export interface NumberParameter {
  readonly kind: 'number'
  readonly name: string
  readonly title: string
  readonly unit: string
  readonly min: number
  readonly max: number
  /** What a slider moves by; other values between min and max are valid too, unless `whole`. */
  readonly step: number
  readonly default: number
  /** Only whole numbers are valid. */
  readonly whole?: true
  /** Ratios count: a slider has equal distances for them, and 0 at its end. */
  readonly logarithmic?: true
}

/** A parameter that is one of a few words. */
export interface ChoiceParameter {
  readonly kind: 'choice'
  readonly name: string
  readonly title: string
  readonly choices: readonly { readonly value: string; readonly title: string }[]
  readonly default: string
}

export type Parameter = NumberParameter | ChoiceParameter

/** Parameters as they come from a form, a file or the command line; numbers may be written as text. */
export type GivenParameters = Readonly<Record<string, number | string>>

type Values<P extends readonly Parameter[]> = {
  readonly [Q in P[number] as Q['name']]: Q extends ChoiceParameter ? Q['choices'][number]['value'] : number
}

/** One way to damage a picture. */
export interface NoiseModel {
  readonly id: string
  readonly title: string
  /** One line. */
  readonly description: string
  readonly parameters: readonly Parameter[]
  /** Grey images are refused. */
  readonly colourOnly: boolean
  /**
   * A new image with noise; the given one stays as it is. Nothing is clipped or rounded. The noise belongs to the
   * whole image: cut tiles after adding it, not before. Missing parameters take their defaults.
   * @throws AppError bad-input for an unknown or invalid parameter, or a grey image where colour is needed
   */
  apply(image: FloatImage, parameters: GivenParameters, random: Random): FloatImage
  /** Of models that lose pixels whole: those that `apply` would lose, marked by 1 in width * height bytes. */
  missing?(size: { width: number; height: number }, parameters: GivenParameters, random: Random): Uint8Array
}

/** A noise model whose `add` receives checked, complete and typed parameters. */
export function defineNoise<const P extends readonly Parameter[]>(definition: {
  id: string
  title: string
  description: string
  parameters: P
  colourOnly?: boolean
  add: (image: FloatImage, values: Values<P>, random: Random) => FloatImage
}): NoiseModel {
  const { id, title, description, parameters, colourOnly = false, add } = definition
  return {
    id,
    title,
    description,
    parameters,
    colourOnly,
    apply(image, given, random) {
      if (colourOnly && image.channels === 1) {
        throw new AppError('bad-input', `noise "${id}" needs a colour image of 3 channels, got a grey one`)
      }
      return add(image, resolveParameters(id, parameters, given) as Values<P>, random)
    },
  }
}

/**
 * Checks parameters against their list, turns text into numbers and fills in defaults.
 * @param owner what they belong to, for messages
 * @throws AppError bad-input
 */
export function resolveParameters(
  owner: string,
  parameters: readonly Parameter[],
  given: GivenParameters,
): Record<string, number | string> {
  for (const name of Object.keys(given)) {
    if (parameters.some((parameter) => parameter.name === name)) continue
    const known = parameters.map((parameter) => parameter.name).join(', ') || 'none'
    throw new AppError('bad-input', `noise "${owner}" has no parameter "${name}"; it has: ${known}`)
  }
  return Object.fromEntries(
    parameters.map((parameter) => [parameter.name, resolve(owner, parameter, given[parameter.name])]),
  )
}

function resolve(owner: string, parameter: Parameter, value: number | string | undefined): number | string {
  if (value === undefined) return parameter.default
  const received = typeof value === 'string' ? `"${value}"` : String(value)
  if (parameter.kind === 'choice') {
    if (parameter.choices.some((choice) => choice.value === value)) return value
    const words = parameter.choices.map((choice) => choice.value).join(', ')
    throw new AppError('bad-input', `${owner}.${parameter.name} must be one of ${words}, got ${received}`)
  }
  const number = typeof value === 'string' && value.trim() === '' ? NaN : Number(value)
  const { min, max, whole } = parameter
  if (number >= min && number <= max && (!whole || Number.isInteger(number))) return number
  const kind = whole ? 'a whole number' : 'a number'
  throw new AppError(
    'bad-input',
    `${owner}.${parameter.name} must be ${kind} from ${min} to ${max}, got ${received}`,
  )
}
