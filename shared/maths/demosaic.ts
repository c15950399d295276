/*
 * Bayer mosaics of the pattern RGGB: red where row and column are even, blue where both are odd. Linear light.
 * Both demosaics are linear; the border is mirrored about its outermost pixels, which keeps the pattern.
 */

const border = 2

/** Keeps of every pixel the channel its filter lets through. RGB, height * width * 3 -> height * width. */
export function mosaic(rgb: Float32Array, width: number, height: number): Float32Array {
  const samples = new Float32Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) samples[i] = rgb[3 * i + (y & 1) + (x & 1)]
  }
  return samples
}

/** Missing channels as means of their nearest neighbours. height * width -> height * width * 3. */
export function demosaicBilinear(samples: Float32Array, width: number, height: number): Float32Array {
  return demosaic(samples, width, height, (p, i, s, out, j, red, blue) => {
    const sides = (p[i - 1] + p[i + 1]) / 2
    const upright = (p[i - s] + p[i + s]) / 2
    if (red === blue) {
      out[j + red] = sides
      out[j + 1] = p[i]
      out[j + 2 - red] = upright
    } else {
      out[j + red] = p[i]
      out[j + 1] = (sides + upright) / 2
      out[j + blue] = (p[i - s - 1] + p[i - s + 1] + p[i + s - 1] + p[i + s + 1]) / 4
    }
  })
}

/**
 * The 5x5 filters of Malvar, He and Cutler, "High-quality linear interpolation for demosaicing of Bayer-patterned
 * color images" (2004). height * width -> height * width * 3.
 */
export function demosaicMalvar(samples: Float32Array, width: number, height: number): Float32Array {
  return demosaic(samples, width, height, (p, i, s, out, j, red, blue) => {
    const centre = p[i]
    const sides = p[i - 1] + p[i + 1]
    const upright = p[i - s] + p[i + s]
    const farSides = p[i - 2] + p[i + 2]
    const farUpright = p[i - 2 * s] + p[i + 2 * s]
    const corners = p[i - s - 1] + p[i - s + 1] + p[i + s - 1] + p[i + s + 1]
    if (red === blue) {
      out[j + red] = (5 * centre + 4 * sides - corners - farSides + 0.5 * farUpright) / 8
      out[j + 1] = centre
      out[j + 2 - red] = (5 * centre + 4 * upright - corners - farUpright + 0.5 * farSides) / 8
    } else {
      const far = farSides + farUpright
      out[j + red] = centre
      out[j + 1] = (4 * centre + 2 * (sides + upright) - far) / 8
      out[j + blue] = (6 * centre + 2 * corners - 1.5 * far) / 8
    }
  })
}

/**
 * Fills one pixel at out[j]. At a green sample `red === blue` is the channel (0 or 2) of its left and right
 * neighbours; elsewhere `red` is the sample's own channel and `blue` the other of the two.
 */
type Kernel = (
  padded: Float64Array,
  at: number,
  stride: number,
  out: Float32Array,
  j: number,
  red: number,
  blue: number,
) => void

function demosaic(samples: Float32Array, width: number, height: number, fill: Kernel): Float32Array {
  const stride = width + 2 * border
  const padded = new Float64Array(stride * (height + 2 * border))
  for (let y = -border, i = 0; y < height + border; y++) {
    const row = mirror(y, height) * width
    for (let x = -border; x < width + border; x++, i++) padded[i] = samples[row + mirror(x, width)]
  }
  const out = new Float32Array(width * height * 3)
  for (let y = 0, j = 0; y < height; y++) {
    const own = (y & 1) * 2
    for (let x = 0; x < width; x++, j += 3) {
      const green = (y & 1) !== (x & 1)
      fill(padded, (y + border) * stride + x + border, stride, out, j, own, green ? own : 2 - own)
    }
  }
  return out
}

function mirror(index: number, size: number): number {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const rest = ((index % period) + period) % period
  return rest < size ? rest : period - rest
}
