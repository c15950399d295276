/**
 * Exponential and logarithm that give the same bits in every JavaScript engine. The standard leaves the last
 * digits of Math.exp, Math.log and Math.pow to the engine, so seeded noise must not call them. These use only
 * + - * / on IEEE doubles and the bits of a double. Both follow Sun's fdlibm (e_exp.c, e_log.c, 1993; freely
 * usable with this notice: "Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at
 * SunPro. Permission to use, copy, modify, and distribute this software is freely granted, provided that this
 * notice is preserved."), error below 1 unit in the last place.
 */

const word = new Float64Array(1)
const halves = new Int32Array(word.buffer)
const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
const low = littleEndian ? 0 : 1
const high = littleEndian ? 1 : 0

const ln2High = 0.6931471803691238
const ln2Low = 1.9082149292705877e-10

/** Natural logarithm. Negative: NaN; zero: -Infinity. */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN
  if (x === Infinity) return Infinity
  let exponent = 0
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984 // 2^54: subnormal numbers have no hidden bit
    exponent = -54
  }
  word[0] = x
  let top = halves[high]
  exponent += (top >> 20) - 1023
  top &= 0xfffff
  // The mantissa goes to [sqrt(1/2), sqrt(2)), where the series is shortest.
  const shift = (top + 0x95f64) & 0x100000
  halves[high] = top | (shift ^ 0x3ff00000)
  exponent += shift >> 20
  const f = word[0] - 1
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373))
  const odd =
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)))
  const half = 0.5 * f * f
  return exponent * ln2High - (half - (s * (half + even + odd) + exponent * ln2Low) - f)
}

/** e to the power of x: 0 below -745.13, Infinity above 709.78. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN
  if (x > 709.782712893384) return Infinity
  if (x < -745.1332191019411) return 0
  const k = Math.floor(x * Math.LOG2E + 0.5)
  const upper = x - k * ln2High
  const lower = k * ln2Low
  const r = upper - lower
  const t = r * r
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))))
  const y = 1 - (lower - (r * c) / (2 - c) - upper)
  if (k < -1021) return y * powerOfTwo(k + 1000) * powerOfTwo(-1000)
  return k > 1023 ? y * 2 * powerOfTwo(k - 1) : y * powerOfTwo(k)
}

/** x to the power of y, for x >= 0; relative error below 1e-14 where |y ln x| < 20. */
export function pow(x: number, y: number): number {
  if (x === 0) return y === 0 ? 1 : y > 0 ? 0 : Infinity
  return exp(y * ln(x))
}

function powerOfTwo(k: number): number {
  halves[low] = 0
  halves[high] = (k + 1023) << 20
  return word[0]
}
