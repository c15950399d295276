import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { saveModel } from '../main/models/card.ts'
import { codecOptions } from '../main/models/codec/options.ts'
import { packCodec } from '../main/models/codec/pack.ts'

// Makes a codec's model folder from floats trained elsewhere, under the names of its parameters:
//     node scripts/make-codec.ts --weights FILE --photos FOLDER --card FILE --output FOLDER
const text = { type: 'string' } as const
const { values } = parseArgs({ options: { weights: text, photos: text, card: text, output: text } })
const { weights, photos, card: cardPath, output } = values as Record<string, string>

const card = JSON.parse(await readFile(cardPath!, 'utf8'))
const options = codecOptions.parse(card.architecture.options)
const files = (await readdir(photos!)).sort().map((name) => join(photos!, name))
const stored = await packCodec(weights!, options, files)
const { weights: made } = await saveModel(
  output!,
  { ...card, architecture: { id: 'codec', options } },
  stored,
)
console.log(`${output}: ${made.bytes} bytes, SHA-256 ${made.sha256}`)
