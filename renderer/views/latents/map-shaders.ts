/** Groups take the colours in turn; values lie between those of a ramp. */
const tintFunction = `uniform float isRamp;
vec3 tintOf(float tint) {
  int low = int(mod(floor(tint), 12.0));
  return isRamp > 0.5 ? mix(colours[low], colours[min(low + 1, 11)], fract(tint)) : colours[low];
}`
export const pointShader = `#version 300 es
in vec2 place; in vec2 look;
uniform vec2 centre; uniform vec2 scale; uniform float size; uniform vec3 colours[12];
out vec4 colour; out float across;
${tintFunction}
void main() {
  gl_Position = vec4((place - centre) * scale, 0.0, 1.0);
  across = look.y > 0.5 ? size + 3.0 : size;
  gl_PointSize = across + 1.0;
  vec3 own = look.x < 0.0 ? vec3(0.62) : tintOf(look.x);
  colour = look.y > 0.5 ? vec4(1.0) : vec4(own, 0.85);
}`
export const dotShader = `#version 300 es
precision mediump float;
in vec4 colour; in float across; out vec4 shown;
void main() {
  float beyond = length(gl_PointCoord - 0.5) * (across + 1.0) - across / 2.0;
  float alpha = colour.a * clamp(0.5 - beyond, 0.0, 1.0);
  shown = vec4(colour.rgb * alpha, alpha);
}`
export const imageShader = `#version 300 es
in vec2 corner; in vec4 item;
uniform vec2 centre; uniform vec2 scale; uniform vec2 side; uniform vec2 cell; uniform vec3 colours[12];
in vec2 look;
out vec2 at; out vec2 within; out vec4 rim;
${tintFunction}
void main() {
  gl_Position = vec4((item.xy - centre) * scale + (corner - 0.5) * side, 0.0, 1.0);
  at = (item.zw + vec2(corner.x, 1.0 - corner.y)) * cell;
  within = corner;
  vec3 own = look.x < 0.0 ? vec3(0.35) : tintOf(look.x);
  rim = look.y > 0.5 ? vec4(1.0) : vec4(own, 1.0);
}`
export const texelShader = `#version 300 es
precision mediump float;
in vec2 at; in vec2 within; in vec4 rim; uniform sampler2D sheet; out vec4 shown;
void main() {
  vec2 edge = min(within, 1.0 - within);
  shown = min(edge.x, edge.y) < 0.05 ? rim : vec4(texture(sheet, at).rgb, 1.0);
}`
