import type { NoiseEstimate } from '../../shared/contract/denoise.ts'
import { estimateNoise } from '../../shared/metrics/noise-level/estimate-noise.ts'
import { estimateSigma } from '../../shared/metrics/noise-level/estimate-sigma.ts'
import { rasterTile } from '../imaging/tile-pixels.ts'
import { estimateRasterSigma255 } from './denoise.ts'
import type { PlainPicture } from './pixel-tasks.ts'

/** Pieces that are read one by one to see how far they agree, on each side, and the longest side of one. */
const piecesPerSide = 3
const pieceSide = 384
const leastSide = 24

/**
 * A picture's noise level with how sure it is: the level of the whole is what a denoiser is told; pieces of it, read
 * one by one, say within what it lies (their middle half, at least a fiftieth of the level).
 */
export function noiseEstimate(picture: PlainPicture): NoiseEstimate {
  const { width, height } = picture
  const sigma255 = estimateRasterSigma255(picture)
  if (Math.min(width, height) < leastSide) {
    return {
      ...{ sigma255, low: 0, high: 2 * sigma255 + 2, correlated: false, certainty: 'unsure' },
      why: `The picture is only ${width} x ${height} pixels: too few to tell noise from what it shows.`,
    }
  }
  const pieces = piecesOf(picture)
  const levels = pieces.map((piece) => estimateSigma(piece).sigma255).sort((a, b) => a - b)
  const quartile = (share: number) => levels[Math.round(share * (levels.length - 1))]!
  const correlated = pieces.filter((piece) => estimateNoise(piece).correlated).length > pieces.length / 2
  const least = Math.max(0.1, 0.02 * sigma255)
  const low = Math.max(0, Math.min(quartile(0.25), sigma255 - least))
  const high = Math.max(quartile(0.75), sigma255 + least)
  const spread = (high - low) / Math.max(1, sigma255)
  const range = `${low.toFixed(1)} to ${high.toFixed(1)}`
  if (correlated) {
    return {
      ...{ sigma255, low, high, correlated, certainty: 'unsure' },
      why: 'Neighbouring pixels share their noise, as in files from cameras: its level reads too low. Try a higher one.',
    }
  }
  if (spread < 0.25) {
    return {
      ...{ sigma255, low, high, correlated, certainty: 'sure' },
      why: `All parts of the picture agree: ${range}.`,
    }
  }
  return {
    ...{ sigma255, low, high, correlated, certainty: spread < 0.6 ? 'fair' : 'unsure' },
    why: `Parts of the picture differ: half of them read ${range}.`,
  }
}

function piecesOf(picture: PlainPicture) {
  const size = {
    width: Math.min(pieceSide, Math.floor(picture.width / piecesPerSide)),
    height: Math.min(pieceSide, Math.floor(picture.height / piecesPerSide)),
  }
  return Array.from({ length: piecesPerSide ** 2 }, (_, i) => {
    const place = (whole: number, part: number, k: number) =>
      Math.round(((whole - part) * k) / (piecesPerSide - 1))
    const x = place(picture.width, size.width, i % piecesPerSide)
    const y = place(picture.height, size.height, Math.floor(i / piecesPerSide))
    return rasterTile(picture, { x, y, ...size })
  })
}
