/** Orthonormal DCT-II of 8 points, row by row (ITU-T T.81, A.3.3). Literals, as Math.cos differs by engine. */
// cos(k pi / 16) / 2 for k = 1 to 7; sqrt(1/8) equals the fourth.
const c1 = 0.4903926402016152
const c2 = 0.46193976625564337
const c3 = 0.4157348061512726
const c4 = 0.3535533905932738
const c5 = 0.27778511650980114
const c6 = 0.1913417161825449
const c7 = 0.09754516100806414

/** The 8x8 DCT of a block of 64 values, rows first; forward, in place. */
export function forwardDct8(block: Float64Array): void {
  for (let at = 0; at < 64; at += 8) forward(block, at, 1)
  for (let at = 0; at < 8; at++) forward(block, at, 8)
}

/** The inverse of `forwardDct8`, in place. */
export function inverseDct8(block: Float64Array): void {
  for (let at = 0; at < 8; at++) inverse(block, at, 8)
  for (let at = 0; at < 64; at += 8) inverse(block, at, 1)
}

function forward(b: Float64Array, i: number, s: number): void {
  const s07 = b[i] + b[i + 7 * s]
  const s16 = b[i + s] + b[i + 6 * s]
  const s25 = b[i + 2 * s] + b[i + 5 * s]
  const s34 = b[i + 3 * s] + b[i + 4 * s]
  const d07 = b[i] - b[i + 7 * s]
  const d16 = b[i + s] - b[i + 6 * s]
  const d25 = b[i + 2 * s] - b[i + 5 * s]
  const d34 = b[i + 3 * s] - b[i + 4 * s]
  b[i] = c4 * (s07 + s16 + s25 + s34)
  b[i + 4 * s] = c4 * (s07 - s16 - s25 + s34)
  b[i + 2 * s] = c2 * (s07 - s34) + c6 * (s16 - s25)
  b[i + 6 * s] = c6 * (s07 - s34) - c2 * (s16 - s25)
  b[i + s] = c1 * d07 + c3 * d16 + c5 * d25 + c7 * d34
  b[i + 3 * s] = c3 * d07 - c7 * d16 - c1 * d25 - c5 * d34
  b[i + 5 * s] = c5 * d07 - c1 * d16 + c7 * d25 + c3 * d34
  b[i + 7 * s] = c7 * d07 - c5 * d16 + c3 * d25 - c1 * d34
}

function inverse(b: Float64Array, i: number, s: number): void {
  const x0 = b[i]
  const x1 = b[i + s]
  const x2 = b[i + 2 * s]
  const x3 = b[i + 3 * s]
  const x4 = b[i + 4 * s]
  const x5 = b[i + 5 * s]
  const x6 = b[i + 6 * s]
  const x7 = b[i + 7 * s]
  const even0 = c4 * (x0 + x4) + c2 * x2 + c6 * x6
  const even1 = c4 * (x0 - x4) + c6 * x2 - c2 * x6
  const even2 = c4 * (x0 - x4) - c6 * x2 + c2 * x6
  const even3 = c4 * (x0 + x4) - c2 * x2 - c6 * x6
  const odd0 = c1 * x1 + c3 * x3 + c5 * x5 + c7 * x7
  const odd1 = c3 * x1 - c7 * x3 - c1 * x5 - c5 * x7
  const odd2 = c5 * x1 - c1 * x3 + c7 * x5 + c3 * x7
  const odd3 = c7 * x1 - c5 * x3 + c3 * x5 - c1 * x7
  b[i] = even0 + odd0
  b[i + 7 * s] = even0 - odd0
  b[i + s] = even1 + odd1
  b[i + 6 * s] = even1 - odd1
  b[i + 2 * s] = even2 + odd2
  b[i + 5 * s] = even2 - odd2
  b[i + 3 * s] = even3 + odd3
  b[i + 4 * s] = even3 - odd3
}
