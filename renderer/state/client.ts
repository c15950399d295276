import { createTRPCClient, createWSClient, getUntypedClient, wsLink } from '@trpc/client'
import type { AnyRouter } from '@trpc/server'
import { type Client, contract, type Listener } from '../../shared/contract/index.ts'
import { Connection } from './connection.svelte.ts'
import { PortSocket } from './port-socket.ts'

/** How the window is connected with the core, for the line that says so. */
export const connection = new Connection()

const socket = createWSClient({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/trpc`,
  ...(window.hourglass ? { WebSocket: PortSocket as unknown as typeof WebSocket } : {}),
  retryDelayMs: (attempt) => Math.min(250 * 2 ** attempt, 5_000),
  onOpen: () => connection.opened(),
  onClose: () => connection.closed(),
})
const calls = getUntypedClient(createTRPCClient<AnyRouter>({ links: [wsLink({ client: socket })] }))

/** Everything the core does, typed by the contract: over a port in the desktop application, else over a WebSocket. */
export const client = Object.fromEntries(
  Object.entries(contract).map(([area, procedures]) => [
    area,
    Object.fromEntries(
      Object.entries(procedures).map(([name, { kind }]) => [name, caller(`${area}.${name}`, kind)]),
    ),
  ]),
) as unknown as Client

function caller(path: string, kind: 'query' | 'mutation' | 'subscription'): unknown {
  if (kind !== 'subscription') {
    return (input: unknown) => calls[kind](path, input)
  }
  return (input: unknown, listener: Listener<unknown>) => {
    const running = calls.subscription(path, input, {
      onData: (value) => listener.onData(value),
      onError: (error) => listener.onError?.(error),
      onComplete: () => listener.onEnd?.(),
    })
    return () => running.unsubscribe()
  }
}
