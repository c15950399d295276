/**
 * Begins to compile a program of WebGL2; each attribute's place is its index. Nothing is asked here: an answer waits until
 * the graphics process has compiled, and the window's thread with it.
 */
export function beginProgram(
  gl: WebGL2RenderingContext,
  vertex: string,
  fragment: string,
  attributes: readonly string[],
): WebGLProgram {
  const program = gl.createProgram()
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(kind)
    if (!shader) continue // The context is lost; what is drawn into it is, too.
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  for (const [place, name] of attributes.entries()) gl.bindAttribLocation(program, place, name)
  gl.linkProgram(program)
  return program
}

/**
 * Resolves once programs can be drawn with, to whether they can: not where the context was lost meanwhile.
 * @throws Error with the compiler's words where a program is wrong
 */
export async function whenLinked(
  gl: WebGL2RenderingContext,
  programs: readonly WebGLProgram[],
): Promise<boolean> {
  const parallel = gl.getExtension('KHR_parallel_shader_compile')
  for (const program of programs) {
    const isDone = () => !parallel || gl.getProgramParameter(program, parallel.COMPLETION_STATUS_KHR)
    while (!gl.isContextLost() && !isDone()) await new Promise(requestAnimationFrame)
    if (gl.isContextLost()) return false
    if (gl.getProgramParameter(program, gl.LINK_STATUS)) continue
    const words = gl.getAttachedShaders(program)?.map((shader) => gl.getShaderInfoLog(shader))
    throw new Error(
      `the graphics processor's driver refused a program: ${[gl.getProgramInfoLog(program), ...(words ?? [])].join(' ')}`,
    )
  }
  return true
}
