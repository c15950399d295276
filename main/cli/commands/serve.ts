import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { openApplication } from '../../core/application.ts'
import { serverHost } from '../../core/host.ts'
import { dataFolder } from '../../platform/folders.ts'
import { buildWindow } from '../../server/build-window.ts'
import { startServer } from '../../server/server.ts'
import type { GlobalOptions } from '../context.ts'
import { createOutput } from '../output.ts'
import { whole } from './batch-options.ts'

interface ServeOptions extends GlobalOptions {
  host: string
  port: number
  name: string[]
  home?: boolean
}

export function addServe(program: Command): void {
  program
    .command('serve [libraries...]')
    .description('the window in a browser: on this machine, or from another one')
    .option('--host <address>', 'address to listen at; 0.0.0.0: all of this machine', '127.0.0.1')
    .option('--port <n>', '0: any that is free', whole(0, 65535), 4640)
    .option('--name <name>', 'a name that browsers call this machine by; may be repeated', oneName, [])
    .option('--home', 'also serve your home folder')
    .addHelpText(
      'after',
      `
Libraries are the folders that may be read and written to; without any, only files that are dropped into the window.
The address that is printed holds a token that lets one browser in.
Examples:
  hourglass serve ~/Pictures
  hourglass serve /data/photos --host 0.0.0.0 --port 8080 --name gpu-box.lan`,
    )
    .action((libraries: string[], _, self: Command) => serve(libraries, self.optsWithGlobals<ServeOptions>()))
}

function oneName(name: string, all: string[]): string[] {
  if (!/^[a-z0-9.-]+$/i.test(name)) throw new InvalidArgumentError('expected the name of a machine')
  return [...all, name]
}

async function serve(libraries: string[], options: ServeOptions): Promise<void> {
  const { data = dataFolder(), json = false, host, port, name: names, home, device, threads } = options
  const out = createOutput(json)
  await buildWindow((line) => console.error(line))
  const app = await openApplication({
    data: resolve(data),
    host: serverHost,
    libraries: [...libraries, ...(home ? [homedir()] : [])].map((folder) => resolve(folder)),
    ...(device ? { device } : {}),
    threads,
  })
  const stopped = new Promise<void>((done) => {
    process.once('SIGINT', () => done())
    process.once('SIGTERM', () => done())
  })
  try {
    const server = await startServer(app, { host, port, names })
    const say = () => {
      out.result({ address: server.address(), port: server.port })
      out.text(`Hourglass is at ${server.address()}`)
    }
    say()
    // That token is used up: the next browser needs another.
    server.onEntry(() => out.text(`A browser was let in. For another one: ${server.address()}`))
    if (host !== '127.0.0.1' && host !== 'localhost' && host !== '::1') {
      out.text(
        'Others on the network can see what is sent: put a tunnel (ssh -L) or a proxy with TLS before it.',
      )
    }
    await stopped
    await server.close()
  } finally {
    await app.close()
  }
}
