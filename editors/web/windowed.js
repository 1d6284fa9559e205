// A scrolling list that contains only its visible rows: a million rows scroll as smoothly as ten.

/** Browsers limit the height of an element. In a longer list, small scrolls are exact, and large ones proportional. */
const MOST_PIXELS = 12_000_000;
const SPARE_ROWS = 12;
const SETTLED = 200;

export class Windowed {
  #count = 0;
  #rows = new Map();
  #last = 0;
  #timer;
  /** The position of the view in the whole list, in pixels. */
  top = 0;

  /**
   * @param {HTMLElement} box scrolls, and has one child for the rows
   * @param {(index: number) => HTMLElement} draw
   * @param {(from: number, to: number) => void} onRange receives the range of existing rows
   */
  constructor(box, draw, onRange = () => {}) {
    Object.assign(this, { box, draw, onRange, spacer: box.firstElementChild });
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#place()).observe(box);
  }

  get #total() {
    return this.#count * this.rowHeight;
  }

  get #height() {
    return Math.min(this.#total, MOST_PIXELS);
  }

  /** The distance between the scroll bar's position and the view's. */
  get #shift() {
    return this.box.scrollTop - this.top;
  }

  get rowHeight() {
    return (this.#rowHeight ||= parseFloat(getComputedStyle(this.box).getPropertyValue("--row")) || 20);
  }
  #rowHeight = 0;

  setCount(count) {
    this.#count = count;
    this.spacer.style.height = `${this.#height}px`;
    this.redraw();
  }

  /** Goes to the first row. */
  reset() {
    this.box.scrollTo(0, 0);
    this.top = this.#last = 0;
    this.spacer.style.minWidth = "";
  }

  /** Redraws all rows. */
  redraw() {
    for (const row of this.#rows.values()) row.remove();
    this.#rows.clear();
    this.#place();
  }

  /** Redraws those of the given rows that exist. */
  redrawRows(indices) {
    for (const index of indices) {
      const row = this.#rows.get(index);
      row?.replaceWith(this.#made(index));
    }
  }

  /** Scrolls to a row: to the nearest edge, or to the middle if it is far away. */
  reveal(index) {
    const [view, at] = [this.box.clientHeight, index * this.rowHeight];
    if (at >= this.top && at + this.rowHeight <= this.top + view) return;
    const isNear = at > this.top - view / 2 && at < this.top + view * 1.5;
    const edge = at < this.top ? at : at + this.rowHeight - view;
    this.goTo(isNear ? edge : at - view / 2);
  }

  /** Scrolls to a position in the whole list, in pixels. */
  goTo(top) {
    const most = Math.max(0, this.#total - this.box.clientHeight);
    this.top = Math.min(Math.max(0, Math.round(top)), most);
    this.#sync();
    this.#place();
  }

  #scrolled() {
    const { scrollTop, clientHeight } = this.box;
    const moved = scrollTop - this.#last;
    this.#last = scrollTop;
    const [end, most] = [this.#height - clientHeight, this.#total - clientHeight];
    if (this.#total <= MOST_PIXELS || scrollTop <= 0) this.top = scrollTop;
    else if (scrollTop >= end - 1) this.top = most;
    else if (Math.abs(moved) < clientHeight * 2) this.top = Math.min(Math.max(0, this.top + moved), most);
    else this.top = Math.round((scrollTop / end) * most);
    clearTimeout(this.#timer);
    if (this.#total > MOST_PIXELS) this.#timer = setTimeout(() => this.#settle(), SETTLED);
    this.#place();
  }

  #settle() {
    this.#sync();
    this.#place();
  }

  /** Moves the scroll bar to the position of the view. */
  #sync() {
    const [end, most] = [this.#height - this.box.clientHeight, this.#total - this.box.clientHeight];
    this.box.scrollTop = this.#total <= MOST_PIXELS ? this.top : (this.top / most) * end;
    this.#last = this.box.scrollTop;
  }

  #place() {
    const from = Math.max(0, Math.floor(this.top / this.rowHeight) - SPARE_ROWS);
    const to = Math.min(this.#count, Math.ceil((this.top + this.box.clientHeight) / this.rowHeight) + SPARE_ROWS);
    for (const [index, row] of this.#rows) {
      if (index >= from && index < to) continue;
      row.remove();
      this.#rows.delete(index);
    }
    // The elements stay in the order of the rows, so that selected text is copied in order.
    const first = this.#rows.size > 0 ? Math.min(...this.#rows.keys()) : to;
    const firstRow = this.#rows.get(first) ?? null;
    for (let index = from; index < to; index++) {
      const row = this.#rows.get(index);
      if (row) this.#move(index, row);
      else this.spacer.insertBefore(this.#made(index), index < first ? firstRow : null);
    }
    this.onRange(from, to);
  }

  #made(index) {
    const row = this.draw(index);
    this.#move(index, row);
    this.#rows.set(index, row);
    return row;
  }

  #move(index, row) {
    const top = this.#total <= MOST_PIXELS ? index * this.rowHeight : Math.round(index * this.rowHeight + this.#shift);
    row.style.top = `${top}px`;
  }
}
