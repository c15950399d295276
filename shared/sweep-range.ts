import { z } from 'zod'
import { AppError } from './errors.ts'

/** What one setting may be: one of several values, or anything between two numbers, on a logarithmic scale above 0. */
export const range = z.union([
  z.strictObject({ values: z.array(z.unknown()).min(1).max(1000) }),
  z.strictObject({ low: z.number(), high: z.number(), isWhole: z.boolean().default(false) }),
])
export type Range = z.infer<typeof range>

/**
 * `8, 16, 32`, lists by `[16,32] | [32,64]`, or `0.0005..0.005`; between whole bounds whole numbers are drawn.
 * @throws AppError `bad-input` naming the setting
 */
export function parseRange(name: string, text: string): Range {
  const bounds = /^\s*([-+.\de]+)\.\.([-+.\de]+)\s*$/i.exec(text)
  if (bounds) {
    const [low, high] = [Number(bounds[1]), Number(bounds[2])]
    if (!(low < high)) throw new AppError('bad-input', `${name}: expected low..high, got '${text}'`)
    const isWhole = [bounds[1], bounds[2]].every((bound) => /^[-+]?\d+$/.test(bound!)) && high - low > 1
    return { low, high, isWhole }
  }
  const parts = (text.includes('[') ? text.split('|') : text.split(',')).map((part) => part.trim())
  const values = parts.filter(Boolean).map(parseValue)
  if (values.length === 0)
    throw new AppError('bad-input', `${name}: expected values such as 8, 16 or low..high, got nothing`)
  return { values }
}

/** JSON where it is some, else text. */
export function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** So many trials has a grid; null where a range has no end of values. */
export function gridCount(ranges: Readonly<Record<string, Range>>): number | null {
  let count = 1
  for (const one of Object.values(ranges)) {
    if (!('values' in one)) return null
    count *= one.values.length
  }
  return count
}
