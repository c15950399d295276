import { sheetAcross, sheetImages, sheetUrl } from '../../../shared/contract/latent-sheets.ts'
import { contextOf, type Painter, setSize } from '../../draw/painting.ts'
import { beginProgram, whenLinked } from '../../draw/program.ts'
import { groupColours, rampColours } from './map-colours.ts'
import { dotShader, imageShader, pointShader, texelShader } from './map-shaders.ts'
import type { Place } from './outline.ts'

/** The encoded images, page by page from the server. */
export interface Sheets {
  readonly key: string
  readonly rows: number
  readonly columns: number
  readonly count: number
}

/** The tint of each point and whether it is chosen, in turn: a group, -1 for none, or a place on the ramp. */
export interface Look {
  readonly of: Float32Array<ArrayBuffer>
  readonly isRamp: boolean
}

/** Where the map is looked at, and what is new since the last frame. */
export interface MapFrame {
  /** of the canvas, in CSS pixels */
  readonly width: number
  readonly height: number
  /** device pixels for each of them */
  readonly ratio: number
  readonly centre: Place
  /** CSS pixels for each unit of the map */
  readonly zoom: number
  /** x and y of each point in turn */
  readonly points?: Float32Array<ArrayBuffer>
  readonly look?: Look
  /** null for none */
  readonly sheets?: Sheets | null
}

/** Up to so many images in view are drawn as images, more as points. */
const mostImages = 1500
/** Bytes of textures that pages of images may take. */
const mostPageBytes = 256 * 2 ** 20

const uniformNames = ['centre', 'scale', 'colours', 'isRamp', 'size', 'side', 'cell'] as const

interface Program {
  readonly program: WebGLProgram
  readonly at: Record<(typeof uniformNames)[number], WebGLUniformLocation | null>
}

/** What lives in one context of WebGL2: all of it is made anew where the context was lost. */
interface Made {
  readonly points: Program
  readonly images: Program
  readonly pointArray: WebGLVertexArrayObject
  readonly imageArray: WebGLVertexArrayObject
  readonly placeBuffer: WebGLBuffer
  readonly lookBuffer: WebGLBuffer
  readonly itemBuffer: WebGLBuffer
  readonly itemLookBuffer: WebGLBuffer
}

/** Draws a map of points, and of small images where few are in view, through WebGL2. */
export class MapPainter implements Painter<MapFrame> {
  readonly #gl: WebGL2RenderingContext
  readonly #pages = new Map<number, WebGLTexture | null>()
  #made: Made | null = null
  #xy: Float32Array<ArrayBuffer> = new Float32Array()
  #look: Look = { of: new Float32Array(), isRamp: false }
  #sheets: Sheets | null = null
  #last: MapFrame | null = null

  /** @throws Error where the machine has no WebGL2 */
  constructor(canvas: OffscreenCanvas) {
    this.#gl = contextOf(canvas, { antialias: false, premultipliedAlpha: true })
  }

  /** @throws Error as `whenLinked` */
  async prepare(): Promise<void> {
    const gl = this.#gl
    this.#made = null
    this.#last = null
    this.#pages.clear()
    const points = beginProgram(gl, pointShader, dotShader, ['place', 'look'])
    const images = beginProgram(gl, imageShader, texelShader, ['corner', 'item', 'look'])
    const buffers = {
      placeBuffer: gl.createBuffer(),
      lookBuffer: gl.createBuffer(),
      itemBuffer: gl.createBuffer(),
      itemLookBuffer: gl.createBuffer(),
    }
    const pointArray = gl.createVertexArray()
    gl.bindVertexArray(pointArray)
    attribute(gl, 0, buffers.placeBuffer, 2)
    attribute(gl, 1, buffers.lookBuffer, 2)
    const imageArray = gl.createVertexArray()
    gl.bindVertexArray(imageArray)
    const corners = gl.createBuffer()
    gl.bindBuffer(gl.ARRAY_BUFFER, corners)
    gl.bufferData(gl.ARRAY_BUFFER, Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1), gl.STATIC_DRAW)
    attribute(gl, 0, corners, 2)
    attribute(gl, 1, buffers.itemBuffer, 4, 1)
    attribute(gl, 2, buffers.itemLookBuffer, 2, 1)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    if (!(await whenLinked(gl, [points, images]))) return
    this.#made = {
      ...{ points: located(gl, points), images: located(gl, images) },
      ...{ pointArray, imageArray, ...buffers },
    }
  }

  draw(frame: MapFrame): void {
    const gl = this.#gl
    const made = this.#made
    if (!made) return
    this.#last = frame
    if (frame.points) {
      this.#xy = frame.points
      fill(gl, made.placeBuffer, this.#xy, gl.STATIC_DRAW)
    }
    if (frame.look) {
      this.#look = frame.look
      fill(gl, made.lookBuffer, this.#look.of, gl.DYNAMIC_DRAW)
    }
    if (frame.sheets !== undefined) {
      for (const texture of this.#pages.values()) if (texture) gl.deleteTexture(texture)
      this.#pages.clear()
      this.#sheets = frame.sheets
    }
    this.#show(frame, made)
  }

  get #count(): number {
    return this.#xy.length / 2
  }

  #show(frame: MapFrame, made: Made): void {
    const gl = this.#gl
    const { width, height, ratio, zoom } = frame
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)]
    setSize(gl.canvas, across, down)
    gl.viewport(0, 0, across, down)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    if (this.#count === 0 || width === 0 || height === 0) return
    const scale = [(2 * zoom) / width, (2 * zoom) / height] as const
    this.#use(made.points, frame, scale)
    const size = Math.min(9, Math.max(2.5, 240 / Math.sqrt(this.#count))) * ratio
    gl.uniform1f(made.points.at.size, size)
    gl.bindVertexArray(made.pointArray)
    gl.drawArrays(gl.POINTS, 0, this.#count)
    const visible = this.#sheets ? this.#visible(frame) : null
    if (visible && this.#sheets) this.#showImages(visible, this.#sheets, frame, made, scale)
  }

  #use({ program, at }: Program, { centre }: MapFrame, scale: readonly [number, number]): void {
    const gl = this.#gl
    gl.useProgram(program)
    gl.uniform2f(at.centre, centre.x, centre.y)
    gl.uniform2f(at.scale, ...scale)
    gl.uniform3fv(at.colours, this.#look.isRamp ? rampValues : groupValues)
    gl.uniform1f(at.isRamp, this.#look.isRamp ? 1 : 0)
  }

  /** Null where there are too many for images. */
  #visible({ centre, zoom, width, height }: MapFrame): number[] | null {
    const [half, tall] = [width / 2 / zoom, height / 2 / zoom]
    const found: number[] = []
    for (let i = 0; i < this.#count; i++) {
      const [x, y] = [this.#xy[2 * i]!, this.#xy[2 * i + 1]!]
      if (Math.abs(x - centre.x) > half || Math.abs(y - centre.y) > tall) continue
      if (found.length === mostImages) return null
      found.push(i)
    }
    return found
  }

  #showImages(
    visible: readonly number[],
    sheets: Sheets,
    frame: MapFrame,
    made: Made,
    scale: readonly [number, number],
  ): void {
    const gl = this.#gl
    const { width, height } = frame
    const { at } = made.images
    const room = Math.sqrt((width * height) / Math.max(1, visible.length))
    const side = Math.min(64, Math.max(12, 0.7 * room))
    const across = sheets.columns / Math.max(sheets.rows, sheets.columns)
    const down = sheets.rows / Math.max(sheets.rows, sheets.columns)
    this.#use(made.images, frame, scale)
    gl.uniform2f(at.side, (2 * side * across) / width, (2 * side * down) / height)
    gl.bindVertexArray(made.imageArray)
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
      const { items, looks } = this.#itemsOf(indices)
      const onPage = Math.min(sheetImages, sheets.count - page * sheetImages)
      const columns = Math.min(sheetAcross, onPage)
      gl.uniform2f(at.cell, 1 / columns, 1 / Math.ceil(onPage / columns))
      fill(gl, made.itemBuffer, items, gl.DYNAMIC_DRAW)
      fill(gl, made.itemLookBuffer, looks, gl.DYNAMIC_DRAW)
      gl.bindTexture(gl.TEXTURE_2D, texture)
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, indices.length)
    }
  }

  /** Place and cell of images of one page, and their looks. */
  #itemsOf(indices: readonly number[]) {
    const items = new Float32Array(indices.length * 4)
    const looks = new Float32Array(indices.length * 2)
    for (const [k, index] of indices.entries()) {
      const cell = index % sheetImages
      items.set(this.#xy.subarray(2 * index, 2 * index + 2), 4 * k)
      items.set([cell % sheetAcross, Math.floor(cell / sheetAcross)], 4 * k + 2)
      looks.set(this.#look.of.subarray(2 * index, 2 * index + 2), 2 * k)
    }
    return { items, looks }
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

  /** A page that cannot be had stays points. */
  async #load(page: number, sheets: Sheets): Promise<void> {
    try {
      const answer = await fetch(sheetUrl(sheets.key, page))
      if (!answer.ok) return
      const image = await createImageBitmap(await answer.blob())
      if (this.#made && this.#sheets === sheets && this.#pages.has(page)) {
        const gl = this.#gl
        const texture = gl.createTexture()
        gl.bindTexture(gl.TEXTURE_2D, texture)
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
        this.#pages.set(page, texture)
        if (this.#last) this.#show(this.#last, this.#made)
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

function located(gl: WebGL2RenderingContext, program: WebGLProgram): Program {
  const at = Object.fromEntries(uniformNames.map((name) => [name, gl.getUniformLocation(program, name)]))
  return { program, at: at as Program['at'] }
}

function fill(
  gl: WebGL2RenderingContext,
  buffer: WebGLBuffer,
  values: Float32Array<ArrayBuffer>,
  use: GLenum,
): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
  gl.bufferData(gl.ARRAY_BUFFER, values, use)
}
