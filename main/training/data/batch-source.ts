/**
 * Batches in the order of their steps, made ahead of their use. Batch k depends on the settings and on k alone, so a
 * source that starts at step k gives what one that started at 0 gives from there on.
 */
export interface BatchSource<Batch> extends AsyncIterable<Batch> {
  /** The batch of the next step. Never changed afterwards: tensors may share its memory. Rejects with an AppError. */
  next(): Promise<Batch>
  /** Ends the threads; a `next` that waits is rejected with AppError `aborted`. */
  close(): Promise<void>
}

/** `for await` over a source; leaving the loop closes it. */
export async function* batchesOf<Batch>(source: Omit<BatchSource<Batch>, typeof Symbol.asyncIterator>) {
  try {
    while (true) yield await source.next()
  } finally {
    await source.close()
  }
}
