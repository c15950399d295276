import { AppError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import { nearestTo } from '../nearest.ts'
import { type Points, pointAt, selectPoints } from '../points.ts'
import { projectPoints } from '../project.ts'
import { neighbourGraph } from './graph.ts'
import { layOut } from './layout.ts'

export interface UmapSettings {
  readonly neighbours: number
  readonly minDistance: number
  /** 0: 500 for small collections, 200 for those above 10,000 */
  readonly epochs: number
  readonly seed: number
  /** of more points, so many are laid out and the others placed among them */
  readonly laidOut: number
}

export const umapDefaults: UmapSettings = {
  neighbours: 15,
  minDistance: 0.1,
  epochs: 0,
  seed: 0,
  laidOut: 20_000,
}

/**
 * A map of points by UMAP: x, y of each. Starts from the first two principal components, so that the same settings give
 * the same map.
 * @throws AppError `bad-input` for fewer points than neighbours
 */
export function umap(
  points: Points,
  settings: UmapSettings = umapDefaults,
  onProgress?: (fraction: number) => void,
): Float32Array {
  const { neighbours, minDistance, seed, laidOut } = settings
  if (points.count <= neighbours) {
    throw new AppError(
      'bad-input',
      `UMAP with ${neighbours} neighbours needs more points than ${points.count}`,
    )
  }
  const all = Array.from({ length: points.count }, (_, i) => i)
  const isLarge = points.count > laidOut
  const chosen = isLarge
    ? new Random([seed, 1])
        .shuffle(all.slice())
        .slice(0, laidOut)
        .sort((a, b) => a - b)
    : all
  const sample = isLarge ? selectPoints(points, chosen) : points
  const graph = neighbourGraph(sample, neighbours)
  onProgress?.(0.3)
  const epochs = settings.epochs || (sample.count > 10_000 ? 200 : 500)
  const map = layOut(graph, startOf(sample, seed), {
    ...{ epochs, minDistance, seed },
    onEpoch: (epoch) => onProgress?.(0.3 + (isLarge ? 0.4 : 0.7) * (epoch / epochs)),
  })
  if (!isLarge) return map
  const xy = new Float32Array(points.count * 2)
  for (const i of all) {
    xy.set(placeAmong(sample, map, pointAt(points, i), neighbours), 2 * i)
    if (i % 1000 === 0) onProgress?.(0.7 + (0.3 * i) / points.count)
  }
  for (const [place, index] of chosen.entries()) xy.set(map.subarray(2 * place, 2 * place + 2), 2 * index)
  return xy
}

/**
 * Where a further point belongs on a map without drawing it anew: the mean of its nearest points' places, each weighted
 * by how near it is in the space of codes.
 */
export function placeAmong(
  points: Points,
  xy: Float32Array,
  code: ArrayLike<number>,
  k: number,
): [x: number, y: number] {
  const found = nearestTo(points, code, k)
  const nearest = found[0]!.distance
  const unit = found.reduce((sum, { distance }) => sum + distance - nearest, 0) / found.length || 1
  let [x, y, total] = [0, 0, 0]
  for (const { index, distance } of found) {
    const weight = Math.exp(-(distance - nearest) / (0.5 * unit))
    x += weight * xy[2 * index]!
    y += weight * xy[2 * index + 1]!
    total += weight
  }
  return [x / total, y / total]
}

/** The first two principal components, ten wide, with a trace of noise so that no two points coincide. */
function startOf(points: Points, seed: number): Float32Array {
  const { xy } = projectPoints(points, 2)
  const random = new Random([seed, 2])
  let largest = 1e-9
  for (const value of xy) largest = Math.max(largest, Math.abs(value))
  return xy.map((value) => (10 * value) / largest + 1e-4 * random.normal())
}
