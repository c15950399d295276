import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { byteSize } from '../../../shared/byte-size.ts'
import { archiveSaving, type Savings } from '../../../shared/contract/savings.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Core } from '../../core/core.ts'
import { findModel } from '../../core/model-library.ts'
import { planRun } from '../../core/plan-run.ts'
import { resumeRun, startRun, type TrainResult } from '../../core/train.ts'
import type { TrainProgress } from '../../training/run.ts'
import { type Context, type GlobalOptions, withCore } from '../context.ts'
import { duration, type Output, parseAssignments } from '../output.ts'

interface TrainOptions extends GlobalOptions {
  model?: string
  task?: keyof typeof architectures
  selfSupervised?: boolean
  from?: string
  images?: string[]
  dataset?: string
  extra?: string[]
  validationList?: string
  name?: string
  epochs?: number
  minutes?: number
  steps?: number
  resume?: string
  set: string[]
  licence?: string
}

/** What is trained for a task where no `--model` says otherwise. */
const architectures = {
  denoise: 'denoiser',
  restore: 'restorer',
  compress: 'codec',
  reconstruct: 'dense',
} as const

export function addTrain(program: Command): void {
  program
    .command('train')
    .description('train a model on photos or IDX images, on this machine')
    .option(
      '--model <architecture>',
      'dense, conv, vae, denoiser, restorer or codec (denoiser unless --task says otherwise)',
    )
    .addOption(new Option('--task <task>', 'the same by what it is for').choices(Object.keys(architectures)))
    .option('--self-supervised', 'the photos are noisy and no clean ones are known (Neighbor2Neighbor)')
    .option('--from <model>', 'start from the weights of this model')
    .option('--images <paths...>', 'folders of photos, photos, or one IDX file (MNIST, also .gz)')
    .option('--extra <files...>', 'further IDX files to train on, such as drawn images (hourglass generate)')
    .option('--dataset <name>', 'a collection of the catalog instead, with its own split')
    .option(
      '--validation-list <file>',
      'names of photos to hold out, one a line; else a share is drawn by hash',
    )
    .option('--name <id>', 'name of the run and of the model it makes')
    .option('--epochs <n>', 'length; repeats bit for bit when resumed', positive)
    .option('--steps <n>', 'the same in steps', positive)
    .option('--minutes <n>', 'length by the clock', positive)
    .option('--resume <run>', 'go on with an interrupted run')
    .option('--licence <text>', "what the card says about the pictures' licence", 'not stated')
    .option(
      '--set <name=value>',
      'a setting; may be repeated',
      (pair: string, all: string[]) => [...all, pair],
      [],
    )
    .addHelpText(
      'after',
      `
Examples:
  hourglass train --images ~/Pictures --from denoiser --minutes 60 --name my-denoiser
  hourglass train --images ~/Pictures --set noise=camera --minutes 60 --name for-my-camera
  hourglass train --model dense --images t10k-images-idx3-ubyte.gz --epochs 60 --set trainingCount=8000
  hourglass train --model vae --images t10k-images-idx3-ubyte.gz --epochs 40 --set beta=0.5
  hourglass train --model conv --images ~/Pictures --epochs 40 --set code=64 --set rows=32
  hourglass train --dataset holidays --from denoiser --epochs 2
  hourglass train --model codec --images ~/Pictures --minutes 120 --name my-codec
  hourglass train --task denoise --self-supervised --images ~/Noisy --minutes 30 --name from-noise
  hourglass train --model restorer --from denoiser --images ~/Pictures --minutes 30
  hourglass train --resume my-denoiser
Settings (--set name=value): seed, batch, optimizer (sgd, momentum, rmsprop, adam, muon), learningRate,
  muonLearningRate, schedule (cosine, constant), warmupSteps, gradientClip, weightDecay, averageDecay,
  validateEvery, patience, spikeFactor, gradientSpikeFactor, checkpointSeconds;
  denoiser: widths, blocks, crop, noise (gaussian, camera), sigmaMax255, clippedShare, cameraShare, jpegShare,
  resizeShare, toldSpread, validationCrop, validationShare;
  denoiser, --self-supervised: widths, blocks, crop, gamma, validationCrop, validationShare;
  restorer: widths, blocks, crop, damages, validationCrop, validationShare;
  codec: width, blocks, latents, hyper, context, groups, crop, validationCrop, validationShare;
  dense: inputs, hidden; conv, vae: rows, columns, channels (1 or 3), widths; all three: code, activation, loss
  (mse, bce), dropout, codeL1, codeKl, sparsity, contractive, beta (vae), turnDegrees, scaleShare, shiftPixels,
  inputNoiseSigma255, inputMaskShare, undoChanges, trainingCount, imageCount; on photos: view (thumbnail, patch), patchesPerPhoto,
  validationShare.`,
    )
    .action((_, command: Command) => train(command.optsWithGlobals<TrainOptions>()))
}

/** @throws AppError `bad-input` for noisy photos in place of clean ones where a task needs these */
function modelOf({ model, task = 'denoise', selfSupervised }: TrainOptions): string {
  const fits = architectures[task]
  if (selfSupervised && fits !== 'denoiser') {
    throw new AppError('bad-input', `--self-supervised is for --task denoise, got --task ${task}`)
  }
  return model ?? fits
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('expected a number above 0')
  return value
}

async function train(options: TrainOptions): Promise<void> {
  const result = await withCore(options, async (context) => {
    const { core, out, signal } = context
    const progress = progressPrinter(out)
    if (options.resume) {
      refuseBesideResume(options)
      return finish(context, await resumeRun(core, options.resume, { signal, onProgress: progress }))
    }
    if ((options.images === undefined) === (options.dataset === undefined)) {
      throw new AppError(
        'bad-input',
        'train needs either --images PATH... or --dataset NAME (or --resume RUN)',
      )
    }
    const model = modelOf(options)
    const parent = options.from ? findModel(core.catalog, options.from) : null
    const request = await planRun({
      architecture: model,
      selfSupervised: options.selfSupervised ?? false,
      ...photosOf(core, options),
      validationList: options.validationList ? resolve(options.validationList) : undefined,
      extra: options.extra?.map((path) => resolve(path)),
      length: lengthOf(options),
      given: parseAssignments(options.set),
      parent,
      id: options.name ?? defaultName(model),
      licenceNote: options.licence ?? 'not stated',
    })
    out.text(`Run ${request.id}: ${request.dataNote}`)
    return finish(context, await startRun(core, request, { signal, onProgress: progress }))
  })
  if (result.run.status === 'interrupted') process.exitCode = 130
}

function finish({ out }: Context, result: TrainResult): TrainResult {
  out.done()
  const { run, output, model, savings, verdict } = result
  out.result({ run, output, model: model?.id ?? null, savings, verdict })
  if (output?.best)
    out.text(`Best at step ${output.best.step}: validation loss ${output.best.validationLoss.toPrecision(5)}`)
  if (output?.skipped) out.text(`${output.skipped} steps were skipped (loss or gradient out of line)`)
  if (savings) out.text(savingsText(savings))
  if (verdict) out.text(verdict)
  else if (model) out.text(`Model '${model.id}' saved in ${model.folder}`)
  else
    out.text(
      `Stopped; the best weights so far are in ${run.folder}. Go on with: hourglass train --resume ${run.id}`,
    )
  return result
}

function savingsText(savings: Savings): string {
  const { photos, before, after, archive, modelBytes } = savings
  const share = ((100 * (after.bytes - before.bytes)) / before.bytes).toFixed(1)
  const saved = archiveSaving(savings)
  return (
    `On ${photos} held-out photos at the same PSNR (${before.psnrDb.toFixed(2)} dB): ${byteSize(before.bytes)} of ` +
    `.hgi files by ${before.model}, ${byteSize(after.bytes)} by ${after.model} (${share} %).\n` +
    `Over all ${archive.photos} photos, extrapolated from these: ${byteSize(Math.abs(saved))} ` +
    `${saved < 0 ? 'more' : 'less'}; the model itself takes ${byteSize(modelBytes)}.`
  )
}

/** The paths named, or the photos of a collection on the sides that the catalog put them. */
function photosOf({ catalog }: Core, { images = [], dataset: name }: TrainOptions) {
  if (name === undefined) return { images: images.map((path) => resolve(path)) }
  const dataset = catalog.datasets.byName(name)
  if (!dataset) {
    const known = catalog.datasets.list().map((each) => each.name)
    throw new AppError('not-found', `no dataset '${name}'; there are: ${known.join(', ') || 'none'}`)
  }
  const paths = (split: 'train' | 'validation') =>
    catalog.datasets.images(dataset.id, { split }).map(({ path }) => path)
  const [training, validation] = [paths('train'), paths('validation')]
  // A small collection may have all its photos on one side; then they are split like named files.
  const whole = training.length > 0 && validation.length > 0
  return whole
    ? { images: [], split: { name, training, validation } }
    : { images: [...training, ...validation] }
}

/** A run goes on with what it was started with; anything else would be ignored. */
function refuseBesideResume({
  images,
  dataset,
  from,
  name,
  validationList,
  extra,
  set,
  epochs,
  steps,
  minutes,
}: TrainOptions) {
  const given = { images, dataset, from, name, validationList, extra, epochs, steps, minutes, set: set[0] }
  const named = Object.entries(given).find(([, value]) => value !== undefined)
  if (named)
    throw new AppError('bad-input', `--resume goes on with the run's own settings; leave out '${named[0]}'`)
}

function lengthOf({ epochs, minutes, steps }: TrainOptions) {
  const given = Object.entries({ epochs, minutes, steps }).filter(([, value]) => value !== undefined)
  if (given.length !== 1)
    throw new AppError('bad-input', 'train needs one of --epochs, --steps and --minutes')
  return Object.fromEntries(given)
}

function defaultName(model: string): string {
  return `${model}-${new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')}`
}

/** Live lines: one that is overwritten for the steps, one that stays for each validation. */
function progressPrinter(out: Output): (report: TrainProgress) => void {
  return (report) => {
    if (report.kind === 'note') {
      out.done()
      console.error(report.text)
    } else if (report.kind === 'validation') {
      out.done()
      const metrics = Object.entries(report.metrics).map(([name, value]) => `${name} ${value.toPrecision(5)}`)
      const mark = report.improved ? ' (best)' : ''
      out.text(`step ${report.step}  validation ${report.loss.toPrecision(5)}${mark}  ${metrics.join('  ')}`)
    } else if (report.kind === 'samples') {
      // Pictures are for the window.
    } else if (report.kind === 'resumed') {
      out.text(`Going on after step ${report.step}`)
    } else {
      const { step, totalSteps, loss, elapsedMs, fraction } = report.latest
      const left = fraction > 0 ? duration((elapsedMs / fraction) * (1 - fraction)) : 'unknown'
      const of = totalSteps ? `/${totalSteps}` : ''
      out.status(
        `step ${step}${of}  loss ${loss.toPrecision(4)}  ${report.samplesPerSecond.toFixed(0)} samples/s  ${left} left`,
      )
    }
  }
}
