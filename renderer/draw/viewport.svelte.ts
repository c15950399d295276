/** A rectangle in image pixels. */
export interface Region {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const mostScale = 32

/**
 * What part of a picture is seen, shared by all panes that compare it: a scale in device pixels for each image
 * pixel (so that 1 is exact) and the image point in the middle. While fitted it follows the pane's size.
 */
export class Viewport {
  #scale = $state(1)
  #x = $state(0)
  #y = $state(0)
  #fitted = $state(true)
  #image = $state({ width: 1, height: 1 })
  #pane = $state({ width: 1, height: 1 })

  get scale(): number {
    return this.#scale
  }

  /** the image point at the pane's centre; at 1:1 and above on whole device pixels, so that nothing is resampled */
  get centre(): { x: number; y: number } {
    if (this.#scale < 1) return { x: this.#x, y: this.#y }
    return { x: this.#snap(this.#x, this.#pane.width), y: this.#snap(this.#y, this.#pane.height) }
  }

  get fitted(): boolean {
    return this.#fitted
  }

  get image(): { width: number; height: number } {
    return this.#image
  }

  /** what is seen, cut to the picture, in whole image pixels */
  get visible(): Region {
    const { width, height } = this.#image
    const halfWidth = this.#pane.width / this.#scale / 2
    const halfHeight = this.#pane.height / this.#scale / 2
    const x = Math.floor(clamp(this.#x - halfWidth, 0, width - 1))
    const y = Math.floor(clamp(this.#y - halfHeight, 0, height - 1))
    return {
      x,
      y,
      width: Math.ceil(clamp(this.#x + halfWidth, x + 1, width)) - x,
      height: Math.ceil(clamp(this.#y + halfHeight, y + 1, height)) - y,
    }
  }

  setImage(width: number, height: number): void {
    if (width === this.#image.width && height === this.#image.height) return
    this.#image = { width, height }
    this.fit()
  }

  /** device pixels of one pane */
  setPane(width: number, height: number): void {
    if (width === this.#pane.width && height === this.#pane.height) return
    this.#pane = { width: Math.max(1, width), height: Math.max(1, height) }
    if (this.#fitted) this.fit()
    else this.#settle()
  }

  get fitScale(): number {
    const { width, height } = this.#pane
    return Math.min(width / this.#image.width, height / this.#image.height, 4)
  }

  fit(): void {
    this.#scale = this.fitScale
    this.#x = this.#image.width / 2
    this.#y = this.#image.height / 2
    this.#fitted = true
  }

  /** @param at device pixels from the pane's centre that stay where they are */
  zoomTo(scale: number, at = { x: 0, y: 0 }): void {
    const least = Math.min(this.fitScale, 1)
    const next = clamp(scale, least, mostScale)
    this.#x += at.x / this.#scale - at.x / next
    this.#y += at.y / this.#scale - at.y / next
    this.#scale = next
    this.#fitted = Math.abs(next - this.fitScale) < 1e-6
    this.#settle()
  }

  zoomBy(factor: number, at?: { x: number; y: number }): void {
    this.zoomTo(this.#scale * factor, at)
  }

  /** @param dx, dy device pixels that the picture moves by */
  panBy(dx: number, dy: number): void {
    this.#x -= dx / this.#scale
    this.#y -= dy / this.#scale
    this.#settle()
  }

  /** shows an image point in the middle */
  lookAt(x: number, y: number): void {
    this.#x = x
    this.#y = y
    this.#settle()
  }

  #settle(): void {
    const { width, height } = this.#image
    const along = (centre: number, size: number, pane: number) => {
      const half = pane / this.#scale / 2
      return half * 2 >= size ? size / 2 : clamp(centre, half, size - half)
    }
    this.#x = along(this.#x, width, this.#pane.width)
    this.#y = along(this.#y, height, this.#pane.height)
  }

  #snap(centre: number, pane: number): number {
    const left = Math.round(centre * this.#scale - pane / 2)
    return (left + pane / 2) / this.#scale
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
