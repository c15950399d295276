import { AppError } from '../errors.ts'
import type { FloatImage } from '../image.ts'

/** One channel as a plane of height * width values. @throws AppError bad-input where there is no such channel */
export function channelPlane(image: FloatImage, channel: number): Float32Array {
  const { channels, data } = image
  if (!(channel >= 0 && channel < channels)) {
    throw new AppError('bad-input', `channel must be 0 to ${channels - 1}, got ${channel}`)
  }
  if (channels === 1) return data
  const plane = new Float32Array(image.width * image.height)
  for (let i = 0, j = channel; i < plane.length; i++, j += channels) plane[i] = data[j]
  return plane
}

/** Planes of height * width values, interleaved into an image. */
export function imageFromPlanes(width: number, height: number, planes: readonly Float32Array[]): FloatImage {
  const channels = planes.length
  if (channels !== 1 && channels !== 3) {
    throw new AppError('bad-input', `an image has 1 or 3 channels, got ${channels} planes`)
  }
  const data = new Float32Array(width * height * channels)
  planes.forEach((plane, channel) => {
    for (let i = 0, j = channel; i < plane.length; i++, j += channels) data[j] = plane[i]
  })
  return { width, height, channels, data }
}
