import { sheetAcross, sheetImages } from '../../../shared/contract/latents.ts'
import { Frames } from '../../draw/frames.ts'
import { beginProgram, whenLinked } from '../../draw/program.ts'
import { type Place, pointsWithin } from './outline.ts'

/** Colours that most eyes tell apart (Okabe and Ito, 2008), then lighter ones. */
export const groupColours = [
  ...[
    '#e69f00',
    '#56b4e9',
    '#009e73',
    '#f0e442',
    '#4f8fd6',
    '#d55e00',
    '#cc79a7',
    '#bbbbbb',
    '#ff9da7',
    '#8cd17d',
  ],
  ...['#b58d6f', '#b6992d'],
] as const

/** From little to much (viridis but for its darkest part): lightness grows evenly. */
export const rampColours = [
  ...['#414487', '#355f8d', '#2a788e', '#21918c', '#22a884', '#44bf70', '#7ad151', '#bddf26', '#fde725'],
] as const

/** What colours points: the group of each, -1 for none, or a value from 0 to 1. */
export type Tint =
  | { readonly kind: 'groups'; readonly of: ArrayLike<number> }
  | { readonly kind: 'values'; readonly of: ArrayLike<number> }

interface Sheets {
  readonly url: (page: number) => string
  readonly rows: number
  readonly columns: number
  readonly count: number
}

/** Up to so many images in view are drawn as images, more as points. */
const mostImages = 1500
/** Bytes of textures that pages of images may take. */
const mostPageBytes = 256 * 2 ** 20

/** Groups take the colours in turn; values lie between those of a ramp. */
const tintFunction = `uniform float isRamp;
vec3 tintOf(float tint) {
  int low = int(mod(floor(tint), 12.0));
  return isRamp > 0.5 ? mix(colours[low], colours[min(low + 1, 11)], fract(tint)) : colours[low];
}`
const pointShader = `#version 300 es
in vec2 place; in vec2 look;
uniform vec2 centre; uniform vec2 scale; uniform float size; uniform vec3 colours[12];
out vec4 colour;
${tintFunction}
void main() {
  gl_Position = vec4((place - centre) * scale, 0.0, 1.0);
  gl_PointSize = look.y > 0.5 ? size + 3.0 : size;
  vec3 own = look.x < 0.0 ? vec3(0.62) : tintOf(look.x);
  colour = look.y > 0.5 ? vec4(1.0) : vec4(own, 0.85);
}`
const dotShader = `#version 300 es
precision mediump float;
in vec4 colour; out vec4 shown;
void main() {
  float d = length(gl_PointCoord - 0.5);
  if (d > 0.5) discard;
  shown = vec4(colour.rgb * colour.a, colour.a);
}`
const imageShader = `#version 300 es
in vec2 corner; in vec4 item;
uniform vec2 centre; uniform vec2 scale; uniform vec2 side; uniform vec2 cell; uniform vec3 colours[12];
in vec2 look;
out vec2 at; out vec2 within; out vec4 rim;
${tintFunction}
void main() {
  gl_Position = vec4((item.xy - centre) * scale + (corner - 0.5) * side, 0.0, 1.0);
  at = (item.zw + vec2(corner.x, 1.0 - corner.y)) * cell;
  within = corner;
  vec3 own = look.x < 0.0 ? vec3(0.35) : tintOf(look.x);
  rim = look.y > 0.5 ? vec4(1.0) : vec4(own, 1.0);
}`
const texelShader = `#version 300 es
precision mediump float;
in vec2 at; in vec2 within; in vec4 rim; uniform sampler2D sheet; out vec4 shown;
void main() {
  vec2 edge = min(within, 1.0 - within);
  shown = min(edge.x, edge.y) < 0.05 ? rim : vec4(texture(sheet, at).rgb, 1.0);
}`

/** Draws a map of points, and of small images where few are in view, with WebGL 2. */
export class MapStage {
  readonly #canvas: HTMLCanvasElement
  readonly #gl: WebGL2RenderingContext
  readonly #points: WebGLProgram
  readonly #images: WebGLProgram
  readonly #pointArray: WebGLVertexArrayObject
  readonly #imageArray: WebGLVertexArrayObject
  readonly #placeBuffer: WebGLBuffer
  readonly #lookBuffer: WebGLBuffer
  readonly #itemBuffer: WebGLBuffer
  readonly #itemLookBuffer: WebGLBuffer
  readonly #pages = new Map<number, WebGLTexture | null>()
  #xy: Float32Array<ArrayBuffer> = new Float32Array()
  #look: Float32Array<ArrayBuffer> = new Float32Array()
  #isRamp = false
  #sheets: Sheets | null = null
  readonly #frames: Frames
  /** all is in view, and stays so while the canvas changes its size */
  #isFitted = false
  centre: Place = { x: 0, y: 0 }
  /** pixels for each unit of the map */
  zoom = 1

  #isReady = false

  /**
   * @param onFailure called where the programs cannot be compiled
   * @throws Error where the browser has no WebGL 2
   */
  constructor(canvas: HTMLCanvasElement, onFailure: (error: unknown) => void) {
    const gl = canvas.getContext('webgl2', { antialias: true, premultipliedAlpha: true })
    if (!gl) throw new Error('This browser has no WebGL 2, which the map needs.')
    this.#canvas = canvas
    this.#gl = gl
    this.#frames = new Frames(gl, () => this.#draw())
    this.#points = beginProgram(gl, pointShader, dotShader, ['place', 'look'])
    this.#images = beginProgram(gl, imageShader, texelShader, ['corner', 'item', 'look'])
    this.#placeBuffer = gl.createBuffer()
    this.#lookBuffer = gl.createBuffer()
    this.#itemBuffer = gl.createBuffer()
    this.#itemLookBuffer = gl.createBuffer()
    this.#pointArray = gl.createVertexArray()
    gl.bindVertexArray(this.#pointArray)
    attribute(gl, 0, this.#placeBuffer, 2)
    attribute(gl, 1, this.#lookBuffer, 2)
    this.#imageArray = gl.createVertexArray()
    gl.bindVertexArray(this.#imageArray)
    const corners = gl.createBuffer()
    gl.bindBuffer(gl.ARRAY_BUFFER, corners)
    gl.bufferData(gl.ARRAY_BUFFER, Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1), gl.STATIC_DRAW)
    attribute(gl, 0, corners, 2)
    attribute(gl, 1, this.#itemBuffer, 4, 1)
    attribute(gl, 2, this.#itemLookBuffer, 2, 1)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    whenLinked(gl, [this.#points, this.#images]).then((canDraw) => {
      this.#isReady = canDraw
      if (canDraw) this.redraw()
    }, onFailure)
  }

  get count(): number {
    return this.#xy.length / 2
  }

  setPoints(xy: Float32Array<ArrayBuffer>): void {
    const gl = this.#gl
    const isNew = xy.length !== this.#xy.length
    this.#xy = xy
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#placeBuffer)
    gl.bufferData(gl.ARRAY_BUFFER, xy, gl.STATIC_DRAW)
    if (isNew) this.setLook(null, new Set())
    this.fit()
  }

  /** The chosen ones are light. */
  setLook(tint: Tint | null, chosen: ReadonlySet<number>): void {
    const gl = this.#gl
    this.#isRamp = tint?.kind === 'values'
    const scale = this.#isRamp ? rampColours.length - 1 : 1
    this.#look = new Float32Array(this.count * 2)
    for (let i = 0; i < this.count; i++) this.#look[2 * i] = tint ? scale * tint.of[i]! : -1
    for (const index of chosen) this.#look[2 * index + 1] = 1
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#lookBuffer)
    gl.bufferData(gl.ARRAY_BUFFER, this.#look, gl.DYNAMIC_DRAW)
    this.redraw()
  }

  setSheets(sheets: Sheets | null): void {
    for (const texture of this.#pages.values()) if (texture) this.#gl.deleteTexture(texture)
    this.#pages.clear()
    this.#sheets = sheets
    this.redraw()
  }

  /** All in view. */
  fit(): void {
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity]
    for (let i = 0; i < this.#xy.length; i += 2) {
      left = Math.min(left, this.#xy[i]!)
      right = Math.max(right, this.#xy[i]!)
      low = Math.min(low, this.#xy[i + 1]!)
      high = Math.max(high, this.#xy[i + 1]!)
    }
    if (left > right) return
    this.centre = { x: (left + right) / 2, y: (low + high) / 2 }
    const { clientWidth, clientHeight } = this.#canvas
    const room = 100
    this.zoom = Math.min(
      (clientWidth - room) / (right - left || 1),
      (clientHeight - room) / (high - low || 1),
    )
    this.#isFitted = true
    this.redraw()
  }

  /** The canvas has another size. */
  resize(): void {
    if (this.#isFitted) this.fit()
    else this.redraw()
  }

  /** @param at in pixels of the canvas */
  zoomAt(at: Place, factor: number): void {
    const before = this.toMap(at)
    this.zoom *= factor
    const after = this.toMap(at)
    this.#isFitted = false
    this.centre = { x: this.centre.x + before.x - after.x, y: this.centre.y + before.y - after.y }
    this.redraw()
  }

  pan(dx: number, dy: number): void {
    this.#isFitted = false
    this.centre = { x: this.centre.x - dx / this.zoom, y: this.centre.y + dy / this.zoom }
    this.redraw()
  }

  toMap({ x, y }: Place): Place {
    const { clientWidth, clientHeight } = this.#canvas
    return {
      x: this.centre.x + (x - clientWidth / 2) / this.zoom,
      y: this.centre.y - (y - clientHeight / 2) / this.zoom,
    }
  }

  toCanvas({ x, y }: Place): Place {
    const { clientWidth, clientHeight } = this.#canvas
    return {
      x: (x - this.centre.x) * this.zoom + clientWidth / 2,
      y: clientHeight / 2 - (y - this.centre.y) * this.zoom,
    }
  }

  /** The point nearest to a place of the canvas, within reach of a finger. */
  pick(at: Place): number | null {
    const { x, y } = this.toMap(at)
    let [best, least] = [-1, (24 / this.zoom) ** 2]
    for (let i = 0; i < this.count; i++) {
      const square = (this.#xy[2 * i]! - x) ** 2 + (this.#xy[2 * i + 1]! - y) ** 2
      if (square < least) [best, least] = [i, square]
    }
    return best < 0 ? null : best
  }

  /** Points within an outline drawn on the canvas. */
  within(outline: readonly Place[]): number[] {
    return pointsWithin(
      this.#xy,
      outline.map((corner) => this.toMap(corner)),
    )
  }

  redraw(): void {
    this.#frames.ask()
  }

  dispose(): void {
    this.setSheets(null)
    this.#frames.stop()
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext()
  }

  #draw(): void {
    if (!this.#isReady) return
    const gl = this.#gl
    const ratio = devicePixelRatio
    const { clientWidth, clientHeight } = this.#canvas
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)]
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width
      this.#canvas.height = height
    }
    gl.viewport(0, 0, width, height)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    if (this.count === 0 || clientWidth === 0) return
    const visible = this.#sheets ? this.#visible() : null
    const scale: [number, number] = [(2 * this.zoom) / clientWidth, (2 * this.zoom) / clientHeight]
    gl.useProgram(this.#points)
    this.#common(this.#points, scale)
    const size = Math.min(9, Math.max(2.5, 240 / Math.sqrt(this.count))) * ratio
    gl.uniform1f(gl.getUniformLocation(this.#points, 'size'), size)
    gl.bindVertexArray(this.#pointArray)
    gl.drawArrays(gl.POINTS, 0, this.count)
    if (visible && this.#sheets) this.#drawImages(visible, this.#sheets, scale)
  }

  #common(used: WebGLProgram, scale: [number, number]): void {
    const gl = this.#gl
    gl.uniform2f(gl.getUniformLocation(used, 'centre'), this.centre.x, this.centre.y)
    gl.uniform2f(gl.getUniformLocation(used, 'scale'), ...scale)
    gl.uniform3fv(gl.getUniformLocation(used, 'colours'), this.#isRamp ? rampValues : groupValues)
    gl.uniform1f(gl.getUniformLocation(used, 'isRamp'), this.#isRamp ? 1 : 0)
  }

  /** Null where there are too many for images. */
  #visible(): number[] | null {
    const [a, b] = [
      this.toMap({ x: 0, y: this.#canvas.clientHeight }),
      this.toMap({ x: this.#canvas.clientWidth, y: 0 }),
    ]
    const found: number[] = []
    for (let i = 0; i < this.count; i++) {
      const [x, y] = [this.#xy[2 * i]!, this.#xy[2 * i + 1]!]
      if (x < a.x || x > b.x || y < a.y || y > b.y) continue
      if (found.length === mostImages) return null
      found.push(i)
    }
    return found
  }

  #drawImages(visible: readonly number[], sheets: Sheets, scale: [number, number]): void {
    const gl = this.#gl
    const { clientWidth, clientHeight } = this.#canvas
    const room = Math.sqrt((clientWidth * clientHeight) / Math.max(1, visible.length))
    const side = Math.min(64, Math.max(12, 0.7 * room))
    const across = sheets.columns / Math.max(sheets.rows, sheets.columns)
    const down = sheets.rows / Math.max(sheets.rows, sheets.columns)
    gl.useProgram(this.#images)
    this.#common(this.#images, scale)
    gl.uniform2f(
      gl.getUniformLocation(this.#images, 'side'),
      (2 * side * across) / clientWidth,
      (2 * side * down) / clientHeight,
    )
    gl.bindVertexArray(this.#imageArray)
    const byPage = [...Map.groupBy(visible, (index) => Math.floor(index / sheetImages))]
    // Of more pages than fit, those with the most images in view: the others' images stay points.
    const mostPages = Math.max(
      4,
      Math.floor(mostPageBytes / (sheetImages * sheets.rows * sheets.columns * 4)),
    )
    const wanted = byPage.sort(([, a], [, b]) => b.length - a.length).slice(0, mostPages)
    this.#forget(new Set(wanted.map(([page]) => page)), mostPages)
    for (const [page, indices] of wanted) {
      const texture = this.#page(page, sheets)
      if (!texture) continue
      const items = new Float32Array(indices.length * 4)
      const looks = new Float32Array(indices.length * 2)
      for (const [k, index] of indices.entries()) {
        const cell = index % sheetImages
        items.set(
          [
            this.#xy[2 * index]!,
            this.#xy[2 * index + 1]!,
            cell % sheetAcross,
            Math.floor(cell / sheetAcross),
          ],
          4 * k,
        )
        looks.set(this.#look.subarray(2 * index, 2 * index + 2), 2 * k)
      }
      const onPage = Math.min(sheetImages, sheets.count - page * sheetImages)
      const columns = Math.min(sheetAcross, onPage)
      gl.uniform2f(gl.getUniformLocation(this.#images, 'cell'), 1 / columns, 1 / Math.ceil(onPage / columns))
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#itemBuffer)
      gl.bufferData(gl.ARRAY_BUFFER, items, gl.DYNAMIC_DRAW)
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#itemLookBuffer)
      gl.bufferData(gl.ARRAY_BUFFER, looks, gl.DYNAMIC_DRAW)
      gl.bindTexture(gl.TEXTURE_2D, texture)
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, indices.length)
    }
  }

  /** Makes room for the pages that are wanted now; those used longest ago go. */
  #forget(wanted: ReadonlySet<number>, most: number): void {
    const missing = [...wanted].filter((page) => !this.#pages.has(page)).length
    for (const [page, texture] of this.#pages) {
      if (this.#pages.size + missing <= most) break
      if (wanted.has(page)) continue
      if (texture) this.#gl.deleteTexture(texture)
      this.#pages.delete(page)
    }
  }

  /** The texture of a page; null until it has come. */
  #page(page: number, sheets: Sheets): WebGLTexture | null {
    const known = this.#pages.get(page)
    if (known !== undefined) {
      this.#pages.delete(page)
      this.#pages.set(page, known)
      return known
    }
    this.#pages.set(page, null)
    void this.#load(page, sheets)
    return null
  }

  /** Decodes off the window's thread; a page that cannot be had stays points. */
  async #load(page: number, sheets: Sheets): Promise<void> {
    try {
      const answer = await fetch(sheets.url(page))
      if (!answer.ok) return
      const image = await createImageBitmap(await answer.blob())
      if (this.#sheets === sheets && this.#pages.has(page)) {
        const gl = this.#gl
        const texture = gl.createTexture()
        gl.bindTexture(gl.TEXTURE_2D, texture)
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
        this.#pages.set(page, texture)
        this.redraw()
      }
      image.close()
    } catch {
      // The connection is gone: another sheet is asked for once it is back.
    }
  }
}

/** Twelve colours as the shaders take them. */
const coloursOf = (hexes: readonly string[]) =>
  Float32Array.from(
    Array.from({ length: 12 }, (_, i) => hexes[Math.min(i, hexes.length - 1)]!).flatMap((hex) =>
      [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255),
    ),
  )
const groupValues = coloursOf(groupColours)
const rampValues = coloursOf(rampColours)

function attribute(
  gl: WebGL2RenderingContext,
  place: number,
  buffer: WebGLBuffer,
  size: number,
  divisor = 0,
): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
  gl.enableVertexAttribArray(place)
  gl.vertexAttribPointer(place, size, gl.FLOAT, false, 0, 0)
  gl.vertexAttribDivisor(place, divisor)
}
