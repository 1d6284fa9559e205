// The search page: reads the index that src/search.rs describes, one small file at a time.
"use strict";

const input = document.getElementById("q");
const list = document.getElementById("results");
const status = document.getElementById("status");
const none = document.getElementById("none");
const text = list.dataset;

const MOST_RESULTS = 50;
// A beginning of a word is looked for in at most this many files.
const MOST_PARTS = 3;
// What each rank of an entry counts for a result; less is better.
const WEIGHTS = [0, 2, 6, 9];
// How much more the beginning of a word counts: that of a name as much as a word of a message.
const BEGINNING = 2;

/* The files of the index. They are scripts, because pages on a disk can't read other files. */

const parts = new Map();

window.hexplainPart = (name, value) => parts.get(name).resolve(value);

function load(name) {
  if (!parts.has(name)) {
    const part = {};
    part.promise = new Promise((resolve, reject) => Object.assign(part, { resolve, reject }));
    parts.set(name, part);
    const script = document.createElement("script");
    script.src = text.folder + name + ".js";
    script.onload = () => script.remove();
    script.onerror = () => {
      parts.delete(name);
      part.reject(new Error(script.src));
    };
    document.head.append(script);
  }
  return parts.get(name).promise;
}

/* Queries. */

// Lower case without accents, with one kind of minus and apostrophe.
function fold(query) {
  const letters = query.toLowerCase().replaceAll("œ", "oe").replaceAll("æ", "ae");
  return letters.normalize("NFD").replace(/\p{M}/gu, "").replace(/[−–]/g, "-");
}

const asHex = (value) => "0x" + (value >>> 0).toString(16).padStart(8, "0");

// The terms that a number stands for: a code in any notation, the number of a family.
function termsOfNumber(word) {
  const hex = /^0x0*([0-9a-f]{1,8})$/.exec(word) ?? /^0xffffffff([89a-f][0-9a-f]{7})$/.exec(word);
  if (hex) {
    const value = parseInt(hex[1], 16);
    return [asHex(value), "#" + (value | 0)];
  }
  if (/^-?\d{1,10}$/.test(word)) {
    const value = Number(word);
    return value >= -(2 ** 31) && value < 2 ** 32 ? ["#" + (value | 0), asHex(value)] : [];
  }
  // Hex without a prefix: 80070005, BugCheck 9F.
  return /^(?=.*\d)[0-9a-f]{2,8}$/.test(word) ? termsOfNumber("0x" + word) : [];
}

// What is looked for: for each word of the query, the terms that will do.
function groupsOf(query) {
  const groups = [];
  for (const chunk of fold(query).split(/\s+/)) {
    const whole = chunk.replace(/^[^a-z0-9_-]+|[^a-z0-9_]+$/g, "");
    const words = whole.match(/(?<![a-z0-9_])-?\d+(?![a-z0-9_])|[a-z0-9_]+/g) ?? [];
    const isPlain = words.length === 1 && words[0] === whole;
    const group = words.map((word) => ({ exact: termsOfNumber(word), beginning: word }));
    // A name such as 4.4.14 is a term, and so are the words of its parts.
    groups.push(...(isPlain ? group : [{ exact: [whole], otherwise: group }]));
  }
  return groups.filter((group) => group.beginning || group.otherwise?.length);
}

/* Look-ups. */

// The file in which a term is, if it is in any.
function partOf(manifest, term) {
  let [from, to] = [0, manifest.firsts.length];
  while (from + 1 < to) {
    const middle = (from + to) >> 1;
    if (manifest.firsts[middle] <= term) from = middle;
    else to = middle;
  }
  return from;
}

// Adds the entries of a term, in the notation of the index, to the ranks of entries.
function add(found, entries, extra) {
  let place = 0;
  for (const difference of entries.split(" ")) {
    place += parseInt(difference, 36);
    const entry = place >> 2;
    const rank = WEIGHTS[place & 3] + extra;
    if (!(found.get(entry) <= rank)) found.set(entry, rank);
  }
}

async function addExact(manifest, term, found) {
  const part = await load("terms-" + partOf(manifest, term));
  for (let i = 0; i < part.length; i += 2) if (part[i] === term) add(found, part[i + 1], 0);
}

async function addBeginning(manifest, word, found) {
  const first = partOf(manifest, word);
  for (let number = first; number < first + MOST_PARTS; number++) {
    if (number > first && !manifest.firsts[number]?.startsWith(word)) break;
    const part = await load("terms-" + number);
    for (let i = 0; i < part.length; i += 2) {
      if (part[i] === word) add(found, part[i + 1], 0);
      else if (word.length > 2 && part[i].startsWith(word)) add(found, part[i + 1], BEGINNING);
    }
  }
}

// The entries of a group with their ranks; null if the word is too common to be looked for.
async function lookUp(manifest, group) {
  const found = new Map();
  for (const term of group.exact) await addExact(manifest, term, found);
  if (group.otherwise && found.size === 0) return (await lookUpAll(manifest, group.otherwise)).found;
  // A number that is found is nothing else; 9F may also be a word.
  const isNumber = /^(0x[0-9a-f]+|-?\d+)$/.test(group.beginning);
  if (group.beginning && !(isNumber && found.size > 0)) {
    if (manifest.common.includes(group.beginning)) return found.size > 0 ? found : null;
    await addBeginning(manifest, group.beginning, found);
  }
  return found;
}

// The entries that have the most of the groups, with the sums of their ranks.
async function lookUpAll(manifest, groups) {
  const all = new Map();
  const of = await Promise.all(groups.map((group) => lookUp(manifest, group)));
  const searched = of.filter((found) => found !== null);
  for (const found of searched) {
    for (const [entry, rank] of found) {
      const sum = all.get(entry) ?? { count: 0, rank: 0 };
      all.set(entry, { count: sum.count + 1, rank: sum.rank + rank });
    }
  }
  const most = Math.max(0, ...new Set([...all.values()].map((sum) => sum.count)));
  const best = [...all].filter(([, sum]) => sum.count === most);
  return { found: new Map(best.map(([entry, sum]) => [entry, sum.rank])), areCommon: searched.length === 0 };
}

async function search(query) {
  const manifest = await load("manifest");
  const groups = groupsOf(query);
  const { found, areCommon } = await lookUpAll(manifest, groups);
  const order = [...found].sort(([a, rankOfA], [b, rankOfB]) => rankOfA - rankOfB || a - b);
  const shown = order.slice(0, MOST_RESULTS).map(async ([entry]) => {
    const block = await load("entries-" + Math.floor(entry / manifest.block));
    return resultOf(manifest, block[entry % manifest.block]);
  });
  return { all: order.length, areCommon: areCommon && groups.length > 0, shown: await Promise.all(shown) };
}

function resultOf(manifest, [family, own, label, name, message, isNameOnly]) {
  const [id, title] = manifest.families[family];
  const href = isNameOnly ? `${id}/index.html#${own}` : `${id}/${own}.html`;
  return { href, label: label || own, name, message, title };
}

/* The page. */

function element(name, className, content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(content);
  return made;
}

function rowOf(result) {
  const link = element("a", "", element("code", "", result.label));
  link.href = result.href;
  const origin = element("span", "origin", result.title + " ");
  if (result.name) origin.append(element("span", "name", result.name));
  link.append(" ", element("span", "message", result.message), " ", origin);
  return element("li", "", link);
}

function statusOf({ all, shown, areCommon }) {
  if (areCommon) return text.common;
  if (all === 0) return "";
  if (all === 1) return text.one;
  const words = shown.length < all ? text.first.replace("{n}", shown.length) : text.many;
  return words.replace("{all}", all).replace("{n}", all);
}

// Only the newest search is shown.
let newest = 0;

async function run() {
  const query = input.value.trim();
  const own = ++newest;
  remember(query);
  if (!query) return show({ all: 0, areCommon: false, shown: [] }, true);
  status.textContent ||= text.loading;
  try {
    const results = await search(query);
    if (own === newest) show(results, false);
  } catch {
    if (own === newest) status.textContent = text.failed;
  }
}

function show(results, isEmpty) {
  list.replaceChildren(...results.shown.map(rowOf));
  status.textContent = isEmpty ? "" : statusOf(results);
  none.hidden = isEmpty || results.all > 0 || results.areCommon;
  document.documentElement.dataset.searched = input.value;
}

// Keeps the query in the address, so that it can be shared, and the way back leads to it.
function remember(query) {
  try {
    history.replaceState(null, "", query ? "?q=" + encodeURIComponent(query) : location.pathname);
  } catch {
    // Pages on a disk have no address of their own.
  }
}

// The arrow keys move from the field through the results and back.
function move(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [input, ...list.querySelectorAll("a")];
  const at = stops.indexOf(document.activeElement);
  if (!step || at < 0 || !stops[at + step]) return;
  event.preventDefault();
  stops[at + step].focus();
}

input.value = new URLSearchParams(location.search).get("q") ?? "";
input.addEventListener("input", run);
input.form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", move);
run();
