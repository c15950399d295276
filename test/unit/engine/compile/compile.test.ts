import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { allOps, backend } from '../../../../main/engine/compile/backend.ts'
import { type ComputeMode, compile } from '../../../../main/engine/compile/compile.ts'
import { type Tensor, type Tensor4D, tf } from '../../../../main/engine/tensorflow.ts'
import { nativeMemory } from '../../../fixtures/engine/native-memory.ts'

const own = backend.binding
const give = (binding: unknown) => Object.assign(backend, { binding })

/** Stands before one of the binding's functions and keeps what it was called with. */
function watch(name: 'addFunctionDef' | 'removeFunction'): unknown[] {
  const calls: unknown[] = []
  const value = (given: never) => {
    calls.push(given)
    own[name]?.(given)
  }
  give(Object.create(own, { [name]: { value } }))
  return calls
}

let liveBefore = 0
beforeEach(() => {
  liveBefore = tf.memory().numTensors
})
afterEach(() => {
  give(own)
  expect(tf.memory().numTensors).toBe(liveBefore)
})

const modes: ComputeMode[] = ['eager', 'float32', 'bfloat16', 'xla']
const list = (x: Tensor) => [...x.dataSync()]

test('the op list of this TensorFlow is read with inputs, outputs and attributes', () => {
  const conv = allOps().get('Conv2D')!
  expect(conv.inputs.map(({ name }) => name)).toEqual(['input', 'filter'])
  expect(conv.outputs).toMatchObject([{ name: 'output', typeAttribute: 'T' }])
  expect([...conv.attributes]).toContain('data_format')
  expect(conv.stateful).toBe(false)
  expect(allOps().get('RandomUniform')!.stateful).toBe(true)
  expect(allOps().get('ConcatV2')!.inputs[0]).toMatchObject({ name: 'values', numberAttribute: 'N' })
})

describe.each(modes)('%s', (mode) => {
  test('takes and returns nested tensors; results are new tensors', () => {
    const f = compile(
      ({ a, more }: { a: Tensor; more: readonly [Tensor, { readonly b: Tensor }] }) => ({
        sums: [a.add(more[0]), a.add(more[1].b)] as const,
        passed: a,
        twice: { first: more[0], second: more[0] },
        five: tf.scalar(5),
      }),
      { mode },
    )
    const [a, b, c] = [tf.tensor1d([1, 2]), tf.tensor1d([10, 20]), tf.scalar(100)]
    for (let call = 0; call < 2; call++) {
      const result = f({ a, more: [b, { b: c }] })
      expect(list(result.sums[0])).toEqual([11, 22])
      expect(list(result.sums[1])).toEqual([101, 102])
      expect(list(result.passed)).toEqual([1, 2])
      expect(list(result.twice.second)).toEqual([10, 20])
      expect(list(result.five)).toEqual([5])
      tf.dispose({ ...result, sums: [...result.sums] })
    }
    expect(list(a)).toEqual([1, 2])
    tf.dispose([a, b, c])
    f.dispose()
  })

  test('ops with several tensors in and out, integers, booleans and other shapes', () => {
    const f = compile(
      (x: Tensor) => {
        const [left, right] = tf.split(x, 2, 1)
        const joined = tf.concat([right!, left!, tf.ones([2, 1])], 1)
        const rows = tf.unstack(tf.stack([joined, joined.neg()]))
        return {
          joined: rows[1]!,
          index: joined.argMax(1),
          large: joined.greater(2),
          chosen: tf.where(joined.greater(2), joined, tf.zerosLike(joined)).pad([
            [0, 1],
            [1, 0],
          ]),
          gathered: tf.gather(joined, tf.tensor1d([1, 0, 1], 'int32')),
        }
      },
      { mode },
    )
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2])
    const { joined, index, large, chosen, gathered } = f(x)
    expect(list(joined)).toEqual([-2, -1, -1, -4, -3, -1])
    expect([index.dtype, large.dtype]).toEqual(['int32', 'bool'])
    expect(list(index)).toEqual([0, 0])
    expect(list(large)).toEqual([0, 0, 0, 1, 1, 0])
    expect([chosen.shape, list(chosen)]).toEqual([
      [3, 4],
      [0, 0, 0, 0, 0, 4, 3, 0, 0, 0, 0, 0],
    ])
    expect(list(gathered)).toEqual([4, 3, 1, 2, 1, 1, 4, 3, 1])
    tf.dispose([x, joined, index, large, chosen, gathered])
    f.dispose()
  })
})

test('each combination of names, shapes and types has its trace, and the oldest makes room', () => {
  const removed = watch('removeFunction')
  let traced = 0
  const double = compile(
    (x: Tensor) => {
      traced++
      return x.add(x)
    },
    { keptTraces: 2 },
  )
  const run = (x: Tensor) => tf.tidy(() => list(double(x)))
  const [one, two, three] = [tf.tensor1d([1]), tf.tensor1d([1, 2]), tf.tensor1d([1, 2], 'int32')]
  expect([run(one), run(one), run(two), run(one)]).toEqual([[2], [2], [2, 4], [2]])
  expect(traced).toBe(2)
  expect(run(three)).toEqual([2, 4]) // `two` goes
  expect([traced, double.traces, removed.length]).toEqual([3, 2, 1])
  run(one)
  expect(traced).toBe(3)
  run(two)
  expect(traced).toBe(4)
  double.dispose()
  expect([double.traces, removed.length]).toEqual([0, 4])
  expect(run(one)).toEqual([2])
  double.dispose()
  tf.dispose([one, two, three])
})

describe('rewrites', () => {
  /** Gradients of a small network by all that goes into it, and the ops that TensorFlow was given. */
  function gradients(activation: (x: Tensor4D) => Tensor4D, mode: ComputeMode) {
    const added = watch('addFunctionDef') as Uint8Array[]
    const f = compile(
      ({ x, w, b }: { x: Tensor; w: Tensor; b: Tensor }) => {
        const net = (x: Tensor, w: Tensor, b: Tensor) =>
          activation(tf.conv2d(x as Tensor4D, w as Tensor4D, 1, 'same').add(b))
            .square()
            .sum()
        return tf.grads(net as never)([x, w, b])
      },
      { mode },
    )
    const made = tf.tidy(() => {
      const wave = (shape: number[]) => {
        const size = shape.reduce((product, side) => product * side)
        return tf.tensor(
          Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7)),
          shape,
        )
      }
      return f({ x: wave([1, 5, 6, 2]), w: wave([3, 3, 2, 4]), b: wave([4]) }).map(list)
    })
    f.dispose()
    return { made, text: Buffer.from(added[0] ?? []).toString('latin1') }
  }
  const close = (a: number[][], b: number[][]) => {
    const worst = a.flatMap((values, i) => values.map((value, k) => Math.abs(value - b[i]![k]!)))
    return Math.max(...worst) / Math.max(...b.flat().map(Math.abs))
  }

  test.each([
    ['relu', 'ReluGrad', (x: Tensor4D) => tf.relu(x)],
    ['leakyRelu', 'LeakyReluGrad', (x: Tensor4D) => tf.leakyRelu(x, 0.3)],
  ])(
    '%s: one op for its gradient, and for the bias and its gradient, with the same result',
    (_name, op, activation) => {
      const eager = gradients(activation, 'eager')
      const compiled = gradients(activation, 'float32')
      for (const wanted of [op, 'BiasAdd', 'BiasAddGrad'])
        expect(compiled.text).toContain(`\x12${String.fromCharCode(wanted.length)}${wanted}`)
      expect(compiled.text).not.toMatch(/IsNan|Select/)
      expect(close(compiled.made, eager.made)).toBeLessThan(1e-6)
      const low = gradients(activation, 'bfloat16')
      expect(close(low.made, eager.made)).toBeLessThan(0.02)
      expect(close(low.made, eager.made)).toBeGreaterThan(1e-5)
    },
  )

  test('bfloat16: no cast stands between a convolution and the sum after it, unless the sum has a float32 part', () => {
    const casts = (more: (y: Tensor4D, x: Tensor4D) => Tensor4D) => {
      const added = watch('addFunctionDef') as Uint8Array[]
      const convolved = (x: Tensor4D, w: Tensor) => tf.conv2d(x, w as Tensor4D, 1, 'same')
      const f = compile(
        ({ x, w }: { x: Tensor; w: Tensor }) =>
          convolved(more(convolved(x as Tensor4D, w), x as Tensor4D), w),
        { mode: 'bfloat16' },
      )
      tf.tidy(() => void f({ x: tf.ones([1, 4, 4, 2]), w: tf.ones([3, 3, 2, 2]) }))
      f.dispose()
      return Buffer.from(added[0]!).toString('latin1').split('\x12\x04Cast').length - 1
    }
    // Those of x, w and the result are needed.
    expect(casts((y) => y)).toBe(3)
    expect(casts((y) => y.add(tf.relu(y)))).toBe(3)
    expect(casts((y) => tf.addN([y, tf.relu(y)]) as Tensor4D)).toBe(3)
    expect(casts((y, x) => y.add(x))).toBe(5)
  })

  test('what only looks like them is left alone', () => {
    const alike = (x: Tensor4D) => x.mul(tf.step(x, 0.5)) as Tensor4D // a slope of 0.5 below zero
    const eager = gradients(alike, 'eager')
    expect(close(gradients(alike, 'float32').made, eager.made)).toBeLessThan(1e-6)
    const other = tf.customGrad(((x: Tensor4D, save: (tensors: Tensor[]) => void) => {
      save([x])
      const gradFunc = (dy: Tensor4D, [x]: [Tensor4D]) => tf.where(x.greater(0.2), dy, dy.mul(0.3))
      return { value: x.clone(), gradFunc }
    }) as never) as unknown as (x: Tensor4D) => Tensor4D
    expect(close(gradients(other, 'float32').made, gradients(other, 'eager').made)).toBeLessThan(1e-6)
  })
})

test('10,000 steps leave live tensors and native memory where they were', { timeout: 120_000 }, () => {
  const step = compile(({ w, x, rate }: { w: Tensor; x: Tensor; rate: Tensor }) => {
    const loss = (w: Tensor) =>
      tf
        .matMul(x as never, w as never)
        .relu()
        .square()
        .mean()
    return { w: w.sub(tf.grad(loss)(w).mul(rate)) }
  })
  let w: Tensor = tf.ones([32, 32])
  const x = tf.ones([32, 32])
  const run = (steps: number) => {
    for (let i = 0; i < steps; i++) {
      const rate = tf.scalar(1e-3 / (i + 1))
      const next = step({ w, x, rate })
      tf.dispose([w, rate])
      w = next.w
    }
    w.dataSync()
    return nativeMemory()
  }
  const before = run(10_000) // allocators settle
  const after = run(10_000)
  expect(after.nativeTensors).toBe(before.nativeTensors)
  expect(after.bytes - before.bytes).toBeLessThan(16e6) // a tensor a step would be 40e6
  tf.dispose([w, x])
  step.dispose()
})

test('with a binding that cannot compile, functions run eagerly and say so', async () => {
  vi.resetModules()
  give(Object.create(own, { addFunctionDef: { value: undefined } }))
  const again = await import('../../../../main/engine/compile/compile.ts')
  const double = again.compile((x: Tensor) => x.add(x), { mode: 'bfloat16' })
  expect(double.mode).toBe('eager')
  const x = tf.scalar(2)
  const y = double(x)
  expect(list(y)).toEqual([4])
  tf.dispose([x, y])
  const { engineFacts } = await import('../../../../main/engine/facts.ts')
  expect((await engineFacts()).compiled).toMatchObject({
    available: false,
    why: expect.stringContaining('eagerly'),
  })
})
