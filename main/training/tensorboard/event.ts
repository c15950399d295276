import { bytesField, doubleField, floatField, integerField, message } from '../../platform/protobuf.ts'

/** Where an event stands: the step of the run, and the time of day in seconds since 1970. */
export interface EventTime {
  readonly step: number
  readonly wallSeconds: number
}

/** A PNG, with its size in pixels; TensorBoard shows the bytes as they are. */
export interface EventImage {
  readonly png: Uint8Array
  readonly width: number
  readonly height: number
}

export type ParameterValue = string | number | boolean

// Field numbers below are those of event.proto, summary.proto, tensor.proto and the hparams plugin's plugin_data.proto.
const tensorOfStrings = 7

function event(time: EventTime, content: Uint8Array): Uint8Array {
  return message(doubleField(1, time.wallSeconds), integerField(2, time.step), content)
}

function summary(time: EventTime, ...values: Uint8Array[]): Uint8Array {
  return event(time, bytesField(5, message(...values.map((value) => bytesField(1, value)))))
}

/** The first record of every file. */
export function encodeVersion(wallSeconds: number): Uint8Array {
  return event({ step: 0, wallSeconds }, bytesField(3, 'brain.Event:2'))
}

/** Says that a run goes on from `time.step`: readers drop what an earlier file holds from that step on. */
export function encodeRestart(time: EventTime): Uint8Array {
  const start = 1
  return event(time, bytesField(7, integerField(1, start)))
}

/** One event with one number per tag; numbers are kept as float32. */
export function encodeScalars(time: EventTime, scalars: Readonly<Record<string, number>>): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) =>
    message(bytesField(1, tag), floatField(2, value)),
  )
  return summary(time, ...values)
}

export function encodeImage(time: EventTime, tag: string, image: EventImage): Uint8Array {
  const rgb = 3
  const picture = message(
    integerField(1, image.height),
    integerField(2, image.width),
    integerField(3, rgb),
    bytesField(4, image.png),
  )
  return summary(time, message(bytesField(1, tag), bytesField(4, picture)))
}

/** Text is shown as Markdown. */
export function encodeText(time: EventTime, tag: string, text: string): Uint8Array {
  const shape = bytesField(2, bytesField(2, integerField(1, 1)))
  const tensor = message(integerField(1, tensorOfStrings), shape, bytesField(8, text))
  return summary(time, message(bytesField(1, tag), bytesField(8, tensor), pluginData('text')))
}

/** The settings of a run, for the hparams tab. */
export function encodeParameters(
  time: EventTime,
  parameters: Readonly<Record<string, ParameterValue>>,
  runName: string,
): Uint8Array {
  const entries = Object.entries(parameters).map(([name, value]) =>
    bytesField(1, message(bytesField(1, name), bytesField(2, parameterValue(value)))),
  )
  const sessionStart = message(...entries, bytesField(4, runName), doubleField(5, time.wallSeconds))
  const value = message(
    bytesField(1, '_hparams_/session_start_info'),
    pluginData('hparams', bytesField(3, sessionStart)),
  )
  return summary(time, value)
}

/** google.protobuf.Value */
function parameterValue(value: ParameterValue): Uint8Array {
  if (typeof value === 'number') return doubleField(2, value)
  return typeof value === 'string' ? bytesField(3, value) : integerField(4, value ? 1 : 0)
}

function pluginData(plugin: string, content: Uint8Array = new Uint8Array()): Uint8Array {
  const data = message(bytesField(1, plugin), bytesField(2, content))
  return bytesField(9, bytesField(1, data))
}
