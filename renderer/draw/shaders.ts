/** Places a piece of the picture: `cell` and `tile` in image pixels, `view` = scale, centre x, centre y. */
export const vertexShader = `#version 300 es
in vec2 corner;
uniform vec4 cell;
uniform vec4 tile;
uniform vec3 view;
uniform vec2 pane;
out vec2 at;
void main() {
  vec2 image = cell.xy + corner * cell.zw;
  at = (image - tile.xy) / tile.zw;
  vec2 device = (image - view.yz) * view.x;
  gl_Position = vec4(device.x * 2.0 / pane.x, -device.y * 2.0 / pane.y, 0.0, 1.0);
}`

/**
 * mode 0: the picture; 1: the blend of shared/blend/blend.ts; 2: what the blend takes away, times \`gain\`, around grey;
 * 3: an overlay.
 */
export const fragmentShader = `#version 300 es
precision highp float;
in vec2 at;
uniform sampler2D first;
uniform sampler2D second;
uniform sampler2D third;
uniform int mode;
uniform vec4 amounts; // strength, luminance, chroma, detail
uniform float gain;
uniform float opacity;
out vec4 colour;
const vec3 luma = vec3(0.299, 0.587, 0.114);
void main() {
  vec4 original = texture(first, at);
  if (mode == 0) { colour = original; return; }
  if (mode == 3) { colour = original * opacity; return; }
  vec3 taken = original.rgb - texture(second, at).rgb;
  float light = dot(taken, luma);
  float kept = amounts.w > 0.0 ? (texture(third, at).r - 128.0 / 255.0) * amounts.w : 0.0;
  vec3 removed = amounts.x * (amounts.y * (light - kept) + amounts.z * (taken - light));
  colour = mode == 1
    ? vec4(clamp(original.rgb - removed, 0.0, 1.0), original.a)
    : vec4(vec3(0.5) + gain * removed, 1.0);
}`
