// The panel next to the log: the explanation of the selected code, or the results of a search.

import { byId, element } from "./elements.js";
import { explanation } from "./markdown.js";
import { number, t } from "./texts.js";

const MOST_FOUND = 100;

export class Panel {
  #about;

  /** @param {(text: string) => void} onCopy @param {(step: number) => void} onStep */
  constructor(onCopy, onStep) {
    this.body = byId("explanation");
    this.onCopy = onCopy;
    byId("previous").addEventListener("click", () => onStep(-1));
    byId("next").addEventListener("click", () => onStep(1));
    byId("copy-remedy").addEventListener("click", () => onCopy(this.#about.remedy));
    byId("copy-explanation").addEventListener("click", () => onCopy(this.#about.explanation));
  }

  /** Shows what a code of the log means. */
  showCode(about) {
    const isOther = about?.code !== this.#about?.code || about?.explanation !== this.#about?.explanation || !this.body.querySelector(".of-log");
    this.#about = about;
    this.#title(t.explanation);
    byId("places").hidden = byId("copies").hidden = !about;
    if (about) {
      byId("place").textContent = `${t.place(number(about.nth), number(about.count))} · ${t.inLine(number(about.line + 1))}`;
      byId("previous").disabled = byId("next").disabled = about.count < 2;
      byId("copy-remedy").hidden = !about.remedy;
    }
    if (!isOther) return;
    const shown = about ? explanation(about.explanation) : [element("p", { class: "quiet" }, t.choose)];
    this.#fill(element("div", { class: "of-log" }, ...shown));
  }

  /** Shows the results of a search. */
  showFound({ query, ...all }) {
    this.#title(t.results);
    byId("places").hidden = byId("copies").hidden = true;
    // A code has few answers, but words have many.
    const isWords = /\s/.test(query) && !/\d/.test(query);
    const answers = isWords ? [] : all.answers;
    const found = isWords ? [...all.answers, ...all.found].slice(0, MOST_FOUND) : all.found;
    const parts = answers.map((answer) => this.#withCopy(answer));
    if (found.length > 0) parts.push(element("h3", {}, (found.length < MOST_FOUND ? t.found : t.mostFound)(found.length)));
    parts.push(...found.map((answer) => this.#folded(answer)));
    if (parts.length === 0) parts.push(element("p", { class: "quiet" }, t.nothing));
    this.#fill(...parts);
  }

  #withCopy(answer) {
    const [article] = explanation(answer.markdown);
    if (answer.remedy) {
      const copy = element("button", { type: "button", class: "copy" }, t.copyRemedy);
      copy.addEventListener("click", () => this.onCopy(answer.remedy));
      article.append(copy);
    }
    return article;
  }

  #folded(answer) {
    const name = answer.hex ?? (answer.number === null ? answer.name : String(answer.number));
    const summary = element(
      "summary",
      {},
      element("span", { class: `dot ${answer.severity ?? "information"}` }),
      element("span", { class: "name" }, name ?? ""),
      element("span", { class: "from" }, answer.title),
      element("span", { class: "text" }, answer.message),
    );
    const details = element("details", {}, summary);
    details.addEventListener("toggle", () => {
      if (!details.open || details.children.length > 1) return;
      const article = this.#withCopy(answer);
      if (article.firstChild.textContent === name) article.firstChild.remove();
      details.append(article);
    });
    return details;
  }

  #title(text) {
    byId("explanation-title").textContent = text;
  }

  #fill(...nodes) {
    this.body.replaceChildren(...nodes);
    this.body.scrollTop = 0;
  }
}
