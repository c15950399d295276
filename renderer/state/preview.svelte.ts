import type { Layer } from '../../shared/contract/common.ts'
import type { Listener } from '../../shared/contract/index.ts'
import type { PreviewEvent } from '../../shared/contract/preview.ts'
import { Growth, growingPicture } from '../draw/library-picture.ts'
import type { Picture } from '../draw/picture.ts'
import { type Failure, failureOf, isAborted } from './failure.ts'

/** A result while it comes into being: its pixels appear piece by piece, its facts at the end. */
export class Preview<Facts> {
  #layer = $state.raw<Layer | null>(null)
  #growth = $state.raw(new Growth())
  /** counts what became final */
  #version = $state(0)
  #fraction = $state<number | null>(null)
  #msLeft = $state<number | null>(null)
  #facts = $state.raw<Facts | null>(null)
  #failure = $state.raw<Failure | null>(null)
  #isRunning = $state(false)
  #isStopped = $state(false)
  #stop: (() => void) | undefined

  get layer(): Layer | null {
    return this.#layer
  }

  get growth(): Growth {
    return this.#growth
  }

  get version(): number {
    return this.#version
  }

  /** what is there of the layer; null before there is one */
  get picture(): Picture | null {
    return this.#layer && growingPicture(this.#layer, this.#growth, this.#version)
  }

  /** 0 to 1 while it runs and that is known */
  get fraction(): number | null {
    return this.#fraction
  }

  get msLeft(): number | null {
    return this.#msLeft
  }

  get facts(): Facts | null {
    return this.#facts
  }

  get failure(): Failure | null {
    return this.#failure
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** a person stopped it before its end */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Begins anew; what was shown stays until the new layer is there. */
  start(subscribe: (listener: Listener<PreviewEvent<Facts>>) => () => void): void {
    this.stop()
    this.#isRunning = true
    this.#isStopped = false
    this.#failure = null
    this.#facts = null
    this.#fraction = null
    this.#msLeft = null
    let isCurrent = true
    const unsubscribe = subscribe({
      onData: (event) => {
        if (isCurrent) this.#take(event)
      },
      onError: (error) => {
        if (!isCurrent) return
        this.#isRunning = false
        if (!isAborted(error)) this.#failure = failureOf(error)
      },
      onEnd: () => {
        if (isCurrent) this.#isRunning = false
      },
    })
    this.#stop = () => {
      isCurrent = false
      unsubscribe()
    }
  }

  stop(): void {
    this.#stop?.()
    this.#stop = undefined
    this.#isRunning = false
  }

  /** As a person asks for; it says so until it is begun again. */
  halt(): void {
    this.stop()
    this.#isStopped = true
  }

  clear(): void {
    this.stop()
    this.#isStopped = false
    this.#layer = null
    this.#facts = null
    this.#failure = null
  }

  #take(event: PreviewEvent<Facts>): void {
    if (event.kind === 'layer') {
      this.#growth = new Growth()
      this.#layer = event.layer
    } else if (event.kind === 'progress') {
      this.#fraction = event.fraction
      this.#msLeft = event.msLeft
    } else if (event.kind === 'tile') {
      this.#growth.add(event)
    } else {
      if (this.#layer?.key !== event.layer.key) this.#growth = new Growth()
      this.#growth.isWhole = true
      this.#layer = event.layer
      this.#facts = event.facts
      this.#isRunning = false
    }
    this.#version++
  }
}
