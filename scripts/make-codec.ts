import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packCodec } from '../main/code/pack-codec.ts'
import { saveModel } from '../main/models/card.ts'
import { codecOptions } from '../main/models/codec/options.ts'
import { readSafetensors } from '../main/models/safetensors.ts'

// Makes a codec's model folder from floats trained elsewhere, under the names of its parameters:
//     node scripts/make-codec.ts --weights FILE --photos FOLDER [--without LIST] --card FILE --output FOLDER
// `--photos`: what activations and tables are measured on, but those that LIST names, one a line. The network's options
// are those in the weights' metadata (`options`, JSON), else those of the card.
const text = { type: 'string' } as const
const { values } = parseArgs({
  options: { weights: text, photos: text, without: text, card: text, output: text },
})
const { weights, photos, without, card: cardPath, output } = values
if (!weights || !photos || !cardPath || !output)
  throw new Error('expected --weights, --photos, --card and --output')

const card = JSON.parse(await readFile(cardPath, 'utf8'))
const { metadata } = await readSafetensors(weights)
const given = metadata.options ? JSON.parse(metadata.options) : card.architecture.options
const options = codecOptions.parse(given)
const left = new Set(without ? (await readFile(without, 'utf8')).split('\n') : [])
const names = (await readdir(photos)).filter((name) => !left.has(name)).sort()
const files = names.map((name) => join(photos, name))
const stored = await packCodec(weights, options, files)
const architecture = { id: 'codec', options }
const { weights: made } = await saveModel(output, { ...card, architecture }, stored)
console.log(`${output}: ${made.bytes} bytes, SHA-256 ${made.sha256}`)
