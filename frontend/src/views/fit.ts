// The data and every method's fitted curve.

import { Stage } from "./stage";
import type { FitScene, View } from "./types";

export class FitView implements View<FitScene> {
  readonly element: HTMLElement;
  private readonly stage: Stage;
  private scene: FitScene | null = null;

  constructor() {
    this.stage = new Stage("fit", () => this.draw());
    this.element = this.stage.element;
  }

  update(scene: FitScene): void {
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
