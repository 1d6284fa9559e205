// The strip next to the log shows where its codes are (the most severe on top), and the selected one. A click goes there.

const COLORS = ["", "--success", "--information", "--warning", "--error"];

export class Overview {
  #worst = new Uint8Array();
  #spread = new Uint8Array();

  /** @param {(part: number) => void} onGo receives a fraction of the log, from 0 to 1 */
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

  /** @param {Uint8Array} worst the worst severity in each part of the log, plus 1 */
  show(worst) {
    this.#worst = worst;
    this.#draw();
  }

  /** @param {Uint8Array} spread 1 for each part of the log that has the selected code */
  select(spread = new Uint8Array()) {
    this.#spread = spread;
    this.#draw();
  }

  #draw() {
    const { canvas } = this;
    const scale = devicePixelRatio;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    const style = getComputedStyle(canvas);
    const context = canvas.getContext("2d");
    const fill = (parts, is, color, left) => {
      context.fillStyle = style.getPropertyValue(color);
      const height = Math.max(2 * scale, canvas.height / parts.length);
      parts.forEach((part, at) => {
        if (part === is) context.fillRect(left, Math.floor((at / parts.length) * canvas.height), canvas.width / 2, height);
      });
    };
    // The most severe are drawn last.
    context.globalAlpha = 0.75;
    for (let severity = 1; severity < COLORS.length; severity++) fill(this.#worst, severity, COLORS[severity], 0);
    fill(this.#spread, 1, "--accent", canvas.width / 2);
  }
}
