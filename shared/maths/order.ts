/** The median of a list, NaN when empty; sorts `values` in place. */
export function medianInPlace(values: Float32Array | Float64Array): number {
  if (values.length === 0) return NaN
  values.sort()
  const middle = values.length >> 1
  return values.length % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2
}
