import { parentPort, workerData } from 'node:worker_threads'
import { AppError, toAppError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import { createCropPlan } from './crop-plan.ts'
import type { Reply, Request } from './ordered-workers.ts'
import type { PhotoJob, PhotoResult, PhotoWorkerData } from './photo-jobs.ts'
import type { Recipe } from './recipes/recipe.ts'
import { recipes } from './recipes.ts'
import { turnCrop } from './turn-crop.ts'
import { ViewReader } from './view-reader.ts'

/** A thread that makes batches of photos: decodes, scales, cuts, turns, and follows the recipe. */
const { photos, plan: settings, recipe: recipeName, parameters, shared } = workerData as PhotoWorkerData
const recipe = recipes[recipeName as keyof typeof recipes] as Recipe<object, Record<string, Float32Array>>
const plan = createCropPlan(photos, settings)
const reader = new ViewReader(shared)
const { seed, batch, crop } = settings
const port = parentPort!
let last: Promise<void> = Promise.resolve()
let isEnding = false

port.on('message', (request: Request<PhotoJob>) => {
  if (request === 'end') {
    isEnding = true
    last = last.then(() => port.close())
    return
  }
  // One after another: several batches at once would only hold more memory.
  last = last.then(() => answer(request.step, request.job))
})

async function answer(step: number, job: PhotoJob): Promise<void> {
  if (isEnding) return
  try {
    const result = await makeBatch(step, job)
    const transfer = Object.values(result.arrays).map((array) => array.buffer as ArrayBuffer)
    port.postMessage({ step, result } satisfies Reply<PhotoResult>, [...new Set(transfer)])
  } catch (error) {
    const { code, message } = toAppError(error)
    port.postMessage({ step, error: { code, message } } satisfies Reply<PhotoResult>)
  }
}

async function makeBatch(step: number, job: PhotoJob): Promise<PhotoResult> {
  const broken = new Map<number, string>()
  const cropBytes = crop * crop * 3
  const pixels = new Uint8Array(batch * cropBytes)
  let choices = plan(step, job.broken)
  for (let index = 0; index < batch; ) {
    if (isEnding) throw new AppError('aborted', 'the source of batches was closed')
    const choice = choices[index]
    try {
      const square = await reader.square(photos[choice.photo], choice, crop, job.pages)
      const target = pixels.subarray(index * cropBytes, (index + 1) * cropBytes)
      turnCrop(square, crop, choice.turns, choice.mirrored, target)
      index++
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'unreadable')) throw error
      broken.set(choice.photo, error.message)
      choices = plan(step, new Set([...job.broken, ...broken.keys()]))
    }
  }
  const random = (index: number) => new Random([seed, step, index])
  return { step, arrays: recipe.make({ count: batch, side: crop, pixels, random }, parameters), broken }
}
