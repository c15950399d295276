import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'

// This file is read outside the engine, too: it must not lead to TensorFlow.

export const optimizerKinds = ['sgd', 'momentum', 'rmsprop', 'adam', 'muon'] as const
export type OptimizerKind = (typeof optimizerKinds)[number]

/** What every training has; each has a default, and the command line sets any by its name. */
export const trainingSettings = z.strictObject({
  seed: z.int().default(0),
  /** samples per step */
  batch: z.int().positive().default(16),
  optimizer: z.enum(optimizerKinds).default('adam'),
  /** of the optimizer; with `muon`, of Adam for what Muon does not handle */
  learningRate: z.number().positive().default(1e-3),
  /** of Muon, for convolutions */
  muonLearningRate: z.number().positive().default(2e-3),
  schedule: z.enum(['cosine', 'constant']).default('cosine'),
  warmupSteps: z.int().min(0).default(300),
  /** global norm of the gradients above which they are scaled down; 0: never */
  gradientClip: z.number().min(0).default(1),
  weightDecay: z.number().min(0).default(0),
  /** of the averaged weights that are validated and kept */
  averageDecay: z.number().min(0).max(1).default(0.999),
  /** steps between validations; 0: once per epoch */
  validateEvery: z.int().min(0).default(0),
  /** stop after this many validations without a new best; 0: never */
  patience: z.int().min(0).default(0),
  /** a step whose loss is above this many times the running loss is skipped */
  spikeFactor: z.number().min(1).default(3),
  /** the same for the norm of its gradient, which varies more */
  gradientSpikeFactor: z.number().min(1).default(10),
  checkpointSeconds: z.number().positive().default(60),
})
export type TrainingSettings = z.infer<typeof trainingSettings>

/** How long: exactly one of them. Epochs and steps repeat bit for bit when resumed, minutes follow the clock. */
export const runLength = z.union([
  z.strictObject({ steps: z.int().positive() }),
  z.strictObject({ epochs: z.number().positive() }),
  z.strictObject({ minutes: z.number().positive() }),
])
export type RunLengthSetting = z.infer<typeof runLength>

/**
 * Splits `name=value` settings over schemas by who knows the name, and fills in defaults.
 * @param given values by name, already parsed (numbers, booleans, arrays) or text
 * @throws AppError `bad-input` naming the setting, what is accepted, and what came
 */
export function parseSettings<Schemas extends Record<string, z.ZodType>>(
  schemas: Schemas,
  given: Readonly<Record<string, unknown>>,
): { [Name in keyof Schemas]: z.infer<Schemas[Name]> } {
  const namesOf = (schema: z.ZodType) => Object.keys((schema as unknown as z.ZodObject).shape)
  const known = new Map(
    Object.entries(schemas).flatMap(([part, schema]) => namesOf(schema).map((name) => [name, part])),
  )
  for (const name of Object.keys(given)) {
    if (!known.has(name)) {
      throw new AppError(
        'bad-input',
        `no setting '${name}'; there are: ${[...known.keys()].sort().join(', ')}`,
      )
    }
  }
  const parsed = Object.entries(schemas).map(([part, schema]) => {
    const own = Object.fromEntries(Object.entries(given).filter(([name]) => known.get(name) === part))
    const result = schema.safeParse(own)
    if (result.success) return [part, result.data]
    const issue = result.error.issues[0]!
    const name = issue.path.join('.')
    // Without a path it is about several settings together.
    const what = name
      ? `setting ${name}=${JSON.stringify(own[String(issue.path[0])])}`
      : `settings of ${part}`
    throw new AppError('bad-input', `${what}: ${issue.message}`)
  })
  return Object.fromEntries(parsed)
}
