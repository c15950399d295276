import { type Layer, type Overlay, type PlacedLayer, picturesOf } from './layer.ts'
import { coarseSide, type Picture, wideGamut } from './picture.ts'
import { beginProgram, whenLinked } from './program.ts'
import { fragmentShader, vertexShader } from './shaders.ts'
import { cellSide, type Piece, Textures } from './textures.ts'
import type { Region } from './viewport.svelte.ts'

export interface View {
  readonly scale: number
  readonly centre: { readonly x: number; readonly y: number }
}

type Uniforms = Record<string, WebGLUniformLocation | null>
const samplers = ['first', 'second', 'third'] as const

/**
 * Draws pictures on one canvas through WebGL2: the coarse whole first, exact pieces above it as they arrive. Above
 * 200 % pixels are shown as squares.
 */
export class Stage {
  readonly #gl: WebGL2RenderingContext
  /** none until the program is compiled */
  #uniforms: Uniforms = {}
  #isReady = false
  #failure: Error | null = null
  readonly textures: Textures
  readonly #overlays = new Map<string, WebGLTexture>()

  /**
   * @param onArrival something to draw, or the means to, has arrived
   * @throws Error where the machine has no WebGL2
   */
  constructor(canvas: HTMLCanvasElement, onArrival: () => void) {
    const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, preserveDrawingBuffer: true })
    if (!gl)
      throw new Error(
        'This window has no WebGL2, which draws the photographs. Allow the graphics processor and restart.',
      )
    if (wideGamut) {
      gl.drawingBufferColorSpace = 'display-p3'
      gl.unpackColorSpace = 'display-p3'
    }
    this.#gl = gl
    this.textures = new Textures(gl, onArrival)
    const program = beginProgram(gl, vertexShader, fragmentShader, ['corner'])
    bindCorners(gl)
    whenLinked(gl, [program]).then(
      (canDraw) => {
        if (!canDraw) return
        this.#uniforms = uniformsOf(gl, program)
        this.#isReady = true
        onArrival()
      },
      (error: Error) => {
        this.#failure = error
        onArrival()
      },
    )
  }

  /** Why nothing, or not all, is drawn. */
  get failure(): unknown {
    return this.#failure ?? this.textures.failure
  }

  /** @param ground the colour around pictures, three numbers from 0 to 1 */
  draw(layers: readonly PlacedLayer[], view: View, ground: readonly number[]): void {
    if (!this.#isReady) return
    const gl = this.#gl
    const { width, height } = gl.canvas
    this.textures.begin()
    gl.disable(gl.SCISSOR_TEST)
    gl.clearColor(ground[0], ground[1], ground[2], 1)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.enable(gl.SCISSOR_TEST)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    for (const { layer, box, clip } of layers) {
      if (clip.width <= 0 || clip.height <= 0) continue
      gl.viewport(box.x, height - box.y - box.height, box.width, box.height)
      gl.scissor(clip.x, height - clip.y - clip.height, clip.width, clip.height)
      gl.uniform2f(this.#uniforms.pane, box.width, box.height)
      gl.uniform3f(this.#uniforms.view, view.scale, view.centre.x, view.centre.y)
      this.#drawLayer(layer, view, box)
    }
    gl.viewport(0, 0, width, height)
    this.textures.end()
  }

  #drawLayer(layer: Layer, view: View, box: { width: number; height: number }): void {
    const gl = this.#gl
    const pictures = picturesOf(layer)
    // What is not computed yet shows as it was.
    if (layer.kind === 'blend') this.#drawLayer({ kind: 'picture', picture: layer.original }, view, box)
    gl.uniform1i(this.#uniforms.mode, { picture: 0, blend: 1, residual: 2 }[layer.kind])
    if (layer.kind !== 'picture') {
      const { strength, luminance, chroma, detail } = layer.amounts
      gl.uniform4f(this.#uniforms.amounts, strength, luminance, chroma, detail)
      gl.uniform1f(this.#uniforms.gain, layer.gain)
    }
    const whole = { x: 0, y: 0, width: pictures[0].width, height: pictures[0].height }
    this.#drawPieces(
      pictures.map((picture) => this.textures.coarse(picture)),
      whole,
      view.scale,
    )
    if (needsTiles(pictures[0], view.scale)) {
      for (const cell of cellsIn(pictures[0], view, box)) {
        this.#drawPieces(
          pictures.map((picture) => this.textures.tile(picture, cell)),
          cell,
          view.scale,
        )
      }
    }
    if (layer.kind === 'picture' && layer.overlay) this.#drawOverlay(layer.overlay)
  }

  /** Draws where all are here: a sharp picture is never compared with a coarse one. */
  #drawPieces(pieces: readonly (Piece | undefined)[], cell: Region, scale: number): void {
    const gl = this.#gl
    for (const [unit, piece] of pieces.entries()) {
      if (!piece) return
      gl.activeTexture(gl.TEXTURE0 + unit)
      gl.bindTexture(gl.TEXTURE_2D, piece.texture)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, scale > 2 ? gl.NEAREST : gl.LINEAR)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR)
    }
    const { region } = pieces[0]!
    gl.uniform4f(this.#uniforms.tile, region.x, region.y, region.width, region.height)
    gl.uniform4f(this.#uniforms.cell, cell.x, cell.y, cell.width, cell.height)
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
  }

  #drawOverlay({ key, pixels, width, height, opacity }: Overlay): void {
    const gl = this.#gl
    let texture = this.#overlays.get(key)
    gl.activeTexture(gl.TEXTURE0)
    if (!texture) {
      texture = gl.createTexture()
      gl.bindTexture(gl.TEXTURE_2D, texture)
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true)
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, pixels)
      for (const old of this.#overlays.values()) gl.deleteTexture(old)
      this.#overlays.clear()
      this.#overlays.set(key, texture)
    }
    gl.bindTexture(gl.TEXTURE_2D, texture)
    for (const filter of [gl.TEXTURE_MAG_FILTER, gl.TEXTURE_MIN_FILTER]) {
      gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR)
    }
    gl.uniform1i(this.#uniforms.mode, 3)
    gl.uniform1f(this.#uniforms.opacity, opacity)
    gl.uniform4f(this.#uniforms.tile, 0, 0, width, height)
    gl.uniform4f(this.#uniforms.cell, 0, 0, width, height)
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
  }

  dispose(): void {
    this.textures.dispose()
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext()
  }
}

function needsTiles(picture: Picture, scale: number): boolean {
  return scale > 0.8 * Math.min(1, coarseSide / Math.max(picture.width, picture.height))
}

/** Visible cells, those in the middle first. */
function cellsIn(
  picture: Picture,
  { scale, centre }: View,
  box: { width: number; height: number },
): Region[] {
  const span = (middle: number, pane: number, size: number) => {
    const half = pane / scale / 2
    const first = Math.max(0, Math.floor((middle - half) / cellSide))
    return { first, last: Math.min(Math.ceil(size / cellSide), Math.ceil((middle + half) / cellSide)) }
  }
  const across = span(centre.x, box.width, picture.width)
  const down = span(centre.y, box.height, picture.height)
  const cells: Region[] = []
  for (let row = down.first; row < down.last; row++) {
    for (let column = across.first; column < across.last; column++) {
      const x = column * cellSide
      const y = row * cellSide
      const width = Math.min(cellSide, picture.width - x)
      cells.push({ x, y, width, height: Math.min(cellSide, picture.height - y) })
    }
  }
  const distance = ({ x, y, width, height }: Region) =>
    Math.hypot(x + width / 2 - centre.x, y + height / 2 - centre.y)
  return cells.sort((a, b) => distance(a) - distance(b))
}

function uniformsOf(gl: WebGL2RenderingContext, program: WebGLProgram): Uniforms {
  gl.useProgram(program)
  for (const [unit, name] of samplers.entries()) gl.uniform1i(gl.getUniformLocation(program, name), unit)
  const names = ['cell', 'tile', 'view', 'pane', 'mode', 'amounts', 'gain', 'opacity']
  return Object.fromEntries(names.map((name) => [name, gl.getUniformLocation(program, name)]))
}

function bindCorners(gl: WebGL2RenderingContext): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer())
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW)
  gl.enableVertexAttribArray(0)
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0)
}
