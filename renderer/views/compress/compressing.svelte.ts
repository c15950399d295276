import type { CurvePoint, HgiCodedFacts, Rival, RivalFormat } from '../../../shared/contract/compress.ts'
import { rivalFormats } from '../../../shared/contract/compress.ts'
import { bitsUrl } from '../../../shared/contract/pixels.ts'
import { Viewport } from '../../draw/viewport.svelte.ts'
import { client } from '../../state/client.ts'
import { type Failure, failureOf } from '../../state/failure.ts'
import { kilobyte } from '../../state/format.svelte.ts'
import { models } from '../../state/models.svelte.ts'
import { Preview } from '../../state/preview.svelte.ts'

export type TargetKind = 'quality' | 'size' | 'psnr'
export type Beside = 'original' | RivalFormat | 'all' | 'none'

/** AVIF takes seconds for each megapixel: for larger photos it is made when it is asked for. */
const quickPixels = 3e6

/** A rival at the same size: its result, that it is being made, or why there is none. */
export type RivalState =
  | { readonly kind: 'working'; readonly fraction: number }
  | { readonly kind: 'out-of-reach'; readonly message: string }
  | { readonly kind: 'done'; readonly rival: Rival }

/** The open photo's compression: its target, the result, the same size in other formats, and its curve. */
class Compressing {
  readonly viewport = new Viewport()
  readonly preview = new Preview<HgiCodedFacts>()
  #image = $state<number | null>(null)
  #pixels = 0
  /** whose size is aimed at: it stays while the photo does */
  #sized: number | null = null
  model = $state('')
  kind = $state<TargetKind>('quality')
  quality = $state(60)
  /** bytes */
  size = $state(300_000)
  /** dB */
  psnr = $state(38)
  effort = $state<0 | 1 | 2>(1)
  beside = $state<Beside>('original')
  isSplit = $state(true)
  heat = $state(false)
  #bits = $state.raw<Float32Array | null>(null)
  #rivals = $state.raw<Readonly<Partial<Record<RivalFormat, RivalState>>>>({})
  #rivalFailure = $state.raw<Failure | null>(null)
  #curve = $state.raw<readonly CurvePoint[]>([])
  #curveState = $state<'none' | 'running' | 'done'>('none')
  #isPiece = $state(false)
  #curveFailure = $state.raw<Failure | null>(null)
  #stopRivals: (() => void) | undefined
  #stopCurve: (() => void) | undefined

  get image(): number | null {
    return this.#image
  }

  get bits(): Float32Array | null {
    return this.#bits
  }

  get rivals(): Readonly<Partial<Record<RivalFormat, RivalState>>> {
    return this.#rivals
  }

  get rivalFailure(): Failure | null {
    return this.#rivalFailure
  }

  get curve(): readonly CurvePoint[] {
    return this.#curve
  }

  get curveState(): 'none' | 'running' | 'done' {
    return this.#curveState
  }

  get curveFailure(): Failure | null {
    return this.#curveFailure
  }

  /** the curve is of a piece of the photo */
  get isPiece(): boolean {
    return this.#isPiece
  }

  get target() {
    const { kind } = this
    return { kind, value: this[kind] }
  }

  open(image: { id: number; width: number; height: number; bytes: number }): void {
    if (this.#image === image.id) return
    this.#image = image.id
    this.#pixels = image.width * image.height
    if (this.#sized !== image.id) this.size = inKilobytes(Math.min(image.bytes, this.#pixels * 0.1))
    this.#sized = image.id
    this.model ||= models.of('compress')[0]?.id ?? ''
    this.preview.clear()
    this.#bits = null
    this.#stopCurve?.()
    this.#curve = []
    this.#curveState = 'none'
    this.run()
  }

  /** Another kind of target aims at what there is. */
  aim(kind: TargetKind): void {
    const { facts } = this.preview
    if (facts && kind !== this.kind) {
      this.size = inKilobytes(facts.bytes)
      this.psnr = Math.min(46, Math.max(26, Math.floor(facts.psnrDb * 10) / 10))
      this.quality = Math.round(facts.quality)
    }
    this.kind = kind
    this.run()
  }

  close(): void {
    this.preview.stop()
    this.#stopRivals?.()
    this.#stopCurve?.()
    if (this.#curveState === 'running') this.#curveState = 'none'
    this.#image = null
  }

  run(): void {
    const image = this.#image
    if (image === null || this.model === '') return
    this.#stopRivals?.()
    const { model, target, effort } = this
    this.preview.start((listener) => client.compress.preview({ image, model, target, effort }, listener))
  }

  /** Once the result is there. */
  async follow(facts: HgiCodedFacts): Promise<void> {
    const { layer } = this.preview
    if (!layer) return
    this.#makeRivals(facts.bytes, this.#wantedRivals())
    const answer = await fetch(bitsUrl(layer.key))
    if (answer.ok && layer.key === this.preview.layer?.key)
      this.#bits = new Float32Array(await answer.arrayBuffer())
  }

  #wantedRivals(): RivalFormat[] {
    const { beside } = this
    return rivalFormats.filter(
      (format) => format !== 'avif' || this.#pixels <= quickPixels || beside === 'all' || beside === format,
    )
  }

  /** Makes one that was left out before. */
  makeRival(format: RivalFormat): void {
    const { facts } = this.preview
    if (facts && !this.#rivals[format]) this.#makeRivals(facts.bytes, [...this.#wantedRivals(), format])
  }

  #makeRivals(bytes: number, wanted: readonly RivalFormat[]): void {
    const image = this.#image
    if (image === null) return
    this.#stopRivals?.()
    this.#rivalFailure = null
    const formats = rivalFormats.filter((format) => wanted.includes(format))
    this.#rivals = Object.fromEntries(formats.map((format) => [format, { kind: 'working', fraction: 0 }]))
    const set = (format: RivalFormat, state: RivalState) => {
      this.#rivals = { ...this.#rivals, [format]: state }
    }
    this.#stopRivals = client.compress.rivals(
      { image, bytes, formats },
      {
        onData: (event) => {
          if (event.kind === 'rival') set(event.rival.format, { kind: 'done', rival: event.rival })
          else if (event.kind === 'progress') set(event.format, { kind: 'working', fraction: event.fraction })
          else set(event.format, event)
        },
        onError: (error) => {
          this.#rivalFailure = failureOf(error)
        },
      },
    )
  }

  drawCurve(): void {
    const image = this.#image
    if (image === null) return
    this.#stopCurve?.()
    this.#curve = []
    this.#curveState = 'running'
    this.#curveFailure = null
    this.#stopCurve = client.compress.curve(
      { image, model: this.model },
      {
        onData: (event) => {
          if (event.kind === 'point') this.#curve = [...this.#curve, event.point]
          else this.#isPiece = event.isPiece
        },
        onError: (error) => {
          this.#curveFailure = failureOf(error)
          this.#curveState = 'none'
        },
        onEnd: () => {
          this.#curveState = 'done'
        },
      },
    )
  }

  stopCurve(): void {
    this.#stopCurve?.()
    this.#curveState = this.#curve.length > 0 ? 'done' : 'none'
  }
}

/** Whole ones, so many bytes at least. */
function inKilobytes(bytes: number): number {
  const one = kilobyte().bytes
  return Math.max(1, Math.ceil(bytes / one)) * one
}

export const compressing = new Compressing()
