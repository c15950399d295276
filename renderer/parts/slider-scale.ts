/** How a slider's places stand for values. */
export interface SliderScale {
  readonly min: number
  readonly max: number
  readonly step: number
  /** equal distances for equal ratios, from `min` up; where that is 0, from one step up, and 0 at the very left */
  readonly logarithmic: boolean
}

/** 0 to 1 */
export function shareOf(value: number, { min, max, step, logarithmic }: SliderScale): number {
  if (!logarithmic) return (value - min) / (max - min)
  const least = min || step
  return value <= least ? 0 : Math.log(value / least) / Math.log(max / least)
}

/** @param share 0 to 1 */
export function valueAt(share: number, scale: SliderScale): number {
  const { min, max, step, logarithmic } = scale
  if (!logarithmic) return snapped(min + share * (max - min), scale)
  const least = min || step
  return snapped(share <= 0 ? min : least * (max / least) ** share, scale)
}

/** The value that an arrow key leads to. */
export function stepped(value: number, steps: number, scale: SliderScale): number {
  const by = scale.logarithmic ? Math.max(scale.step, snapped(value * 0.02, scale)) : scale.step
  return snapped(value + steps * by, scale)
}

function snapped(value: number, { min, max, step, logarithmic }: SliderScale): number {
  const whole = Math.round(value / step) * step
  // Three digits are as fine as ratios are seen; twelve take the dust off binary fractions.
  return Math.min(Math.max(Number(whole.toPrecision(logarithmic ? 3 : 12)), min), max)
}

/** As people read it: decimals as those of the step, or where these are many, three digits and a power of ten. */
export function shownValue(value: number, { step }: SliderScale, digits?: number): string {
  const places = digits ?? Math.max(0, -Math.floor(Math.log10(step)))
  if (places <= 4) return value.toFixed(places)
  const short = Number(value.toPrecision(3))
  return short !== 0 && Math.abs(short) < 1e-3 ? short.toExponential() : String(short)
}
