// The map: the ground in WebGL below, everything else on one canvas above it.  This file joins the parts: what is
// drawn in which order, and whose box holds while hands are at work.

import { fade, mix, parseColour, rampAt, rgba } from "./colour";
import { type ContourLine, contourLines, placeContourLabels } from "./contourlabels";
import { rampPlace } from "./contours";
import { CurveGround, drawCurveGround } from "./curveground";
import { EndLabels } from "./endlabels";
import { Field } from "./field";
import { short } from "./format";
import { Gestures, type GestureTarget } from "./gestures";
import { type Ground, WebGround } from "./ground";
import { contourFont, drawText, serif, textWidth } from "./lettering";
import { drawMapAxes } from "./mapaxes";
import { drawBounds } from "./mapbounds";
import { drawMinimisers, Handle, type HandleState } from "./maphandle";
import { drawPaths, Traces } from "./pathlines";
import { Placement } from "./placement";
import { PlainGround } from "./plainground";
import { Stage } from "./stage";
import type { FieldData, MapHooks, MapScene, Palette, View } from "./types";
import { type Box, fitEqual, sameBox, Viewport } from "./viewport";

const restoreWait = 2000;
const refineWait = 160;

export class MapView implements View<MapScene>, GestureTarget {
  readonly element: HTMLElement;
  private readonly stage: Stage;
  private readonly gestures: Gestures;
  private readonly readout = document.createElement("div");
  private groundCanvas = document.createElement("canvas");
  private ground: Ground | null = null;
  private scene: MapScene | null = null;
  private field: Field | null = null;
  /** In place of the field, where there is one variable. */
  private curve: CurveGround | null = null;
  private fieldData: FieldData | null = null;
  private palette: Palette | null = null;
  private groundIsStale = true;
  private groundDrawn = 0;
  private refineTimer: ReturnType<typeof setTimeout> | undefined;
  /** The box asked for, before it is fitted to the element. */
  private wish: Box | null = null;
  /** The last box told to the page. */
  private reported: Box | null = null;
  private viewport = new Viewport([0, 1, 0, 1], 1, 1);
  private draggedStart: [number, number] | null = null;
  private hovered: { at: [number, number] | null; overStart: boolean } = { at: null, overStart: false };
  private probeDue = false;
  private readonly traces = new Traces();
  private readonly endLabels = new EndLabels();
  private readonly handle = new Handle();
  private lines: { field: Field; view: Viewport; list: ContourLine[] } | null = null;
  private restoreTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly hooks: MapHooks) {
    this.stage = new Stage("map", () => this.draw());
    this.element = this.stage.element;
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "application");
    this.element.style.userSelect = "none";
    this.stage.place(this.groundCanvas);
    this.element.prepend(this.groundCanvas);
    this.readout.setAttribute("aria-hidden", "true");
    this.readout.style.cssText =
      "position:absolute;left:0;top:0;pointer-events:none;white-space:nowrap;font-size:11.5px;line-height:14px;visibility:hidden";
    this.element.append(this.readout);
    this.gestures = new Gestures(this.element, this);
    this.element.addEventListener("focus", this.changedFocus);
  }

  update(scene: MapScene): void {
    const before = this.scene;
    this.scene = scene;
    if (this.gestures.gesture === "none" && !(this.reported && sameBox(scene.box, this.reported))) {
      this.wish = scene.box;
      this.reported = null;
    }
    if (scene.field !== this.fieldData || scene.isCurve !== before?.isCurve) {
      this.fieldData = scene.field;
      this.field = scene.field && !scene.isCurve ? new Field(scene.field) : null;
      this.curve = scene.field && scene.isCurve ? new CurveGround(scene.field) : null;
      this.ground?.setField(this.field);
      this.groundIsStale = true;
    }
    if (scene.palette !== before?.palette) this.groundIsStale = true;
    const [across, up] = scene.variables;
    if (!before || before.variables.join() !== scene.variables.join())
      this.element.setAttribute(
        "aria-label",
        `${scene.isCurve ? `Curve of f over ${across}` : `Map of f over ${across} and ${up}`}. Arrow keys move the start, with Shift ten times as far; plus and minus zoom, 0 resets the view.`,
      );
    this.element.ariaBusy = scene.busy ? "true" : "false";
    this.stage.invalidate();
  }

  dispose(): void {
    clearTimeout(this.restoreTimer);
    clearTimeout(this.refineTimer);
    this.gestures.dispose();
    this.ground?.dispose();
    this.element.removeEventListener("focus", this.changedFocus);
    this.stage.dispose();
  }

  // ---------------------------------------------------------------------------------------------- what hands do

  view(): Viewport {
    return this.viewport;
  }

  start(): [number, number] {
    const [x, y] = this.draggedStart ?? this.scene?.start ?? [0, 0];
    return this.scene?.isCurve ? [x, this.curve?.at(x) ?? 0] : [x, y];
  }

  equalScale(): boolean {
    return this.scene?.equalScale ?? false;
  }

  moveStart(x: number, y: number, phase: "move" | "end" | "cancel"): void {
    this.draggedStart = phase === "move" ? [x, y] : null;
    this.hooks.onStart(x, y, phase);
    this.stage.invalidate();
  }

  moveBox(box: Box, phase: "move" | "end"): void {
    this.wish = box;
    this.reported = box;
    this.fit();
    this.hooks.onBox(box, phase);
    this.stage.invalidate();
  }

  hover(at: [number, number] | null, overStart: boolean): void {
    const before = this.hovered;
    this.hovered = { at, overStart };
    if (at && !overStart) {
      this.probeDue = true;
      this.stage.invalidate();
    } else if (before.at) {
      this.probeDue = false;
      this.hooks.onLeave();
    }
    this.showReading();
    if (before.overStart !== overStart) this.changed();
    else this.setCursor();
  }

  reset(): void {
    this.reported = null;
    this.hooks.onReset();
  }

  changed(): void {
    this.setCursor();
    this.stage.invalidate();
  }

  private readonly changedFocus = (): void => this.stage.invalidate();

  private setCursor(): void {
    const { gesture } = this.gestures;
    const isDrag = gesture === "start" || gesture === "pan" || gesture === "pinch";
    this.element.style.cursor = isDrag ? "grabbing" : this.hovered.overStart ? "grab" : "crosshair";
  }

  /** The small f beside the pointer; read from the grid, so that it keeps up. */
  private showReading(): void {
    const { at, overStart } = this.hovered;
    const { field, curve, palette, readout } = this;
    if (!at || overStart || !(field ?? curve) || !palette) {
      readout.style.visibility = "hidden";
      return;
    }
    const x = this.viewport.fromX(at[0]);
    const value = field
      ? field.at(x, this.viewport.fromY(at[1])) + field.reference
      : (curve?.at(x) ?? Number.NaN);
    const text = Number.isNaN(value) ? "undefined" : short(value, 4);
    const letter = document.createElement("i");
    letter.textContent = "f";
    letter.style.fontFamily = serif;
    readout.replaceChildren(letter, ` = ${text}`);
    const left = at[0] > this.viewport.width - 100;
    const above = at[1] > 30;
    readout.style.transform = `translate(${at[0] + (left ? -12 : 12)}px,${at[1] + (above ? -20 : 12)}px) translateX(${left ? "-100%" : "0"})`;
    readout.style.visibility = "visible";
  }

  // ---------------------------------------------------------------------------------------------- drawing

  private fit(): void {
    const { scene, stage } = this;
    const wish = this.wish ?? scene?.box;
    if (!scene || !wish) return;
    const box = scene.equalScale ? fitEqual(wish, stage.width, stage.height) : wish;
    const { box: old, width, height } = this.viewport;
    if (width === stage.width && height === stage.height && old.every((v, i) => v === box[i])) return;
    this.viewport = new Viewport(box, stage.width, stage.height);
    this.groundIsStale = true;
  }

  private draw(): void {
    const { scene } = this;
    if (!scene) return;
    this.fit();
    this.drawGround(scene);
    this.drawOverlay(scene);
    const { box } = this.viewport;
    if (!sameBox(box, scene.box) && !(this.reported && sameBox(box, this.reported))) {
      this.reported = box;
      this.hooks.onBox(box, "end");
    }
    if (this.probeDue && this.hovered.at) {
      this.probeDue = false;
      this.hooks.onProbe(this.viewport.fromX(this.hovered.at[0]), this.viewport.fromY(this.hovered.at[1]));
    }
  }

  private drawGround(scene: MapScene): void {
    if (!this.ground) this.makeGround();
    const { ground, stage } = this;
    if (!ground) return;
    if (this.groundIsStale && this.palette !== scene.palette) this.setPalette(scene.palette);
    const now = performance.now();
    const isMoving = this.groundIsStale && now - this.groundDrawn < refineWait;
    const ratio = ground.isSlow && (isMoving || this.refineTimer) ? 1 : stage.ratio;
    if (stage.resize(this.groundCanvas, ratio)) this.groundIsStale = true;
    if (!this.groundIsStale) return;
    ground.draw(this.viewport, ratio);
    this.groundIsStale = false;
    this.groundDrawn = now;
    if (ratio < stage.ratio) this.refineLater();
  }

  /** All pixels again when nothing has moved for a moment. */
  private refineLater(): void {
    clearTimeout(this.refineTimer);
    this.refineTimer = setTimeout(() => {
      this.refineTimer = undefined;
      this.groundIsStale = true;
      this.groundDrawn = 0;
      this.stage.invalidate();
    }, refineWait);
  }

  private setPalette(palette: Palette): void {
    this.palette = palette;
    this.ground?.setColours(palette);
    const halo = fade(palette.halo, 0.9);
    this.readout.style.color = palette.ink;
    this.readout.style.textShadow = `0 0 2px ${halo},0 0 3px ${halo},0 0 4px ${halo}`;
  }

  private makeGround(): void {
    const web = WebGround.on(this.groundCanvas);
    this.ground = web ?? new PlainGround(this.groundCanvas);
    if (web) {
      this.groundCanvas.addEventListener("webglcontextlost", (event) => {
        event.preventDefault();
        this.restoreTimer = setTimeout(() => this.replaceGround(), restoreWait);
      });
      this.groundCanvas.addEventListener("webglcontextrestored", () => {
        clearTimeout(this.restoreTimer);
        web.restore();
        this.groundIsStale = true;
        this.stage.invalidate();
      });
    }
    this.ground.setField(this.field);
    if (this.palette) this.ground.setColours(this.palette);
  }

  /** WebGL is gone for good (too many contexts on the page, a lost driver): draw plainly on a new canvas. */
  private replaceGround(): void {
    const canvas = document.createElement("canvas");
    this.stage.place(canvas);
    this.groundCanvas.replaceWith(canvas);
    this.groundCanvas = canvas;
    this.ground = new PlainGround(canvas);
    this.ground.setField(this.field);
    if (this.palette) this.ground.setColours(this.palette);
    this.groundIsStale = true;
    this.stage.invalidate();
  }

  private drawOverlay(scene: MapScene): void {
    const context = this.stage.begin();
    if (!context) return;
    const { viewport: view } = this;
    const { palette } = scene;
    const placement = new Placement(view.width, view.height);
    const paths = this.traces.of(scene.tracks, view, scene.highlight);
    const { curve } = this;
    const curveLines = curve?.lines(view) ?? [];
    for (const line of curveLines) placement.ink.addLine(line);
    drawCurveGround(context, curveLines, view, palette);
    if (scene.bounds) drawBounds(context, view, scene.bounds, palette);
    const minimisers = curve ? scene.minimisers.map(([x = 0]) => [x, curve.at(x)]) : scene.minimisers;
    for (const { shown } of paths) {
      for (const line of shown.clear) placement.ink.addLine(line);
      for (const line of shown.crowded) placement.ink.addLine(line);
    }
    const spans: [number, number] = [view.box[1] - view.box[0], view.box[3] - view.box[2]];
    this.handle.mark(view, this.start(), placement);
    this.endLabels.mark(paths, scene.variables, spans, placement);
    drawMapAxes(context, view, scene.variables, palette, placement);
    drawMinimisers(context, view, minimisers, palette, placement);
    this.handle.place(context, placement);
    this.endLabels.place(context, placement);
    this.drawContourLabels(context, palette, placement);
    drawPaths(context, paths, palette);
    this.endLabels.draw(context, palette);
    this.handle.draw(context, this.handleState(), palette);
  }

  private handleState(): HandleState {
    if (this.gestures.gesture === "start") return "drag";
    if (this.element.matches(":focus-visible")) return "focus";
    return this.hovered.overStart ? "hover" : "rest";
  }

  private drawContourLabels(context: CanvasRenderingContext2D, palette: Palette, placement: Placement): void {
    const { field, viewport: view } = this;
    if (!field) return;
    if (this.lines?.field !== field || this.lines.view !== view) {
      const list = contourLines(field, view, (text) => textWidth(context, text, contourFont));
      this.lines = { field, view, list };
    }
    const ends = [parseColour(palette.low), parseColour(palette.high)] as const;
    const ink = parseColour(palette.ink);
    for (const label of placeContourLabels(this.lines.list, placement)) {
      const ground = rampAt(...ends, rampPlace(Math.log10(label.value), field.summary));
      context.save();
      context.translate(label.x, label.y);
      context.rotate(label.angle);
      drawText(context, label.text, 0, 3.7, {
        font: contourFont,
        fill: rgba(mix(ground, ink, 0.86), 1),
        halo: rgba(ground, 0.9),
        align: "center",
      });
      context.restore();
    }
  }
}
