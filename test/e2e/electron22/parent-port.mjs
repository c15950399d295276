import { EventEmitter } from 'node:events'

// Electron's process.parentPort over Node's own channel to a parent; see prelude.cjs for the other side.
const pack = (value) =>
  JSON.stringify(value, (_, each) => {
    if (each instanceof Uint8Array) return { bytes64: Buffer.from(each).toString('base64') }
    if (each?.type === 'Buffer') return { bytes64: Buffer.from(each.data).toString('base64') }
    return each
  })
const unpack = (text) =>
  JSON.parse(text, (_, each) =>
    typeof each?.bytes64 === 'string' ? Buffer.from(each.bytes64, 'base64') : each,
  )
const send = (value) => process.connected && process.send(pack(value))

class Port extends EventEmitter {
  constructor(id) {
    super()
    this.id = id
  }
  start() {}
  postMessage(message) {
    send({ port: this.id, message })
  }
  close() {
    send({ port: this.id, close: true })
  }
}

const ports = new Map()
const parentPort = new EventEmitter()
parentPort.postMessage = (message) => send({ message })
// The core's own children inherit its --import, and talk to it in their own way.
if (process.argv[1].endsWith('core-entry.js')) {
  process.on('message', (text) => {
    const { port, message, close, ports: ids = [] } = unpack(text)
    if (port === undefined) {
      const passed = ids.map((id) => {
        ports.set(id, new Port(id))
        return ports.get(id)
      })
      parentPort.emit('message', { data: message, ports: passed })
    } else if (close) {
      ports.get(port)?.emit('close')
      ports.delete(port)
    } else {
      ports.get(port)?.emit('message', { data: message })
    }
  })
  process.on('disconnect', () => process.exit(0))
  process.parentPort = parentPort
}
