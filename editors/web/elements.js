// Creates elements. This is the only way texts enter the page: as text, never as HTML.

/**
 * @param {string} name
 * @param {Record<string, string | boolean | number | undefined>} attributes `undefined` values are skipped
 * @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** The page's element with this id. */
export const byId = (id) => document.getElementById(id);
