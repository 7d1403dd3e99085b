// Progress of the runs against evaluations.

import { Stage } from "./stage";
import type { ChartHooks, ChartScene, View } from "./types";

export class ChartView implements View<ChartScene> {
  readonly element: HTMLElement;
  private readonly stage: Stage;
  private scene: ChartScene | null = null;

  constructor(readonly hooks: ChartHooks) {
    this.stage = new Stage("chart", () => this.draw());
    this.element = this.stage.element;
  }

  update(scene: ChartScene): void {
    this.scene = scene;
    this.stage.invalidate();
  }

  dispose(): void {
    this.stage.dispose();
  }

  private draw(): void {
    if (this.scene) this.stage.begin();
  }
}
