import { type Pca, principalComponents } from '../../shared/maths/pca.ts'
import { type Points, pointAt } from './points.ts'

/** Principal components fitted to points, with the deviation along each. */
export interface Projection extends Pca {
  readonly deviations: Float64Array
}

/** Many points fit no better than this many of them. */
const fittedTo = 20_000

/** Fits principal components to points (evenly chosen ones, of very many). */
export function fitProjection(points: Points, components: number): Projection {
  const every = Math.ceil(points.count / fittedTo)
  const chosen =
    every === 1
      ? points.values
      : Float32Array.from({ length: Math.floor(points.count / every) * points.length }, (_, i) => {
          const row = Math.floor(i / points.length) * every
          return points.values[row * points.length + (i % points.length)]!
        })
  const pca = principalComponents(chosen, points.length, Math.min(components, points.length))
  const coordinates = coordinatesOf(pca, { ...points, count: chosen.length / points.length, values: chosen })
  const size = pca.components.length
  const deviations = Float64Array.from({ length: size }, (_, c) => {
    let sum = 0
    for (let i = c; i < coordinates.length; i += size) sum += coordinates[i]! ** 2
    return Math.sqrt((sum * size) / coordinates.length)
  })
  return { ...pca, deviations }
}

/** Coordinates of points along the components: count * components. */
export function coordinatesOf({ mean, components }: Pca, points: Points): Float32Array {
  const size = components.length
  const result = new Float32Array(points.count * size)
  for (let i = 0; i < points.count; i++) {
    const point = pointAt(points, i)
    for (let c = 0; c < size; c++) {
      const component = components[c]!
      let sum = 0
      for (let d = 0; d < point.length; d++) sum += (point[d]! - mean[d]!) * component[d]!
      result[i * size + c] = sum
    }
  }
  return result
}

/** A map by the first principal components. Codes of one number get 0 as the second coordinate. */
export function projectPoints(points: Points, size: 2): { projection: Projection; xy: Float32Array } {
  const projection = fitProjection(points, size)
  const found = coordinatesOf(projection, points)
  const width = projection.components.length
  if (width === size) return { projection, xy: found }
  return {
    projection,
    xy: Float32Array.from({ length: points.count * 2 }, (_, i) => (i % 2 ? 0 : found[i / 2]!)),
  }
}
