import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'

/** Sessions of so many browsers at most; the oldest goes. */
const mostSessions = 50

/**
 * Who may ask. The address that is printed holds a token, good once: it becomes a cookie that scripts cannot read and
 * other sites' pages cannot send. Each request must name this machine as its host, so that no other name can be made
 * to lead here (DNS rebinding), and what changes anything must come from a page of ours.
 */
export class Guard {
  readonly #cookie: string
  readonly #hosts: ReadonlySet<string>
  readonly #sessions = new Set<string>()
  #token = secret()

  /** @param hosts names that this machine is known by, beside its own and all its addresses */
  constructor(port: number, hosts: readonly string[] = []) {
    this.#cookie = `hourglass-${port}`
    this.#hosts = new Set(['localhost', hostname().toLowerCase(), ...hosts.map((host) => host.toLowerCase())])
  }

  /** The token that is good now. */
  get token(): string {
    return this.#token
  }

  /** The cookie for a right token, which is used up by it; null for a wrong one. */
  redeem(token: string): string | null {
    if (!isSame(token, this.#token)) return null
    this.#token = secret()
    const session = secret()
    this.#sessions.add(session)
    if (this.#sessions.size > mostSessions) this.#sessions.delete([...this.#sessions][0]!)
    return `${this.#cookie}=${session}; Path=/; HttpOnly; SameSite=Strict`
  }

  isKnown({ headers }: IncomingMessage): boolean {
    const sent = (headers.cookie ?? '')
      .split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(`${this.#cookie}=`))
      ?.slice(this.#cookie.length + 1)
    return sent !== undefined && [...this.#sessions].some((session) => isSame(session, sent))
  }

  /** By an address, or by a name that is this machine's. */
  isOwnHost({ headers }: IncomingMessage): boolean {
    const name = nameOf(headers.host ?? '')
    return name !== null && (isIP(name) !== 0 || this.#hosts.has(name))
  }

  /** No page of another origin sent it; `strictly`: a page of ours did. */
  isOwnOrigin({ headers }: IncomingMessage, strictly: boolean): boolean {
    const { origin, host } = headers
    const site = headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
    if (origin === undefined) return !strictly
    return origin === `http://${host}` || origin === `https://${host}`
  }
}

function secret(): string {
  return randomBytes(24).toString('base64url')
}

/** In the same time wherever they differ. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** Of `name:port` or `[address]:port`, in lower case. */
function nameOf(host: string): string | null {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(host)
  return (parts?.[1] ?? parts?.[2])?.toLowerCase() ?? null
}
