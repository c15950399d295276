import { type Frame, Painter } from './painter.ts'

/** A canvas first, then its frames. */
export type PainterRequest =
  | { readonly canvas: OffscreenCanvas; readonly wideGamut: boolean }
  | { readonly frame: Frame }

/**
 * `ready`: it has no textures, and frames can be drawn; also after the context was lost. `drawn`: the next frame is
 * welcome. `failed`: nothing is ever drawn.
 */
export type PainterReply =
  | { readonly state: 'ready' | 'drawn' }
  | { readonly state: 'failed'; readonly message: string }

let painter: Painter | null = null
const say = (reply: PainterReply) => self.postMessage(reply)
const fail = (error: unknown) => say({ state: 'failed', message: (error as Error).message })

self.onmessage = ({ data }: MessageEvent<PainterRequest>) => {
  try {
    if ('canvas' in data) start(data.canvas, data.wideGamut)
    else {
      painter?.draw(data.frame)
      say({ state: 'drawn' })
    }
  } catch (error) {
    fail(error)
  }
}

function start(canvas: OffscreenCanvas, wideGamut: boolean): void {
  const made = new Painter(canvas, wideGamut)
  const prepare = () => made.prepare().then(() => say({ state: 'ready' }), fail)
  canvas.addEventListener('webglcontextlost', (event) => event.preventDefault())
  canvas.addEventListener('webglcontextrestored', prepare)
  painter = made
  void prepare()
}
