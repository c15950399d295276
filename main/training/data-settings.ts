import { z } from 'zod'

/** What the denoiser is trained and judged on. */
export const denoiseData = z.strictObject({
  /** side of the square crops in pixels */
  crop: z.int().positive().multipleOf(8).default(96),
  /** white Gaussian noise, or the mix of `drawMix`: cameras' noise, JPEG, Gaussian and others */
  noise: z.enum(['gaussian', 'camera']).default('gaussian'),
  /** of `camera`: the share of pictures with a camera's noise, and of these the share that goes through JPEG */
  cameraShare: z.number().min(0).max(1).default(0.6),
  jpegShare: z.number().min(0).max(1).default(0.6),
  /** and the share that is resized by 0.67 to 1.5 */
  resizeShare: z.number().min(0).max(1).default(0.3),
  /** of `camera`: spread of the logarithm by which the told level misses the true one */
  toldSpread: z.number().min(0).max(1).default(0.15),
  /** noise levels are drawn from 0 to this, of 255 */
  sigmaMax255: z.number().positive().max(255).default(75),
  /** of `gaussian`: share of the noisy inputs that are clipped to [0, 1], as 8-bit files are */
  clippedShare: z.number().min(0).max(1).default(0.5),
  /** side of the crop from the middle of each held-out photo */
  validationCrop: z.int().positive().multipleOf(8).default(256),
})
export type DenoiseData = z.infer<typeof denoiseData>

/** What the denoiser is trained and judged on where only noisy photos are known. */
export const neighboursData = z.strictObject({
  /** side of the square crops in pixels; the network is trained on pictures of half of it */
  crop: z.int().positive().multipleOf(16).default(128),
  /** weight of the difference between the two small pictures' scenes */
  gamma: z.number().min(0).default(1),
  /** side of the crop from the middle of each held-out photo */
  validationCrop: z.int().positive().multipleOf(16).default(256),
})
export type NeighboursData = z.infer<typeof neighboursData>

/** What the restorer is trained and judged on. */
export const restoreData = z.strictObject({
  /** side of the square crops in pixels */
  crop: z.int().positive().multipleOf(8).default(96),
  /** kinds of damage, each equally likely */
  damages: z.array(z.string()).min(1).default(['holes', 'scratches', 'missing-lines', 'lost-blocks']),
  /** side of the crop from the middle of each held-out photo */
  validationCrop: z.int().positive().multipleOf(8).default(256),
})
export type RestoreData = z.infer<typeof restoreData>

/** What the codec is trained and judged on. */
export const compressData = z.strictObject({
  /** side of the square crops in pixels */
  crop: z.int().positive().multipleOf(64).default(256),
  /** side of the crop from the middle of each held-out photo */
  validationCrop: z.int().positive().multipleOf(64).default(256),
})
export type CompressData = z.infer<typeof compressData>

/** What of photos a network of small images sees. */
export const smallPhotoData = z.strictObject({
  /** each photo as a whole, cut square, or random patches of it */
  view: z.enum(['thumbnail', 'patch']).default('thumbnail'),
  /** patches cut from each photo */
  patchesPerPhoto: z.int().positive().max(10_000).default(32),
})
export type SmallPhotoData = z.infer<typeof smallPhotoData>

/** How small images are changed before each step, against overfitting; 0 changes nothing. */
export const digitsData = z.strictObject({
  /** turned by up to this angle either way */
  turnDegrees: z.number().min(0).max(180).default(0),
  /** scaled by up to this share either way */
  scaleShare: z.number().min(0).max(0.5).default(0),
  /** shifted by up to this many pixels either way */
  shiftPixels: z.number().min(0).max(14).default(0),
  /** Gaussian noise on the input but not on the target, of 255 */
  inputNoiseSigma255: z.number().min(0).max(255).default(0),
  /** share of the input's pixels that are blacked out, but not the target's */
  inputMaskShare: z.number().min(0).max(0.95).default(0),
  /** the target is the image before it was changed: the network learns to undo the changes, the code to ignore them */
  undoChanges: z.boolean().default(false),
})
export type DigitsData = z.infer<typeof digitsData>
