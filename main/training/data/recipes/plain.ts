import { type Recipe, toFloats } from './recipe.ts'

/** The crops as they are: images (count, side, side, 3) in [0, 1]. */
export const plain: Recipe<object, { images: Float32Array }> = {
  defaults: {},
  check() {},
  make: (crops) => ({ images: toFloats(crops.pixels) }),
}
