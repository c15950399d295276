import { afterEach, expect, test } from 'vitest'
import { backend } from '../../../../main/engine/compile/backend.ts'
import { standIn } from '../../../../main/engine/compile/stand-in.ts'
import {
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tf,
} from '../../../../main/engine/tensorflow.ts'

const { executeSingleOutput } = backend
afterEach(() => {
  backend.executeSingleOutput = executeSingleOutput
})

/** Runs ops for real and compares each output with what would have stood for it; returns the ops compared. */
function compare(run: () => void): Set<string> {
  const compared = new Set<string>()
  backend.executeSingleOutput = (op, attributes, inputs) => {
    const expected = standIn(op, attributes, inputs)
    const output = executeSingleOutput.call(backend, op, attributes, inputs)
    if (expected) {
      compared.add(op)
      const { shape, dtype } = backend.tensorMap.get(output.dataId)
      expect({ op, ...expected }).toEqual({ op, shape, dtype })
    }
    return output
  }
  tf.tidy(run)
  return compared
}

const x = () => tf.ones([2, 7, 6, 3]) as Tensor4D

test('convolutions and their gradients', () => {
  const ops = compare(() => {
    for (const stride of [1, 2, 3]) {
      for (const padding of ['same', 'valid'] as const) {
        const weight = tf.ones([3, 2, 3, 5]) as Tensor4D
        const f = (x: Tensor, weight: Tensor) =>
          tf.conv2d(x as Tensor4D, weight as Tensor4D, stride, padding).sum()
        tf.grads(f as never)([x(), weight])
        tf.maxPool(x(), [3, 2], stride, padding)
        tf.avgPool(x(), [3, 2], stride, padding)
      }
    }
    tf.conv2d(x(), tf.ones([3, 3, 3, 4]) as Tensor4D, 1, 'same', 'NHWC', 2)
    tf.conv2d(x(), tf.ones([3, 3, 3, 4]) as Tensor4D, 1, 'valid', 'NHWC', 2)
    tf.conv2dTranspose(x(), tf.ones([2, 2, 4, 3]) as Tensor4D, [2, 14, 12, 4], 2, 'valid')
  })
  for (const op of ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter', 'MaxPool', 'AvgPool'])
    expect(ops).toContain(op)
})

test('products, with either side transposed, and in batches', () => {
  const ops = compare(() => {
    for (const [a, b] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ] as const) {
      const left: [number, number] = a ? [4, 3] : [3, 4]
      const right: [number, number] = b ? [5, 4] : [4, 5]
      tf.matMul(tf.ones(left) as Tensor2D, tf.ones(right) as Tensor2D, a, b)
      tf.matMul(tf.ones([2, ...left]) as Tensor3D, tf.ones([2, ...right]) as Tensor3D, a, b)
      tf.matMul(tf.ones([2, ...left]) as Tensor3D, tf.ones([1, ...right]) as Tensor3D, a, b)
    }
  })
  expect([...ops].some((op) => /MatMul/.test(op))).toBe(true)
})

test('elementwise ops, types and broadcasting', () => {
  const ops = compare(() => {
    const y = x()
    for (const f of [
      tf.relu,
      tf.elu,
      tf.sigmoid,
      tf.tanh,
      tf.abs,
      tf.exp,
      tf.log1p,
      tf.sqrt,
      tf.square,
      tf.round,
    ])
      f(y)
    tf.leakyRelu(y, 0.1)
    tf.isNaN(y)
    tf.step(y)
    for (const other of [
      tf.scalar(2),
      tf.ones([3]),
      tf.ones([6, 1]),
      tf.ones([2, 7, 6, 3]),
      tf.ones([4, 1, 1, 1, 1]),
    ]) {
      for (const f of [
        tf.add,
        tf.sub,
        tf.mul,
        tf.div,
        tf.maximum,
        tf.minimum,
        tf.greater,
        tf.lessEqual,
        tf.equal,
      ]) {
        f(y, other)
        f(other, y)
      }
    }
    tf.where(y.greater(2), y, tf.zerosLike(y))
    tf.cast(y, 'int32').add(tf.scalar(1, 'int32'))
    tf.cast(y.greater(0), 'float32')
    tf.addN([y, y])
    tf.fill([2, 3], 4, 'int32')
  })
  for (const op of ['Relu', 'LeakyRelu', 'IsNan', 'Select', 'Mul', 'Greater', 'Cast', 'AddN', 'Fill'])
    expect(ops).toContain(op)
})

test('ops that move values and ops that reduce them', () => {
  const ops = compare(() => {
    const y = x()
    y.reshape([14, 18])
    y.reshape([-1, 3])
    y.transpose([3, 0, 2, 1])
    y.slice([0, 1, 2, 0], [2, 3, 1, -1])
    y.slice([1])
    y.tile([1, 2, 3, 1])
    tf.concat([y, y, y.slice([0, 0, 0, 0], [2, 1, 6, 3])], 1)
    tf.concat([y, y], -1)
    for (const axes of [undefined, 0, [1, 2], -1, [0, -1]]) {
      for (const keep of [false, true]) {
        y.sum(axes, keep)
        y.mean(axes, keep)
        y.max(axes, keep)
      }
    }
    y.pad([
      [0, 0],
      [1, 1],
      [2, 0],
      [0, 0],
    ])
    tf.stack([y, y], 2)
  })
  for (const op of ['Reshape', 'Transpose', 'Slice', 'Tile', 'ConcatV2', 'Sum', 'Max'])
    expect(ops).toContain(op)
})
