// The strip beside the log: where its codes are, worst first; a click goes there.

const COLORS = ["", "--success", "--information", "--warning", "--error"];

export class Overview {
  #worst = new Uint8Array();

  /** @param {(part: number) => void} onGo is told a part from 0 to 1 */
  constructor(canvas, onGo) {
    this.canvas = canvas;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      onGo(event.offsetY / canvas.clientHeight);
    });
    canvas.addEventListener("pointermove", (event) => event.buttons & 1 && onGo(event.offsetY / canvas.clientHeight));
    new ResizeObserver(() => this.#draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  show(worst) {
    this.#worst = worst;
    this.#draw();
  }

  #draw() {
    const { canvas } = this;
    const scale = devicePixelRatio;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    const style = getComputedStyle(canvas);
    const context = canvas.getContext("2d");
    const height = Math.max(2 * scale, canvas.height / this.#worst.length);
    // The worst on top.
    for (let severity = 1; severity < COLORS.length; severity++) {
      context.fillStyle = style.getPropertyValue(COLORS[severity]);
      this.#worst.forEach((worst, part) => {
        if (worst === severity) context.fillRect(0, Math.floor((part / this.#worst.length) * canvas.height), canvas.width, height);
      });
    }
  }
}
