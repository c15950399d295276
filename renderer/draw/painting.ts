/** Draws on a canvas as it is told. It lives in a worker, beside the window's thread, which never waits for it. */
export interface Painter<Frame> {
  /** At the beginning, and again where the context was lost and is back: all that was told before is gone. */
  prepare(): Promise<void>
  draw(frame: Frame): void
}

/** A canvas first, then its frames. */
export type PainterRequest<Setup, Frame> =
  | { readonly canvas: OffscreenCanvas; readonly setup: Setup }
  | { readonly frame: Frame }

/**
 * `ready`: it knows nothing, and frames can be drawn; also after the context was lost. `drawn`: the next frame is welcome.
 * `failed`: nothing is ever drawn.
 */
export type PainterReply =
  | { readonly state: 'ready' | 'drawn' }
  | { readonly state: 'failed'; readonly message: string }

/** Makes this worker the painter of one canvas. @param make throws where it cannot draw on this machine */
export function paint<Setup, Frame>(make: (canvas: OffscreenCanvas, setup: Setup) => Painter<Frame>): void {
  let painter: Painter<Frame> | null = null
  const say = (reply: PainterReply) => self.postMessage(reply)
  const fail = (error: unknown) => say({ state: 'failed', message: (error as Error).message })
  const start = (canvas: OffscreenCanvas, setup: Setup) => {
    const made = make(canvas, setup)
    const prepare = () => made.prepare().then(() => say({ state: 'ready' }), fail)
    canvas.addEventListener('webglcontextlost', (event) => event.preventDefault())
    canvas.addEventListener('webglcontextrestored', prepare)
    painter = made
    void prepare()
  }
  self.onmessage = ({ data }: MessageEvent<PainterRequest<Setup, Frame>>) => {
    try {
      if ('canvas' in data) start(data.canvas, data.setup)
      else {
        painter?.draw(data.frame)
        say({ state: 'drawn' })
      }
    } catch (error) {
      fail(error)
    }
  }
}

/** Makes the context of a painter. @throws Error where the machine has no WebGL2 */
export function contextOf(canvas: OffscreenCanvas, options: WebGLContextAttributes): WebGL2RenderingContext {
  const gl = canvas.getContext('webgl2', options)
  if (gl) return gl
  throw new Error(
    'This window has no WebGL2, which draws pictures. Allow the graphics processor and restart.',
  )
}

/** Setting a size clears and makes anew, equal or not: set where it is another. */
export function setSize(canvas: HTMLCanvasElement | OffscreenCanvas, width: number, height: number): void {
  if (canvas.width === width && canvas.height === height) return
  canvas.width = width
  canvas.height = height
}
