// An element with a canvas that follows its size and the screen's pixels, and draws at most once a frame.

import { forgetWidths } from "./lettering";

export class Stage {
  readonly element = document.createElement("div");
  readonly canvas = document.createElement("canvas");
  width = 0;
  height = 0;
  /** Device pixels per CSS pixel. */
  ratio = 1;
  private frame = 0;
  private drawn = 0;
  private readonly observer: ResizeObserver;
  private readonly onFonts = (): void => {
    forgetWidths();
    this.invalidate();
  };
  private readonly onWindow = (): void => this.invalidate();

  constructor(
    testid: string,
    private readonly draw: () => void,
  ) {
    this.element.dataset.testid = testid;
    this.element.style.cssText = "position:relative;overflow:hidden;width:100%;height:100%";
    this.place(this.canvas);
    this.observer = new ResizeObserver(() => this.invalidate());
    this.observer.observe(this.element);
    // Zooming the page changes the pixels under the same layout.
    window.addEventListener("resize", this.onWindow);
    document.fonts?.addEventListener?.("loadingdone", this.onFonts);
  }

  /** Lays a canvas over the whole element. */
  place(canvas: HTMLCanvasElement): void {
    canvas.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none";
    canvas.setAttribute("aria-hidden", "true");
    this.element.append(canvas);
  }

  invalidate(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.measure();
      if (this.width < 8 || this.height < 8) return;
      this.draw();
      this.drawn += 1;
      this.element.dataset.drawn = String(this.drawn);
    });
  }

  private measure(): void {
    this.width = this.element.clientWidth;
    this.height = this.element.clientHeight;
    this.ratio = Math.min(3, Math.max(1, window.devicePixelRatio || 1));
  }

  /** Gives the canvas the element's size times `ratio`; true when that changed it (and cleared it). */
  resize(canvas: HTMLCanvasElement, ratio: number): boolean {
    const width = Math.round(this.width * ratio);
    const height = Math.round(this.height * ratio);
    if (canvas.width === width && canvas.height === height) return false;
    canvas.width = width;
    canvas.height = height;
    return true;
  }

  /** The canvas, cleared and in CSS pixels; null where there is no canvas (a test without a browser). */
  begin(): CanvasRenderingContext2D | null {
    const context = this.canvas.getContext("2d");
    if (!context) return null;
    this.resize(this.canvas, this.ratio);
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    return context;
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    window.removeEventListener("resize", this.onWindow);
    document.fonts?.removeEventListener?.("loadingdone", this.onFonts);
    this.element.remove();
  }
}
