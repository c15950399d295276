import type { Box } from '../draw/layer.ts'
import type { Viewport } from '../draw/viewport.svelte.ts'

interface Surface {
  readonly boxes: readonly Box[]
  readonly ratio: number
}

interface Point {
  x: number
  y: number
}

/** Wheel and pinch zoom at the pointer, a drag moves, a double click goes between the whole and single pixels. */
export function gestures(viewport: Viewport, surface: () => Surface) {
  return (node: HTMLElement) => {
    const listening = new AbortController()
    const fingers = new Map<number, Point>()
    const on = <Name extends keyof HTMLElementEventMap>(
      name: Name,
      listener: (event: HTMLElementEventMap[Name]) => void,
      passive = true,
    ) => node.addEventListener(name, listener, { signal: listening.signal, passive })

    /** device pixels from the centre of the pane under the pointer */
    const inPane = ({ clientX, clientY }: { clientX: number; clientY: number }): Point => {
      const { boxes, ratio } = surface()
      const { left, top } = node.getBoundingClientRect()
      const x = (clientX - left) * ratio
      const y = (clientY - top) * ratio
      const isIn = (box: Box) => x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height
      const box = boxes.find(isIn) ?? boxes[0]
      return { x: x - box.x - box.width / 2, y: y - box.y - box.height / 2 }
    }

    on(
      'wheel',
      (event) => {
        event.preventDefault()
        const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1
        const speed = event.ctrlKey ? 0.01 : 0.002
        viewport.zoomBy(Math.exp(-event.deltaY * lines * speed), inPane(event))
      },
      false,
    )
    on('pointerdown', (event) => {
      if (event.button > 1) return
      node.setPointerCapture(event.pointerId)
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    })
    on('pointermove', (event) => {
      const finger = fingers.get(event.pointerId)
      if (!finger) return
      const { ratio } = surface()
      const before = spread(fingers)
      viewport.panBy(
        ((event.clientX - finger.x) * ratio) / fingers.size,
        ((event.clientY - finger.y) * ratio) / fingers.size,
      )
      finger.x = event.clientX
      finger.y = event.clientY
      const after = spread(fingers)
      if (before && after) {
        const middle = { clientX: after.x, clientY: after.y }
        viewport.zoomBy(after.distance / before.distance, inPane(middle))
      }
    })
    for (const name of ['pointerup', 'pointercancel'] as const) {
      on(name, (event) => void fingers.delete(event.pointerId))
    }
    on('dblclick', (event) => {
      if (viewport.fitted || viewport.scale < 1) viewport.zoomTo(1, inPane(event))
      else viewport.fit()
    })
    on(
      'keydown',
      (event) => {
        const step = 80 * (event.shiftKey ? 4 : 1)
        const by = {
          ArrowLeft: [step, 0],
          ArrowRight: [-step, 0],
          ArrowUp: [0, step],
          ArrowDown: [0, -step],
        }[event.key]
        if (!by || viewport.fitted) return
        event.preventDefault()
        event.stopPropagation()
        viewport.panBy(by[0], by[1])
      },
      false,
    )
    return () => listening.abort()
  }
}

/** Of two fingers: their middle and distance. */
function spread(fingers: ReadonlyMap<number, Point>): (Point & { distance: number }) | undefined {
  const [a, b] = fingers.values()
  if (!a || !b) return undefined
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, distance: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) }
}
