// The service worker: keeps the page's files, so that it works offline. It asks for no others, and never sees a log.

// build.sh writes the version and the files here.
const VERSION = "development";
const FILES = [];

const name = `hexplain ${VERSION}`;

// A new version waits until no page of the old one is open: their files belong together.
self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const isOwn = event.request.method === "GET" && event.request.url.startsWith(self.registration.scope);
  if (isOwn) event.respondWith(answer(event.request));
});

async function keep() {
  const cache = await caches.open(name);
  // Asks the server whether the files that the browser has are its newest.
  await cache.addAll(FILES.map((file) => new Request(file, { cache: "no-cache" })));
}

async function forgetOthers() {
  const old = (await caches.keys()).filter((other) => other.startsWith("hexplain ") && other !== name);
  await Promise.all(old.map((other) => caches.delete(other)));
}

async function answer(request) {
  const cache = await caches.open(name);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}
