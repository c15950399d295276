import type { z } from 'zod'

/** One call of the contract: its input is checked on arrival; the output's type stands for what the core answers. */
export interface Procedure<
  Kind extends 'query' | 'mutation' | 'subscription' = 'query' | 'mutation' | 'subscription',
  In extends z.ZodType = z.ZodType,
  Out = unknown,
> {
  readonly kind: Kind
  readonly input: In
  /** never there at run time: carries the type */
  readonly output?: Out
}

function procedure<Kind extends Procedure['kind']>(kind: Kind) {
  return <In extends z.ZodType>(input: In) => ({
    gives: <Out>(): Procedure<Kind, In, Out> => ({ kind, input }),
  })
}

/** asks, and changes nothing */
export const query = procedure('query')
export const mutation = procedure('mutation')
/** what is given comes again and again, until it completes or the client unsubscribes */
export const subscription = procedure('subscription')

export type Area = Readonly<Record<string, Procedure>>

/** What a client writes, before defaults. */
export type Input<P> = P extends Procedure<Procedure['kind'], infer In> ? z.input<In> : never
/** What a handler gets. */
export type Parsed<P> = P extends Procedure<Procedure['kind'], infer In> ? z.output<In> : never
export type Output<P> = P extends Procedure<Procedure['kind'], z.ZodType, infer Out> ? Out : never
