import { contextOf, type Painter, setSize } from './painting.ts'
import { beginProgram, whenLinked } from './program.ts'
import { fragmentShader, vertexShader } from './shaders.ts'
import type { Region } from './viewport.svelte.ts'

/** Pixels that become the texture of this number. */
export interface Upload {
  readonly id: number
  readonly pixels: ImageBitmap | ImageData
  /** smaller copies too, for pictures shown reduced */
  readonly hasMipmaps: boolean
}

/** One rectangle: `cell` of the picture in image pixels, from textures that cover `tile`. */
export interface Quad {
  /** of the fragment shader */
  readonly mode: 0 | 1 | 2 | 3
  readonly textures: readonly number[]
  readonly tile: Region
  readonly cell: Region
  /** strength, luminance, chroma, detail */
  readonly amounts?: readonly [number, number, number, number]
  readonly gain?: number
  readonly opacity?: number
  /** pixels as squares */
  readonly isNearest: boolean
}

/** What is drawn in one place of the canvas; places in device pixels from the top left. */
export interface Pass {
  readonly box: Region
  readonly clip: Region
  readonly quads: readonly Quad[]
}

export interface Frame {
  readonly width: number
  readonly height: number
  /** the colour around pictures, from 0 to 1 */
  readonly ground: number
  readonly scale: number
  readonly centre: { readonly x: number; readonly y: number }
  readonly uploads: readonly Upload[]
  /** textures that are not needed any more */
  readonly deleted: readonly number[]
  readonly passes: readonly Pass[]
}

export interface PictureSetup {
  /** Display P3 instead of sRGB */
  readonly wideGamut: boolean
}

const samplers = ['first', 'second', 'third'] as const
const uniformNames = ['cell', 'tile', 'view', 'pane', 'mode', 'amounts', 'gain', 'opacity'] as const
type Uniforms = Record<(typeof uniformNames)[number], WebGLUniformLocation | null>

/** Draws pictures through WebGL2. */
export class PicturePainter implements Painter<Frame> {
  readonly #gl: WebGL2RenderingContext
  readonly #textures = new Map<number, { readonly texture: WebGLTexture; readonly hasMipmaps: boolean }>()
  #uniforms: Uniforms | null = null

  /** @throws Error where the machine has no WebGL2 */
  constructor(canvas: OffscreenCanvas, { wideGamut }: PictureSetup) {
    const gl = contextOf(canvas, { alpha: false, antialias: false })
    if (wideGamut) {
      gl.drawingBufferColorSpace = 'display-p3'
      gl.unpackColorSpace = 'display-p3'
    }
    this.#gl = gl
  }

  /** @throws Error as `whenLinked` */
  async prepare(): Promise<void> {
    const gl = this.#gl
    this.#textures.clear()
    this.#uniforms = null
    const program = beginProgram(gl, vertexShader, fragmentShader, ['corner'])
    bindCorners(gl)
    if (await whenLinked(gl, [program])) this.#uniforms = uniformsOf(gl, program)
  }

  draw({ width, height, ground, scale, centre, uploads, deleted, passes }: Frame): void {
    const gl = this.#gl
    const uniforms = this.#uniforms
    for (const id of deleted) this.#delete(id)
    if (!uniforms) return
    for (const upload of uploads) this.#upload(upload)
    setSize(gl.canvas, width, height)
    gl.disable(gl.SCISSOR_TEST)
    gl.clearColor(ground, ground, ground, 1)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.enable(gl.SCISSOR_TEST)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    gl.uniform3f(uniforms.view, scale, centre.x, centre.y)
    for (const { box, clip, quads } of passes) {
      gl.viewport(box.x, height - box.y - box.height, box.width, box.height)
      gl.scissor(clip.x, height - clip.y - clip.height, clip.width, clip.height)
      gl.uniform2f(uniforms.pane, box.width, box.height)
      for (const quad of quads) this.#drawQuad(quad, uniforms)
    }
  }

  #drawQuad(
    { mode, textures, tile, cell, amounts, gain, opacity, isNearest }: Quad,
    uniforms: Uniforms,
  ): void {
    const gl = this.#gl
    for (const [unit, id] of textures.entries()) {
      const found = this.#textures.get(id)
      if (!found) return
      gl.activeTexture(gl.TEXTURE0 + unit)
      gl.bindTexture(gl.TEXTURE_2D, found.texture)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, isNearest ? gl.NEAREST : gl.LINEAR)
      const reduced = found.hasMipmaps ? gl.LINEAR_MIPMAP_LINEAR : gl.LINEAR
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, reduced)
    }
    gl.uniform1i(uniforms.mode, mode)
    if (amounts) gl.uniform4f(uniforms.amounts, ...amounts)
    if (gain !== undefined) gl.uniform1f(uniforms.gain, gain)
    if (opacity !== undefined) gl.uniform1f(uniforms.opacity, opacity)
    gl.uniform4f(uniforms.tile, tile.x, tile.y, tile.width, tile.height)
    gl.uniform4f(uniforms.cell, cell.x, cell.y, cell.width, cell.height)
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
  }

  #upload({ id, pixels, hasMipmaps }: Upload): void {
    const gl = this.#gl
    const texture = gl.createTexture()
    gl.activeTexture(gl.TEXTURE0)
    gl.bindTexture(gl.TEXTURE_2D, texture)
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, pixels)
    if (hasMipmaps) gl.generateMipmap(gl.TEXTURE_2D)
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
      gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE)
    if (pixels instanceof ImageBitmap) pixels.close()
    this.#textures.set(id, { texture, hasMipmaps })
  }

  #delete(id: number): void {
    const found = this.#textures.get(id)
    if (found) this.#gl.deleteTexture(found.texture)
    this.#textures.delete(id)
  }
}

function uniformsOf(gl: WebGL2RenderingContext, program: WebGLProgram): Uniforms {
  gl.useProgram(program)
  for (const [unit, name] of samplers.entries()) gl.uniform1i(gl.getUniformLocation(program, name), unit)
  return Object.fromEntries(
    uniformNames.map((name) => [name, gl.getUniformLocation(program, name)]),
  ) as Uniforms
}

function bindCorners(gl: WebGL2RenderingContext): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer())
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW)
  gl.enableVertexAttribArray(0)
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0)
}
