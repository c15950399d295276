import type { Rect } from '../../../shared/contract/common.ts'
import type { PreviewEvent } from '../../../shared/contract/preview.ts'
import type { Raster } from '../../imaging/raster.ts'
import type { Pictures, StoredLayer } from '../pictures/pictures.ts'
import { Inbox } from '../topic.ts'

/** What the work of a preview says on its way. */
export interface PreviewSteps {
  readonly signal: AbortSignal
  /** The picture can be looked at from now on; its pixels may still change. */
  begin(raster: Raster, name: string): StoredLayer
  progress(fraction: number): void
  /** These pixels are final. */
  tile(rect: Rect): void
}

/**
 * A preview as events. One that was made before and is still kept is answered at once; stopping to read stops the work.
 * @param request names what was asked for, see `requestKey`
 */
export async function* preview<Facts>(
  pictures: Pictures,
  request: string,
  signal: AbortSignal,
  work: (steps: PreviewSteps) => Promise<Facts>,
  prefix: 'r' | 'h' = 'r',
): AsyncGenerator<PreviewEvent<Facts>> {
  const known = pictures.made(request)
  if (known) {
    yield { kind: 'layer', layer: known.layer }
    yield { kind: 'done', layer: known.layer, facts: known.facts as Facts }
    return
  }
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  const inbox = new Inbox<PreviewEvent<Facts>>()
  const started = performance.now()
  let stored: StoredLayer | null = null
  const steps: PreviewSteps = {
    signal: both,
    begin(raster, name) {
      if (stored) pictures.drop(stored.layer.key)
      stored = pictures.add(raster, name, prefix)
      inbox.put({ kind: 'layer', layer: stored.layer })
      return stored
    },
    progress(fraction) {
      const elapsed = performance.now() - started
      const msLeft = fraction > 0.02 ? (elapsed * (1 - fraction)) / fraction : null
      inbox.put({ kind: 'progress', fraction, msLeft })
    },
    tile: (rect) => inbox.put({ kind: 'tile', ...rect }),
  }
  const done = work(steps).then(
    (facts) => {
      const made = stored! // work that ends well has begun
      made.facts = facts
      pictures.finish(made, request)
      inbox.put({ kind: 'done', layer: made.layer, facts })
      inbox.close()
    },
    (error) => {
      if (stored) pictures.drop(stored.layer.key)
      inbox.close({ error })
    },
  )
  try {
    yield* inbox.until(signal)
  } finally {
    stop.abort()
    await done
  }
}
