import { AppError } from '../../shared/errors.ts'
import { breathe } from '../engine/serve.ts'
import { type NamedTensors, readFloats, type Tensor, type Tensor2D, tf } from '../engine/tensorflow.ts'
import type { ModelCard } from '../models/card.ts'
import type { Network } from '../models/model.ts'

/** A model of small images, as an engine process holds it. */
export interface VectorModel {
  readonly card: ModelCard
  readonly network: Network
  readonly parameters: NamedTensors
  compiled(): Promise<Network>
}

/** Images are sent through so many at a time: memory stays flat, and few shapes are traced. */
const atOnce = 500

/** @returns codes (count, codeLength); of a variational model their means */
export async function encodeVectors(
  model: VectorModel,
  { count, values }: { count: number; values: Float32Array },
  signal?: AbortSignal,
): Promise<{ codes: Float32Array; codeLength: number }> {
  const inputs = inputsOf(model)
  expectLength(model, 'images', values, count, inputs)
  const network = await model.compiled()
  const codes = await inParts(count, signal, (from, n) =>
    readFloats(() => {
      const x = tf.tensor2d(values.subarray(from * inputs, (from + n) * inputs), [n, inputs])
      return network.encode(model.parameters, x).code!
    }),
  )
  return { codes, codeLength: count === 0 ? 0 : codes.length / count }
}

/** @returns images (count, inputs) in [0, 1] */
export async function decodeCodes(
  model: VectorModel,
  { count, codes }: { count: number; codes: Float32Array },
  signal?: AbortSignal,
): Promise<Float32Array> {
  inputsOf(model)
  const length = codeLengthOf(model)
  expectLength(model, 'codes', codes, count, length)
  const network = await model.compiled()
  return inParts(count, signal, (from, n) =>
    readFloats(() => {
      const code = tf.tensor2d(codes.subarray(from * length, (from + n) * length), [n, length])
      return network.decode(model.parameters, { code })
    }),
  )
}

/** What a code keeps of each image, and what it costs. */
export interface VectorFigures {
  /** of the reconstruction, not rounded to 8 bits */
  readonly psnrDb: Float32Array
  /** variational models: the divergence of the code from its prior, the least mean length of a code for it; else null */
  readonly bits: Float32Array | null
}

/** @param values count * inputs, in [0, 1] */
export async function measureVectors(
  model: VectorModel,
  { count, values }: { count: number; values: Float32Array },
  signal?: AbortSignal,
): Promise<VectorFigures> {
  const inputs = inputsOf(model)
  expectLength(model, 'images', values, count, inputs)
  const network = await model.compiled()
  const { parameters } = model
  const read = (compute: (x: Tensor2D) => Tensor) =>
    inParts(count, signal, (from, n) =>
      readFloats(() =>
        compute(tf.tensor2d(values.subarray(from * inputs, (from + n) * inputs), [n, inputs])),
      ),
    )
  const squares = await read((x) => network.reconstruct(parameters, x).sub(x).square().mean(1))
  const isVariational = (network as { isVariational?: boolean }).isVariational === true
  const nats = isVariational
    ? await read((x) => {
        const { code, logVariance } = network.encode(parameters, x)
        return code!.square().add(logVariance!.exp()).sub(logVariance!).sub(1).sum(1).mul(0.5)
      })
    : null
  return {
    psnrDb: squares.map((square) => -10 * Math.log10(Math.max(square, 1e-10))),
    bits: nats?.map((value) => value / Math.LN2) ?? null,
  }
}

async function inParts(
  count: number,
  signal: AbortSignal | undefined,
  compute: (from: number, n: number) => Float32Array,
): Promise<Float32Array> {
  const parts: Float32Array[] = []
  for (let from = 0; from < count; from += atOnce) {
    await breathe()
    signal?.throwIfAborted()
    parts.push(compute(from, Math.min(atOnce, count - from)))
  }
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function inputsOf({ card, network }: VectorModel): number {
  if (network.inputs) return network.inputs
  throw new AppError('bad-input', `model ${card.id} (${card.architecture.id}) is no network of small images`)
}

function codeLengthOf({ network }: VectorModel): number {
  return (network as { codeLength?: number }).codeLength ?? 0
}

function expectLength(
  { card }: VectorModel,
  what: string,
  values: Float32Array,
  count: number,
  each: number,
) {
  if (values.length === count * each) return
  const got = count > 0 ? values.length / count : values.length
  throw new AppError('bad-input', `model ${card.id}: expected ${what} of ${each} values, got ${got}`)
}
