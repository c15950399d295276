import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { decodeSafetensors, encodeSafetensors, type StoredTensors } from './safetensors.ts'

/** names a model, a run and their folders */
export const modelId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/i, 'letters, digits, dots, dashes and underscores, a letter or digit first')
  .refine((id) => id !== 'auto', "another name than 'auto', which leaves the choice to the program")

/** card.json: what a model is, where it comes from and what it reaches. */
export const modelCard = z.object({
  /** names the model; its weights never change under this id */
  id: modelId,
  title: z.string(),
  task: z.enum(['denoise', 'reconstruct', 'restore', 'compress']),
  architecture: z.object({ id: z.string(), options: z.record(z.string(), z.unknown()) }),
  weights: z.object({
    file: z.literal('weights.safetensors'),
    precision: z.enum(['float16', 'float32']),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.int().positive(),
  }),
  training: z.object({
    /** which pictures, for people */
    data: z.string(),
    /** under which terms the pictures, and so the model, may be used */
    licence: z.string(),
    steps: z.int().min(0),
    minutes: z.number().min(0),
    seed: z.int(),
    settings: z.record(z.string(), z.unknown()),
    /** what else one should know, e.g. the command it was trained with */
    note: z.string().optional(),
  }),
  /** figures by name, the unit in the name, e.g. `psnr25_dB` */
  metrics: z.record(z.string(), z.unknown()),
  /** the model whose weights it started from */
  parent: z.object({ id: z.string(), sha256: z.string() }).nullable(),
})
export type ModelCard = z.infer<typeof modelCard>

const weightsName = 'weights.safetensors'

export function weightsPath(folder: string): string {
  return join(folder, weightsName)
}

/** @throws AppError `not-found`, `corrupt`, naming the folder and what is wrong in the card */
export async function readCard(folder: string): Promise<ModelCard> {
  const path = join(folder, 'card.json')
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new AppError('not-found', `${folder} is no model: it has no readable card.json`, { cause })
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new AppError('corrupt', `${path} is no JSON`, { cause })
  }
  const card = modelCard.safeParse(json)
  if (card.success) return card.data
  const [issue] = card.error.issues
  throw new AppError('corrupt', `${path}: ${issue.path.join('.')}: ${issue.message}`)
}

/** The weights of a model folder, checked against the SHA-256 in its card. */
export async function readWeights(folder: string, card: ModelCard): Promise<StoredTensors> {
  const path = weightsPath(folder)
  const bytes = await readFile(path).catch((cause) => {
    throw new AppError('not-found', `model ${card.id}: ${path} cannot be read`, { cause })
  })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 !== card.weights.sha256) {
    throw new AppError(
      'corrupt',
      `model ${card.id}: ${path} has SHA-256 ${sha256.slice(0, 12)}, its card says ${card.weights.sha256.slice(0, 12)}`,
    )
  }
  return decodeSafetensors(bytes, path).tensors
}

/**
 * Writes a model folder under a temporary name, reads it back, and renames it.
 * @param card without `weights`, which this fills in
 * @throws AppError `conflict` when the folder exists
 */
export async function saveModel(
  folder: string,
  card: Omit<ModelCard, 'weights'>,
  tensors: StoredTensors,
): Promise<ModelCard> {
  const bytes = encodeSafetensors(
    { tensors, metadata: { architecture: JSON.stringify(card.architecture) } },
    true,
  )
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const weights = { file: weightsName, precision: 'float16', sha256, bytes: bytes.length } as const
  const full = modelCard.parse({ ...card, weights })
  const work = join(dirname(folder), `.${card.id}.${process.pid}.part`)
  try {
    await mkdir(work, { recursive: true })
    await writeFileAtomic(weightsPath(work), Buffer.from(bytes.buffer))
    await writeFileAtomic(join(work, 'card.json'), `${JSON.stringify(full, null, 2)}\n`)
    await readWeights(work, await readCard(work))
    await rename(work, folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST') {
      throw new AppError('conflict', `there is a model folder ${folder} already; choose another id`, {
        cause: error,
      })
    }
    throw error
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return full
}
