/* biome-ignore-all lint: it runs in Node 16 and in a sandboxed preload script alike */
;(() => {
  const electron = require('electron')
  if (process.type === 'renderer') {
    electron.webUtils = { getPathForFile: (file) => file.path || '' }
    return
  }
  const { EventEmitter } = require('events')
  const { spawn } = require('child_process')

  globalThis.Response = class Response {
    constructor(body, { status = 200, headers = {} } = {}) {
      Object.assign(this, { body, status, headers })
    }
  }
  if (!AbortSignal.any) AbortSignal.any = (signals) => signals[0]

  electron.protocol.handle = (scheme, handler) => {
    electron.protocol.registerBufferProtocol(scheme, (request, answer) => {
      const { url, method, headers, uploadData = [] } = request
      const { defaultSession } = electron.session
      const parts = () =>
        Promise.all(
          uploadData.map(({ bytes, blobUUID }) => (blobUUID ? defaultSession.getBlobData(blobUUID) : bytes)),
        )
      const arrayBuffer = () => parts().then(Buffer.concat)
      handler({ url, method, headers, arrayBuffer, signal: new AbortController().signal })
        .then(({ status, headers, body }) => {
          const data = Buffer.from(body || '')
          answer({ statusCode: status, headers, mimeType: headers['Content-Type'], data })
        })
        .catch((error) => answer({ statusCode: 500, data: Buffer.from(String(error)) }))
    })
  }

  // Bytes do not pass between two versions of V8 as they are: everything goes as JSON.
  const pack = (value) =>
    JSON.stringify(value, (_, each) => {
      if (each instanceof Uint8Array) return { bytes64: Buffer.from(each).toString('base64') }
      if (each && each.type === 'Buffer') return { bytes64: Buffer.from(each.data).toString('base64') }
      return each
    })
  const unpack = (text) =>
    JSON.parse(text, (_, each) =>
      each && typeof each.bytes64 === 'string' ? Buffer.from(each.bytes64, 'base64') : each,
    )

  class NodeProcess extends EventEmitter {
    constructor(entry) {
      super()
      const { HOURGLASS_TEST_NODE, HOURGLASS_TEST_PARENT_PORT } = process.env
      this.ports = new Map()
      this.nextPort = 1
      const env = { ...process.env }
      delete env.ELECTRON_RUN_AS_NODE
      this.child = spawn(HOURGLASS_TEST_NODE, ['--import', HOURGLASS_TEST_PARENT_PORT, entry], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env,
      })
      this.pid = this.child.pid
      this.child.on('message', (text) => this.receive(unpack(text)))
      this.child.on('exit', (code) => {
        for (const port of this.ports.values()) port.close()
        this.emit('exit', code)
      })
    }
    receive({ port, message, close }) {
      if (port === undefined) this.emit('message', message)
      else if (close) this.ports.get(port)?.close()
      else this.ports.get(port)?.postMessage(message)
    }
    postMessage(message, ports = []) {
      const ids = ports.map((port) => {
        const id = this.nextPort++
        this.ports.set(id, port)
        port.on('message', ({ data }) => this.send({ port: id, message: data }))
        port.on('close', () => {
          this.ports.delete(id)
          this.send({ port: id, close: true })
        })
        port.start()
        return id
      })
      this.send({ message, ports: ids })
    }
    send(value) {
      if (this.child.connected) this.child.send(pack(value))
    }
    kill() {
      return this.child.kill()
    }
  }
  // As playwright's own loader does it: the first window waits until playwright watches, which else may miss that the
  // window's page moves on, and wait for ever.
  const { app } = electron
  if (process.argv.includes('--remote-debugging-port=0')) {
    const isReady = app.whenReady()
    const isWatched = new Promise((resolve) => {
      globalThis.__playwright_run = () => resolve()
    })
    app.whenReady = () => isWatched.then(() => isReady)
  }

  // root may not have a sandbox, and asking for it would be stronger than the switch
  if (process.argv.includes('--no-sandbox')) electron.app.enableSandbox = () => {}

  electron.utilityProcess.fork = (entry) => new NodeProcess(entry)
})()
