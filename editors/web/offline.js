// The service worker: stores the page's files so that it works offline. It requests no others, and never receives a log.

// build.sh fills in the version and the files.
const VERSION = "development";
const FILES = [];

const name = `hexplain ${VERSION}`;

// A new version waits until no tab has the old one open, so that their files don't mix.
self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const isOwn = event.request.method === "GET" && event.request.url.startsWith(self.registration.scope);
  if (isOwn) event.respondWith(answer(event.request));
});

async function keep() {
  const cache = await caches.open(name);
  // Revalidates what is in the browser's cache.
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
