// Script URLs: the page's policy allows only those created here.

const policy = globalThis.trustedTypes?.createPolicy("hexplain", { createScriptURL: (url) => url });

/** @param {string} url one of the page's own scripts */
export const trustedUrl = (url) => policy?.createScriptURL(url) ?? url;
