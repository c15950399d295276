import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Tensor4D, tf } from '../main/engine/tensorflow.ts'
import { readImage } from '../main/imaging/read.ts'
import { saveModel } from '../main/models/card.ts'
import { activationRanges } from '../main/models/codec/calibrate.ts'
import { codec } from '../main/models/codec/codec.ts'
import { codecOptions } from '../main/models/codec/options.ts'
import { quantise } from '../main/models/codec/quantise.ts'
import { parametersFromFile } from '../main/models/layers/parameters.ts'
import type { Network } from '../main/models/model.ts'
import { readSafetensors } from '../main/models/safetensors.ts'

// Makes a codec's model folder from floats trained elsewhere, under the names of its parameters:
//     node scripts/make-codec.ts --weights FILE --photos FOLDER --card FILE --output FOLDER
// The photos (the first 16 of 320 x 320 pixels or more) tell what 8 bits of each activation must span.
const { values } = parseArgs({
  options: {
    weights: { type: 'string' },
    photos: { type: 'string' },
    card: { type: 'string' },
    output: { type: 'string' },
  },
})
const { weights, photos, card: cardPath, output } = values as Record<string, string>
const [wanted, side] = [16, 320]

const card = JSON.parse(await readFile(cardPath!, 'utf8'))
const options = codecOptions.parse(card.architecture.options)
const { tensors } = await readSafetensors(weights!)
const crops: Tensor4D[] = []
for (const name of (await readdir(photos!)).sort()) {
  if (crops.length === wanted) break
  const { width, height, channels, depth, pixels } = await readImage(join(photos!, name))
  if (width < side || height < side || channels !== 3 || depth !== 8) continue
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)]
  const crop = Float32Array.from({ length: side * side * 3 }, (_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3]
    return pixels[((top + Math.floor(pixel / side)) * width + left + (pixel % side)) * 3 + channel]! / 255
  })
  crops.push(tf.tensor4d(crop, [1, side, side, 3]))
}
const parameters = parametersFromFile(codec.parameters(options), tensors, weights!)
const network = codec.build(options) as Network<Tensor4D>
const stored = quantise(tensors, activationRanges(network, parameters, crops, options), options)
const { weights: made } = await saveModel(
  output!,
  { ...card, architecture: { id: 'codec', options } },
  stored,
)
console.log(`${output}: ${made.bytes} bytes, SHA-256 ${made.sha256}`)
