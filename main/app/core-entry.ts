import { Readable } from 'node:stream'
import { toAppError } from '../../shared/errors.ts'
import { connector, connectPort } from '../api/connect.ts'
import { errorAnswer, jsonAnswer, notFound } from '../api/urls/answer.ts'
import { answerPixels } from '../api/urls/pixels.ts'
import { type Application, openApplication } from '../core/application.ts'
import type { Host } from '../core/host.ts'
import { receiveFile } from '../core/library/receive-file.ts'
import { dataFolder } from '../platform/folders.ts'
import type { FromCore, ToCore } from './core-messages.ts'
import { tellOfWork } from './tell-of-work.ts'

// The core in a process of its own, which Electron's utilityProcess starts: it opens the catalog, runs the jobs and
// answers windows over the ports that the shell passes on.

const { parentPort } = process
const tell = (message: FromCore) => parentPort.postMessage(message)

const asked = new Map<number, (error: string | null) => void>()
let nextId = 1

function ask(what: 'reveal' | 'trash', path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const id = nextId++
    asked.set(id, (error) => (error === null ? resolve() : reject(new Error(error))))
    tell({ kind: 'host', id, what, path })
  })
}

const host: Host = {
  kind: 'electron',
  reveal: (path) => ask('reveal', path),
  trash: (path) => ask('trash', path),
}

async function answerFetch(
  app: Application,
  id: number,
  address: string,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(address)
  const answer = (await answerPixels(app, url, signal)) ?? errorAnswer(notFound(url.pathname))
  const { status, headers, body } = answer
  tell({ kind: 'answer', id, status, headers, body: 'path' in body ? { path: body.path } : body })
}

async function answerUpload(
  app: Application,
  { id, name, folder, bytes }: Extract<ToCore, { kind: 'upload' }>,
): Promise<void> {
  const received = receiveFile(app, Readable.from([bytes]), { name, folder, bytes: bytes.length })
  const { status, headers, body } = await received.then(jsonAnswer, errorAnswer)
  tell({ kind: 'answer', id, status, headers, body: body as Uint8Array })
}

async function run(): Promise<void> {
  const app = await openApplication({ data: dataFolder(), host, libraries: null })
  const serve = connector(app)
  const fetches = new Map<number, AbortController>()
  parentPort.on('message', ({ data, ports }) => {
    const message = data as ToCore
    if (message.kind === 'connect') {
      const [port] = ports
      const socket = connectPort(serve, {
        send: (text) => port!.postMessage(text),
        close: () => port!.close(),
      })
      port!.on('message', (event) => socket.receive(event.data))
      port!.on('close', () => socket.closed())
      port!.start()
    } else if (message.kind === 'fetch') {
      const { id, url } = message
      const stop = new AbortController()
      fetches.set(id, stop)
      void answerFetch(app, id, url, stop.signal).finally(() => fetches.delete(id))
    } else if (message.kind === 'upload') {
      void answerUpload(app, message)
    } else if (message.kind === 'drop') {
      fetches.get(message.id)?.abort()
    } else if (message.kind === 'paths') {
      const { id, images } = message
      const paths = app.core.catalog.views.paths(images)
      tell({ kind: 'paths', id, paths })
    } else if (message.kind === 'done') {
      asked.get(message.id)?.(message.error)
      asked.delete(message.id)
    } else {
      void app.close().finally(() => process.exit(0))
    }
  })
  tellOfWork(app, tell)
  tell({ kind: 'ready' })
}

run().catch((error) => tell({ kind: 'failed', message: toAppError(error).message }))
