// Addresses of scripts: the page's policy allows no others than those that come through here.

const policy = globalThis.trustedTypes?.createPolicy("hexplain", { createScriptURL: (url) => url });

/** @param {string} url one of the page's own scripts */
export const trustedUrl = (url) => policy?.createScriptURL(url) ?? url;
