import { exp, ln } from './elementary.ts'

/** Where the 256-layer ziggurat's tail begins, and the area of each layer (Marsaglia and Tsang, 2000). */
export const tailStart = 3.6541528853610088
const layerArea = 0.00492867323399

/** Right edge of each layer under exp(-x^2 / 2), falling from the base layer's virtual width to 0; 257 values. */
export const edges = new Float64Array(257)
/** exp(-x^2 / 2) at each edge; 257 values. */
export const heights = new Float64Array(257)

edges[0] = layerArea / exp(-0.5 * tailStart * tailStart)
edges[1] = tailStart
for (let i = 2; i < 256; i++) {
  const below = edges[i - 1]
  edges[i] = Math.sqrt(-2 * ln(layerArea / below + exp(-0.5 * below * below)))
}
edges[256] = 0
for (let i = 0; i < 257; i++) heights[i] = exp(-0.5 * edges[i] * edges[i])

/** One step of the 24-bit position inside a layer; 256 values. */
export const steps = edges.slice(0, 256).map((edge) => edge / 8388608)
