import { meanOf } from '../../latents/points.ts'
import { fitProjection } from '../../latents/project.ts'
import type { Collection } from './collection.ts'

/** A direction in the space of codes that is worth a slider. */
export interface Axis {
  readonly name: string
  readonly direction: Float64Array
  /** of the collection's codes along it */
  readonly deviation: number
}

/**
 * The axes of a collection's codes, the one of largest deviation first: a variational model's own dimensions, which its
 * training kept apart, else principal components.
 */
export function axesOf({ model, points }: Pick<Collection, 'model' | 'points'>): Axis[] {
  const { length, count, values } = points
  if (model.architecture !== 'vae') {
    const { components, deviations } = fitProjection(points, Math.min(length, 64))
    return components.map((direction, i) => ({ name: `axis ${i + 1}`, direction, deviation: deviations[i]! }))
  }
  const mean = meanOf(points)
  const variances = new Float64Array(length)
  for (let i = 0; i < values.length; i++)
    variances[i % length]! += (values[i]! - mean[i % length]!) ** 2 / count
  const axes = Array.from(variances, (variance, i) => ({
    name: `dimension ${i + 1}`,
    direction: Float64Array.from({ length }, (_, k) => (k === i ? 1 : 0)),
    deviation: Math.sqrt(variance),
  }))
  return axes.sort((a, b) => b.deviation - a.deviation)
}
