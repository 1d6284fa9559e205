// The page's texts in English and French. The explanations come from the server in the same languages.

const english = {
  title: "hexplain: error codes in logs, explained",
  tagline: "Error codes in logs, explained",
  lookUp: "Look up a code or words",
  lookUpHint: "0x80070005, 1603, access denied…",
  language: "Language",
  drop: "Drop a log here",
  dropHint: "or paste its text anywhere on this page",
  dropNow: "Drop the log to open it",
  open: "Open a file…",
  openAnother: "Open…",
  example: "Show an example",
  paste: "Text of a log",
  pasteHere: "Paste here…",
  explain: "Explain this text",
  privacy: "Your log stays on this computer.",
  privacyMore: "It is read in your browser and not sent anywhere: the page’s security policy forbids connections to other servers. After the first visit, it also works offline.",
  close: "Close",
  hints: "Explanations in the text",
  pasted: "Pasted text",
  exampleName: "Example",
  log: "Log",
  lines: "lines",
  codes: "Codes",
  filter: "Filter the codes",
  severities: "Severities shown",
  error: ["error", "errors"],
  warning: ["warning", "warnings"],
  information: ["information", "information"],
  success: ["success", "successes"],
  times: (count) => `× ${count}`,
  noCodes: "No known codes in this log.",
  noneShown: "No codes match the filter.",
  explanation: "Explanation",
  choose: "Choose a code to see what it means.",
  previous: "Previous occurrence",
  next: "Next occurrence",
  previousKey: "Previous occurrence (Shift+F8)",
  nextKey: "Next occurrence (F8)",
  place: (nth, count) => `${nth} of ${count}`,
  inLine: (line) => `Line ${line}`,
  copyRemedy: "Copy remedy",
  copyExplanation: "Copy explanation",
  copied: "Copied",
  notCopied: "The browser did not allow copying",
  results: "Results",
  found: (count) => (count === 1 ? "1 entry" : `${count} entries`),
  mostFound: (count) => `The first ${count} entries`,
  nothing: "No results.",
  loading: "Loading the catalog…",
  reading: "Reading…",
  scanning: "Scanning…",
  summary: (count, lines, kinds) => `${count} different ${count === 1 ? "code" : "codes"} in ${lines} lines: ${kinds}`,
  restarted: "The scanner stopped unexpectedly. It was restarted.",
  failed: "The scanner could not be started.",
  failedHint: "Check the connection and try again. hexplain needs a browser from 2023 or later.",
  retry: "Try again",
  tooLarge: "This file is larger than 256 MB. Use the command line: hexplain scan FILE.",
  binary: "This file is not a text file.",
  unreadable: "This file could not be read.",
  skip: "Skip to the codes",
};

const french = {
  title: "hexplain : les codes d’erreur des journaux, expliqués",
  tagline: "Les codes d’erreur des journaux, expliqués",
  lookUp: "Rechercher un code ou des mots",
  lookUpHint: "0x80070005, 1603, accès refusé…",
  language: "Langue",
  drop: "Déposez un journal ici",
  dropHint: "ou collez son texte n’importe où sur cette page",
  dropNow: "Déposez le journal pour l’ouvrir",
  open: "Ouvrir un fichier…",
  openAnother: "Ouvrir…",
  example: "Voir un exemple",
  paste: "Texte d’un journal",
  pasteHere: "Collez ici…",
  explain: "Expliquer ce texte",
  privacy: "Votre journal reste sur cet ordinateur.",
  privacyMore: "Il est lu dans votre navigateur et n’est envoyé nulle part : la stratégie de sécurité de la page interdit toute connexion à d’autres serveurs. Après la première visite, elle fonctionne aussi hors connexion.",
  close: "Fermer",
  hints: "Explications dans le texte",
  pasted: "Texte collé",
  exampleName: "Exemple",
  log: "Journal",
  lines: "lignes",
  codes: "Codes",
  filter: "Filtrer les codes",
  severities: "Gravités affichées",
  error: ["erreur", "erreurs"],
  warning: ["avertissement", "avertissements"],
  information: ["information", "informations"],
  success: ["réussite", "réussites"],
  times: (count) => `× ${count}`,
  noCodes: "Aucun code connu dans ce journal.",
  noneShown: "Aucun code ne correspond au filtre.",
  explanation: "Explication",
  choose: "Choisissez un code pour voir ce qu’il signifie.",
  previous: "Occurrence précédente",
  next: "Occurrence suivante",
  previousKey: "Occurrence précédente (Maj+F8)",
  nextKey: "Occurrence suivante (F8)",
  place: (nth, count) => `${nth} sur ${count}`,
  inLine: (line) => `Ligne ${line}`,
  copyRemedy: "Copier la marche à suivre",
  copyExplanation: "Copier l’explication",
  copied: "Copié",
  notCopied: "Le navigateur n’a pas autorisé la copie",
  results: "Résultats",
  found: (count) => (count === 1 ? "1 entrée" : `${count} entrées`),
  mostFound: (count) => `Les ${count} premières entrées`,
  nothing: "Aucun résultat.",
  loading: "Chargement du catalogue…",
  reading: "Lecture…",
  scanning: "Analyse…",
  summary: (count, lines, kinds) => `${count} ${count === 1 ? "code différent" : "codes différents"} dans ${lines} lignes : ${kinds}`,
  restarted: "L’analyse s’est arrêtée de façon inattendue. Elle a été relancée.",
  failed: "L’analyse n’a pas pu démarrer.",
  failedHint: "Vérifiez la connexion, puis réessayez. hexplain nécessite un navigateur de 2023 ou plus récent.",
  retry: "Réessayer",
  tooLarge: "Ce fichier dépasse 256 Mo. Utilisez la ligne de commande : hexplain scan FICHIER.",
  binary: "Ce fichier n’est pas un fichier texte.",
  unreadable: "Ce fichier n’a pas pu être lu.",
  skip: "Aller aux codes",
};

const languages = { en: english, fr: french };
const STORED = "hexplain.language";

/** The language chosen on an earlier visit, or else the browser's. */
export function preferredLanguage() {
  const chosen = stored() ?? navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in languages);
  return chosen in languages ? chosen : "en";
}

function stored() {
  try {
    return localStorage.getItem(STORED) ?? undefined;
  } catch {
    return undefined;
  }
}

export let language = "en";
export let t = english;

/** Fills in the texts of all elements with `data-text`, and the attributes given by `data-label`, `data-placeholder` and `data-title`. */
export function useLanguage(chosen, remember) {
  language = chosen;
  t = languages[chosen];
  document.documentElement.lang = chosen;
  document.title = t.title;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t[element.dataset.text];
  for (const [data, attribute] of [["label", "aria-label"], ["placeholder", "placeholder"], ["title", "title"]]) {
    for (const element of document.querySelectorAll(`[data-${data}]`)) element.setAttribute(attribute, t[element.dataset[data]]);
  }
  if (!remember) return;
  try {
    localStorage.setItem(STORED, chosen);
  } catch {
    // Without storage, the next visit starts in the browser's language.
  }
}

/** A number in the language's notation. */
export const number = (value) => value.toLocaleString(language);

/** A number of bytes in the language's notation. */
export function size(bytes) {
  const units = language === "fr" ? ["octets", "ko", "Mo"] : ["bytes", "KB", "MB"];
  const power = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : 2;
  const value = bytes / 1000 ** power;
  return `${value.toLocaleString(language, { maximumFractionDigits: value < 10 ? 1 : 0 })} ${units[power]}`;
}
