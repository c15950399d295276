import { initTRPC, TRPCError } from '@trpc/server'
import { ZodError } from 'zod'
import type { SentError } from '../../shared/contract/common.ts'
import type { Area, Output, Parsed, Procedure } from '../../shared/contract/procedure.ts'
import { AppError, toAppError } from '../../shared/errors.ts'
import type { Application } from '../core/application.ts'

const t = initTRPC.context<Application>().create({
  errorFormatter: ({ shape, error }) => {
    const app = sentError(error)
    return { ...shape, message: app.message, data: { code: shape.data.code, app } }
  },
})

/** What a procedure is done by: its input has been checked. A subscription ends when its signal fires. */
export type Handler<P> =
  P extends Procedure<'subscription'>
    ? (input: Parsed<P>, app: Application, signal: AbortSignal) => AsyncIterable<Output<P>>
    : (input: Parsed<P>, app: Application, signal: AbortSignal) => Promise<Output<P>> | Output<P>

export type Handlers<A extends Area> = { readonly [Name in keyof A]: Handler<A[Name]> }

type AnyHandler = (input: unknown, app: Application, signal: AbortSignal) => unknown

/** One area of the contract as a router: nothing missing, nothing beside it. */
export function areaRouter<A extends Area>(area: A, handlers: Handlers<A>) {
  const procedures = Object.entries(area).map(([name, { kind, input }]) => {
    const handle = handlers[name] as AnyHandler
    const base = t.procedure.input(input)
    const run = ({
      input,
      ctx,
      signal,
    }: {
      input: unknown
      ctx: Application
      signal?: AbortSignal | undefined
    }) => handle(input, ctx, signal ?? new AbortController().signal)
    if (kind === 'query') return [name, base.query(async (options) => given(() => run(options)))]
    if (kind === 'mutation') return [name, base.mutation(async (options) => given(() => run(options)))]
    return [
      name,
      base.subscription(async function* (options) {
        try {
          yield* run(options) as AsyncIterable<unknown>
        } catch (error) {
          throw sendable(error)
        }
      }),
    ]
  })
  return t.router(Object.fromEntries(procedures))
}

export const mergeAreas = t.router

async function given<Result>(work: () => Result): Promise<Awaited<Result>> {
  try {
    return await work()
  } catch (error) {
    throw sendable(error)
  }
}

/** tRPC's own codes are coarse: ours travel beside them. */
function sendable(error: unknown): TRPCError {
  const app = toAppError(error)
  if (app.code === 'internal') console.error(app.cause instanceof Error ? app.cause.stack : app.stack)
  const codes: Partial<Record<AppError['code'], TRPCError['code']>> = {
    'bad-input': 'BAD_REQUEST',
    'not-found': 'NOT_FOUND',
    conflict: 'CONFLICT',
    aborted: 'CLIENT_CLOSED_REQUEST',
  }
  return new TRPCError({ code: codes[app.code] ?? 'INTERNAL_SERVER_ERROR', message: app.message, cause: app })
}

/** What of an error a client may see: never a stack. */
function sentError({ cause, code, message }: TRPCError): SentError {
  if (cause instanceof AppError) return { code: cause.code, message: cause.message }
  if (cause instanceof ZodError) {
    const [issue] = cause.issues
    const where = issue?.path.join('.')
    return { code: 'bad-input', message: `${where ? `${where}: ` : ''}${issue?.message ?? 'wrong input'}` }
  }
  const isTheirs = code === 'BAD_REQUEST' || code === 'PARSE_ERROR' || code === 'NOT_FOUND'
  return { code: isTheirs ? 'bad-input' : 'internal', message }
}
