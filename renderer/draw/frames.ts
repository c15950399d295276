/**
 * Draws at most once a frame, of whatever is current by then, and not before the graphics process has finished what was
 * drawn last: few frames may wait for it, and one more would make the window's thread wait, too.
 */
export class Frames {
  readonly #gl: WebGL2RenderingContext
  readonly #draw: () => void
  #frame = 0
  #unfinished: WebGLSync | null = null

  constructor(gl: WebGL2RenderingContext, draw: () => void) {
    this.#gl = gl
    this.#draw = draw
  }

  ask(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#next())
  }

  stop(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
  }

  #next(): void {
    this.#frame = 0
    if (!this.#isFinished()) {
      this.ask()
      return
    }
    this.#draw()
    this.#unfinished = this.#gl.fenceSync(this.#gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
    this.#gl.flush()
  }

  /** Asked without waiting: the answer is that of the last task. */
  #isFinished(): boolean {
    const gl = this.#gl
    if (!this.#unfinished || gl.isContextLost()) return true
    if (gl.getSyncParameter(this.#unfinished, gl.SYNC_STATUS) !== gl.SIGNALED) return false
    gl.deleteSync(this.#unfinished)
    this.#unfinished = null
    return true
  }
}
