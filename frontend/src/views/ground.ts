// The ground of the map in WebGL 2: the field's colours and contour lines, drawn where the field lies.
// Redrawn only when field, box, size or colours change.

import type { Scheme } from "./contours";
import type { Field } from "./field";
import { type GroundColours, groundInk } from "./groundcolours";
import type { Viewport } from "./viewport";

export interface Ground {
  /** Drawn by the processor: while things move, fewer pixels must do. */
  readonly isSlow: boolean;
  setColours(colours: GroundColours): void;
  setField(field: Field | null): void;
  /** `ratio`: device pixels per CSS pixel. */
  draw(view: Viewport, ratio: number): void;
  dispose(): void;
}

const vertexSource = `#version 300 es
in vec2 corner;
void main() { gl_Position = vec4(corner, 0.0, 1.0); }`;

// Texels are fetched, not filtered: float textures cannot be filtered everywhere, and filters have 8-bit weights.
// A texel holds a value and its neighbours along the row (before, here, after, one further), so that four fetches
// give all sixteen values that Catmull-Rom interpolation needs: fetches are what costs where there is no graphics card.
const fragmentSource = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
uniform sampler2D field;
uniform ivec2 size;
uniform vec4 toTexel;      // scale and offset from gl_FragCoord to texels
uniform vec4 colours;      // exponents of ten at the ramp's beginning, knee and end; its share up to the knee
uniform int kind;          // 0: 1-2-5 per decade, 1: every so many decades, 2: linear, 3: six per decade
uniform float stepSize;
uniform float major;
uniform float least;
uniform float top;
uniform float ratio;
uniform vec3 low;
uniform vec3 high;
uniform vec3 ink;
uniform vec2 strength;     // opacity of lines and of heavier lines
uniform vec3 paper;
uniform vec4 hatch;
out vec4 result;

vec4 weights(float t) {
  return vec4(((-0.5 * t + 1.0) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1.0,
              ((-1.5 * t + 2.0) * t + 0.5) * t, (0.5 * t - 0.5) * t * t);
}

// Near undefined values: the mean of the defined neighbours, -1 where most of the weight is undefined.
float careful(vec4 a, vec4 b, vec2 f) {
  vec4 v = vec4(a.yz, b.yz);
  vec4 w = vec4((1.0 - f.x) * (1.0 - f.y), f.x * (1.0 - f.y), (1.0 - f.x) * f.y, f.x * f.y);
  w *= step(vec4(0.0), v);
  float weight = w.x + w.y + w.z + w.w;
  return weight < 0.5 ? -1.0 : dot(w, v) / weight;
}

float levelOf(float value, float l) {
  if (kind == 2) return value / stepSize;
  if (kind == 1) return l / stepSize;
  float e = floor(l), m = l - e;
  if (kind == 3) {
    float i = m < 0.30103 ? (m < 0.17609 ? m * 5.67886 : 1.0 + (m - 0.17609) * 8.00379)
      : m < 0.69897 ? (m < 0.47712 ? 2.0 + (m - 0.30103) * 5.67886 : 3.0 + (m - 0.47712) * 4.50756)
      : m < 0.84510 ? 4.0 + (m - 0.69897) * 6.84325 : 5.0 + (m - 0.84510) * 6.45570;
    return 6.0 * e + i;
  }
  return 3.0 * e + (m < 0.30103 ? m * 3.32193 : m < 0.69897 ? 1.0 + (m - 0.30103) * 2.51294 : 2.0 + (m - 0.69897) * 3.32193);
}

void main() {
  vec2 q = gl_FragCoord.xy * toTexel.xy + toTexel.zw;
  vec2 floored = floor(q), f = q - floored;
  ivec2 p = ivec2(floored);
  p.x = clamp(p.x, 0, size.x - 1);
  ivec4 row = clamp(ivec4(p.y - 1, p.y, p.y + 1, p.y + 2), 0, size.y - 1);
  vec4 a = texelFetch(field, ivec2(p.x, row.x), 0), b = texelFetch(field, ivec2(p.x, row.y), 0);
  vec4 c = texelFetch(field, ivec2(p.x, row.z), 0), d = texelFetch(field, ivec2(p.x, row.w), 0);
  vec4 least4 = min(min(a, b), min(c, d));
  bool nearHole = min(min(least4.x, least4.y), min(least4.z, least4.w)) < 0.0;
  vec4 wx = weights(f.x), wy = weights(f.y);
  float value = nearHole ? careful(b, c, f) : dot(wx, wy.x * a + wy.y * b + wy.z * c + wy.w * d);

  float v = max(value, 1e-37);
  float l = log2(v) * 0.30103;
  float level = levelOf(v, l);
  vec2 slope = vec2(dFdx(level), dFdy(level));
  float t = l < colours.y ? colours.w * (l - colours.x) / (colours.y - colours.x)
    : colours.w + (1.0 - colours.w) * (l - colours.y) / (colours.z - colours.y);
  float u = 1.0 - clamp(t, 0.0, 1.0);
  vec3 colour = mix(high, low, u * u * (0.62 + 0.38 * u));

  float pixels = inversesqrt(dot(slope, slope) + 1e-18);   // from one line to the next
  float nearest = floor(level + 0.5);
  bool heavy = abs(nearest - major * floor(nearest / major + 0.5)) < 0.5;
  float width = (heavy ? 1.15 : 0.8) * ratio;
  float cover = clamp(width * 0.5 + 0.5 - abs(level - nearest) * pixels, 0.0, 1.0);
  // Lines that would merge fade out.
  cover *= smoothstep(2.2 * ratio, 7.0 * ratio, pixels) * (heavy ? strength.y : strength.x);
  // In the deepest water lines are thinner than a pixel, and would be specks.
  if (kind != 2) cover *= smoothstep(colours.x - 0.15, colours.x + 0.45, l);
  if (v < least || nearest > top || (kind == 2 && nearest < 0.5)) cover = 0.0;
  colour = mix(colour, ink, cover);

  if (value < -0.5 && nearHole) {
    float stripe = abs(fract((gl_FragCoord.x + gl_FragCoord.y) / (7.0 * ratio)) - 0.5) * 7.0 * ratio * 0.7071;
    colour = mix(paper, hatch.rgb, hatch.a * clamp(0.45 * ratio + 0.5 - stripe, 0.0, 1.0));
  }
  if (any(lessThan(q, vec2(-0.5))) || any(greaterThan(q, vec2(size) - 0.5))) colour = paper;
  result = vec4(colour, 1.0);
}`;

const kinds: Record<Scheme["kind"], number> = { log: 0, decades: 1, linear: 2, fine: 3 };

type Uniforms = Record<string, WebGLUniformLocation | null>;

interface Resources {
  program: WebGLProgram;
  uniforms: Uniforms;
  field: WebGLTexture;
  buffer: WebGLBuffer;
}

export class WebGround implements Ground {
  private resources: Resources | null = null;
  private field: Field | null = null;
  private colours: GroundColours | null = null;
  private uploaded: [number, number] = [0, 0];
  readonly isSlow: boolean;

  private constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly gl: WebGL2RenderingContext,
  ) {
    const info = gl.getExtension("WEBGL_debug_renderer_info");
    const renderer = info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
    this.isSlow = /swiftshader|llvmpipe|software/i.test(renderer);
  }

  /** Null where there is no WebGL 2. */
  static on(canvas: HTMLCanvasElement): WebGround | null {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false, stencil: false });
    if (!gl) return null;
    const ground = new WebGround(canvas, gl);
    return ground.build() ? ground : null;
  }

  get lost(): boolean {
    return this.gl.isContextLost();
  }

  /** After the context was lost and restored: everything anew. */
  restore(): void {
    this.build();
    if (this.field) this.setField(this.field);
  }

  private build(): boolean {
    const { gl } = this;
    const program = gl.createProgram();
    const buffer = gl.createBuffer();
    for (const [type, source] of [
      [gl.VERTEX_SHADER, vertexSource],
      [gl.FRAGMENT_SHADER, fragmentSource],
    ] as const) {
      const shader = gl.createShader(type);
      if (!shader) return false;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.bindAttribLocation(program, 0, "corner");
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
      console.warn("thalweg: the map's shader does not compile here", gl.getProgramInfoLog(program));
      return false;
    }
    const uniforms: Uniforms = {};
    const count = gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS) as number;
    for (let i = 0; i < count; i += 1) {
      const name = gl.getActiveUniform(program, i)?.name;
      if (name) uniforms[name] = gl.getUniformLocation(program, name);
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    this.resources = {
      program,
      uniforms,
      buffer,
      field: this.texture(),
    };
    this.uploaded = [0, 0];
    return true;
  }

  private texture(): WebGLTexture {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    return texture;
  }

  setColours(colours: GroundColours): void {
    this.colours = colours;
  }

  setField(field: Field | null): void {
    this.field = field;
    if (!field || !this.resources) return;
    const { gl } = this;
    const { columns, rows } = field;
    const texels = withNeighbours(field);
    gl.bindTexture(gl.TEXTURE_2D, this.resources.field);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    if (this.uploaded[0] === columns && this.uploaded[1] === rows) {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, columns, rows, gl.RGBA, gl.FLOAT, texels);
    } else {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, columns, rows, 0, gl.RGBA, gl.FLOAT, texels);
      this.uploaded = [columns, rows];
    }
  }

  draw(view: Viewport, ratio: number): void {
    const { gl, canvas, resources, field, colours } = this;
    if (!resources || !colours || gl.isContextLost()) return;
    const ink = groundInk(colours);
    gl.viewport(0, 0, canvas.width, canvas.height);
    if (!field) {
      gl.clearColor(ink.paper[0], ink.paper[1], ink.paper[2], 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      return;
    }
    const u = resources.uniforms;
    const [x0, x1, y0, y1] = field.box;
    const across = (field.columns - 1) / (x1 - x0);
    const up = (field.rows - 1) / (y1 - y0);
    const [dx, dy] = [1 / (view.sx * ratio), 1 / (view.sy * ratio)];
    const { summary } = field;
    gl.useProgram(resources.program);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, resources.field);
    gl.uniform1i(u.field ?? null, 0);
    gl.uniform2i(u.size ?? null, field.columns, field.rows);
    gl.uniform4f(
      u.toTexel ?? null,
      dx * across,
      dy * up,
      (view.box[0] - x0) * across,
      (view.box[2] - y0) * up,
    );
    gl.uniform4f(u.colours ?? null, summary.low, summary.knee, summary.high, summary.kneeAt);
    gl.uniform1i(u.kind ?? null, kinds[summary.scheme.kind]);
    gl.uniform1f(u.stepSize ?? null, summary.scheme.step);
    gl.uniform1f(u.major ?? null, summary.scheme.major);
    gl.uniform1f(u.least ?? null, summary.least);
    gl.uniform1f(u.top ?? null, summary.top);
    gl.uniform1f(u.ratio ?? null, ratio);
    gl.uniform3f(u.low ?? null, ...ink.low);
    gl.uniform3f(u.high ?? null, ...ink.high);
    gl.uniform3f(u.ink ?? null, ...ink.line);
    gl.uniform2f(u.strength ?? null, ink.light, ink.heavy);
    gl.uniform3f(u.paper ?? null, ...ink.paper);
    gl.uniform4f(u.hatch ?? null, ...ink.hatch, ink.hatchStrength);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  dispose(): void {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

/** For each value the one before it in the row, itself, and the two after it. */
export function withNeighbours({
  columns,
  rows,
  values,
}: Pick<Field, "columns" | "rows" | "values">): Float32Array {
  const texels = new Float32Array(4 * columns * rows);
  for (let j = 0; j < rows; j += 1) {
    const first = j * columns;
    const last = first + columns - 1;
    for (let at = first, o = 4 * first; at <= last; at += 1, o += 4) {
      const next = Math.min(at + 1, last);
      texels[o] = values[Math.max(at - 1, first)] as number;
      texels[o + 1] = values[at] as number;
      texels[o + 2] = values[next] as number;
      texels[o + 3] = values[Math.min(next + 1, last)] as number;
    }
  }
  return texels;
}
