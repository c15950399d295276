import type { BenchCodec, Curve, Picture } from './types.ts'

/** Runs codecs in turn on each picture, so that other work on the machine meets all of them alike. */
export async function measureCodecs(
  codecs: readonly BenchCodec[],
  pictures: readonly Picture[],
  onPicture: (name: string) => void,
  onWarm = () => {},
): Promise<Record<string, Curve>> {
  const samples = new Map(codecs.map((codec) => [codec, codec.qualities.map(() => emptySums())]))
  await warmUp(codecs, pictures)
  onWarm()
  for (const picture of pictures) {
    onPicture(picture.name)
    for (const codec of codecs) {
      for (const [k, quality] of codec.qualities.entries()) {
        const sums = samples.get(codec)![k]
        let started = performance.now()
        const { bytes, estimatedBits } = await codec.encode(picture, quality)
        sums.encodeMs += performance.now() - started
        started = performance.now()
        const decoded = await codec.decode(bytes, picture)
        sums.decodeMs += performance.now() - started
        sums.bpp += (8 * bytes.length) / (picture.width * picture.height)
        sums.psnrDb += psnr8(picture.pixels, decoded)
        sums.bits += 8 * bytes.length
        sums.estimatedBits += estimatedBits ?? 0
      }
    }
  }
  const curveOf = (codec: BenchCodec): Curve => ({
    label: codec.label,
    points: codec.qualities.map((quality, k) => {
      const { bpp, psnrDb, encodeMs, decodeMs, bits, estimatedBits } = samples.get(codec)![k]
      return {
        quality,
        bpp: bpp / pictures.length,
        psnrDb: psnrDb / pictures.length,
        ...{ encodeMs, decodeMs },
        overEstimatePercent: estimatedBits > 0 ? 100 * (bits / estimatedBits - 1) : null,
      }
    }),
  })
  return Object.fromEntries(codecs.map((codec) => [codec.id, curveOf(codec)]))
}

/** Networks are compiled for each size of picture at its first use. */
async function warmUp(codecs: readonly BenchCodec[], pictures: readonly Picture[]): Promise<void> {
  const bySize = new Map(pictures.map((picture) => [`${picture.width}x${picture.height}`, picture]))
  for (const picture of bySize.values()) {
    for (const codec of codecs) {
      const { bytes } = await codec.encode(picture, codec.qualities[0])
      await codec.decode(bytes, picture)
    }
  }
}

const emptySums = () => ({ bpp: 0, psnrDb: 0, encodeMs: 0, decodeMs: 0, bits: 0, estimatedBits: 0 })

/** PSNR in dB over all values of three channels of 8 bits. */
function psnr8(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new Error(`decoded to ${b.length} values instead of ${a.length}`)
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2
  return 10 * Math.log10((255 * 255 * a.length) / sum)
}
