let depth = 0

/** Ops called in `run` stay in float32 in a function compiled to bfloat16; their gradients need not. */
export function inFloat32<T>(run: () => T): T {
  depth++
  try {
    return run()
  } finally {
    depth--
  }
}

/** True inside `inFloat32`. */
export function keepsFloat32(): boolean {
  return depth > 0
}
