// Renders the server's Markdown: paragraphs, rules, bold, italics, code spans, links, hard breaks and escapes. Anything
// else, HTML included, is shown as text.

import { element } from "./elements.js";

/** The elements of an explanation: an article for each meaning of a code. */
export function explanation(markdown) {
  return markdown.split(/\n\n---\n\n/).map((part) => {
    const paragraphs = part.split(/\n\n/).map((text) => element("p", {}, ...inline(text)));
    paragraphs[0].className = "heading";
    if (paragraphs[1]?.firstChild.nodeName === "STRONG" && paragraphs[1].querySelector("br")) paragraphs[1].className = "message";
    return element("article", {}, ...paragraphs);
  });
}

const TOKENS = /\\([!-/:-@[-`{-~])|(`)([^`\n]+)`|(\*\*|\*)|\[((?:\\.|[^\]\\])*)\]\(([^()\s]*)\)|( {2}\n)/g;

/** The nodes of a paragraph. */
function inline(text) {
  const stack = [[]];
  const open = [];
  let done = 0;
  const add = (node) => stack.at(-1).push(node);
  for (const match of text.matchAll(TOKENS)) {
    const [token, escaped, , code, emphasis, label, href, hardBreak] = match;
    if (match.index > done) add(text.slice(done, match.index));
    done = match.index + token.length;
    if (escaped) add(escaped);
    else if (code) add(element("code", {}, code));
    else if (hardBreak) add(element("br"));
    else if (href !== undefined) add(link(label, href));
    else if (open.at(-1) === emphasis) {
      const children = stack.pop();
      open.pop();
      add(element(emphasis === "*" ? "em" : "strong", {}, ...children));
    } else {
      open.push(emphasis);
      stack.push([]);
    }
  }
  add(text.slice(done));
  return stack.flat();
}

/** A web link. Anything else is shown as text. */
function link(label, address) {
  const text = label.replace(/\\(.)/g, "$1");
  const href = address.replaceAll("&amp;", "&");
  if (!/^https?:\/\//i.test(href)) return text;
  return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
}
