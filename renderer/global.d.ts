import type { Bridge } from '../shared/contract/bridge.ts'

declare global {
  interface Window {
    /** from the preload script; in a browser there is none */
    readonly hourglass?: Bridge
  }
}
