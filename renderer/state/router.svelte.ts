import { findView, type ViewId } from '../views/registry.ts'

/** Which view is open, in the address (`#/denoise`), so that back and forward work. */
class Router {
  #view = $state<ViewId>('library')

  constructor() {
    const follow = () => {
      this.#view = findView(location.hash.slice(2))?.id ?? 'library'
    }
    follow()
    window.addEventListener('hashchange', follow)
  }

  get view(): ViewId {
    return this.#view
  }

  go(view: ViewId): void {
    if (view !== this.#view) location.hash = `/${view}`
  }
}

export const router = new Router()
