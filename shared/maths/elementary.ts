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

const ln2High = 6.9314718036912381649e-1
const ln2Low = 1.90821492927058770002e-10

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
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1))
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)))
  const half = 0.5 * f * f
  return exponent * ln2High - (half - (s * (half + even + odd) + exponent * ln2Low) - f)
}

/** e to the power of x: 0 below -745.13, Infinity above 709.78. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN
  if (x > 709.782712893384) return Infinity
  if (x < -745.1332191019411) return 0
  const k = Math.floor(x * 1.442695040888963387 + 0.5)
  const upper = x - k * ln2High
  const lower = k * ln2Low
  const r = upper - lower
  const t = r * r
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t *
              (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))))
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
