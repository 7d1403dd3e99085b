// The ground of the map in WebGL 2: the field's colours and contour lines, drawn where the field lies.
// Redrawn only when field, box, size or colours change.

import { rampTable } from "./colour";
import type { Scheme } from "./contours";
import type { Field } from "./field";
import { type GroundColours, groundInk } from "./groundcolours";
import type { Viewport } from "./viewport";

export interface Ground {
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
const fragmentSource = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
uniform sampler2D field;
uniform sampler2D ramp;
uniform ivec2 size;
uniform vec4 toTexel;      // scale and offset from gl_FragCoord to texels
uniform vec2 colours;      // exponents of ten at the ends of the ramp
uniform int kind;          // 0: 1-2-5 per decade, 1: every so many decades, 2: linear
uniform float stepSize;
uniform float major;
uniform float least;
uniform float top;
uniform bool holes;
uniform float ratio;
uniform vec3 ink;
uniform vec2 strength;     // opacity of lines and of heavier lines
uniform vec3 paper;
uniform vec4 hatch;
out vec4 result;

float texel(ivec2 p) { return texelFetch(field, clamp(p, ivec2(0), size - 1), 0).r; }

vec4 weights(float t) {
  return vec4(((-0.5 * t + 1.0) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1.0,
              ((-1.5 * t + 2.0) * t + 0.5) * t, (0.5 * t - 0.5) * t * t);
}

float smoothAt(ivec2 p, vec2 f) {
  vec4 wx = weights(f.x), wy = weights(f.y);
  float sum = 0.0;
  for (int j = 0; j < 4; j++) {
    ivec2 q = p + ivec2(-1, j - 1);
    sum += wy[j] * dot(wx, vec4(texel(q), texel(q + ivec2(1, 0)), texel(q + ivec2(2, 0)), texel(q + ivec2(3, 0))));
  }
  return sum;
}

// Near undefined values: the mean of the defined neighbours, -1 where most of the weight is undefined.
float carefulAt(ivec2 p, vec2 f) {
  vec4 v = vec4(texel(p), texel(p + ivec2(1, 0)), texel(p + ivec2(0, 1)), texel(p + ivec2(1, 1)));
  vec4 w = vec4((1.0 - f.x) * (1.0 - f.y), f.x * (1.0 - f.y), (1.0 - f.x) * f.y, f.x * f.y);
  w *= step(vec4(0.0), v);
  float weight = w.x + w.y + w.z + w.w;
  return weight < 0.5 ? -1.0 : dot(w, v) / weight;
}

bool nearHole(ivec2 p) {
  for (int j = -1; j < 3; j++) for (int i = -1; i < 3; i++) if (texel(p + ivec2(i, j)) < 0.0) return true;
  return false;
}

float levelOf(float value, float l) {
  if (kind == 2) return value / stepSize;
  if (kind == 1) return l / stepSize;
  float e = floor(l), m = l - e;
  return 3.0 * e + (m < 0.30103 ? m / 0.30103 : m < 0.69897 ? 1.0 + (m - 0.30103) / 0.39794 : 2.0 + (m - 0.69897) / 0.30103);
}

void main() {
  vec2 q = gl_FragCoord.xy * toTexel.xy + toTexel.zw;
  vec2 floored = floor(q);
  ivec2 p = ivec2(floored);
  float value = holes && nearHole(p) ? carefulAt(p, q - floored) : smoothAt(p, q - floored);
  bool undefinedHere = holes && value < -0.5;
  float v = max(value, 1e-37);
  float l = log2(v) * 0.30103;
  float level = levelOf(v, l);
  vec2 slope = vec2(dFdx(level), dFdy(level));
  vec3 colour = texture(ramp, vec2(clamp((l - colours.x) / (colours.y - colours.x), 0.0, 1.0) * (255.0 / 256.0) + 0.5 / 256.0, 0.5)).rgb;

  float gradient = length(slope) + 1e-9;
  float nearest = floor(level + 0.5);
  bool heavy = abs(nearest - major * floor(nearest / major + 0.5)) < 0.5;
  float width = (heavy ? 1.15 : 0.8) * ratio;
  float cover = clamp(width * 0.5 + 0.5 - abs(level - nearest) / gradient, 0.0, 1.0);
  // Lines that would merge fade out.
  cover *= smoothstep(2.2, 7.0, 1.0 / (gradient * ratio)) * (heavy ? strength.y : strength.x);
  // In the deepest water lines are thinner than a pixel, and would be specks.
  if (kind != 2) cover *= smoothstep(colours.x - 0.15, colours.x + 0.45, l);
  if (v < least || nearest > top || (kind == 2 && nearest < 0.5)) cover = 0.0;
  colour = mix(colour, ink, cover);

  if (undefinedHere) {
    float stripe = abs(fract((gl_FragCoord.x + gl_FragCoord.y) / (7.0 * ratio)) - 0.5) * 7.0 * ratio * 0.7071;
    colour = mix(paper, hatch.rgb, hatch.a * clamp(0.45 * ratio + 0.5 - stripe, 0.0, 1.0));
  }
  vec2 last = vec2(size) - 0.5;
  if (any(lessThan(q, vec2(-0.5))) || any(greaterThan(q, last))) colour = paper;
  result = vec4(colour, 1.0);
}`;

const kinds: Record<Scheme["kind"], number> = { log: 0, decades: 1, linear: 2 };

type Uniforms = Record<string, WebGLUniformLocation | null>;

interface Resources {
  program: WebGLProgram;
  uniforms: Uniforms;
  field: WebGLTexture;
  ramp: WebGLTexture;
  buffer: WebGLBuffer;
}

export class WebGround implements Ground {
  private resources: Resources | null = null;
  private field: Field | null = null;
  private colours: GroundColours | null = null;
  private uploaded: [number, number] = [0, 0];

  private constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly gl: WebGL2RenderingContext,
  ) {}

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
    if (this.colours) this.setColours(this.colours);
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
      field: this.texture(gl.NEAREST),
      ramp: this.texture(gl.LINEAR),
    };
    this.uploaded = [0, 0];
    return true;
  }

  private texture(filter: number): WebGLTexture {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    return texture;
  }

  setColours(colours: GroundColours): void {
    this.colours = colours;
    if (!this.resources) return;
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.resources.ramp);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    const table = rampTable(colours.low, colours.high);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, table);
  }

  setField(field: Field | null): void {
    this.field = field;
    if (!field || !this.resources) return;
    const { gl } = this;
    const { columns, rows, values } = field;
    gl.bindTexture(gl.TEXTURE_2D, this.resources.field);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    if (this.uploaded[0] === columns && this.uploaded[1] === rows) {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, columns, rows, gl.RED, gl.FLOAT, values);
    } else {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, columns, rows, 0, gl.RED, gl.FLOAT, values);
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
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, resources.ramp);
    gl.activeTexture(gl.TEXTURE0);
    gl.uniform1i(u.field ?? null, 0);
    gl.uniform1i(u.ramp ?? null, 1);
    gl.uniform2i(u.size ?? null, field.columns, field.rows);
    gl.uniform4f(
      u.toTexel ?? null,
      dx * across,
      dy * up,
      (view.box[0] - x0) * across,
      (view.box[2] - y0) * up,
    );
    gl.uniform2f(u.colours ?? null, summary.low, summary.high);
    gl.uniform1i(u.kind ?? null, kinds[summary.scheme.kind]);
    gl.uniform1f(u.stepSize ?? null, summary.scheme.step);
    gl.uniform1f(u.major ?? null, summary.scheme.major);
    gl.uniform1f(u.least ?? null, summary.least);
    gl.uniform1f(u.top ?? null, summary.top);
    gl.uniform1i(u.holes ?? null, field.holes ? 1 : 0);
    gl.uniform1f(u.ratio ?? null, ratio);
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
