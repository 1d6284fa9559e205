// Checks: each prints a line, the run continues after a failure, and the totals determine the exit status.
let passed = 0;
let failed = 0;

/** Runs one check, which fails if `run` throws; what it returns is printed. `check.onFailure` can take a screenshot. */
export async function check(name, run) {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
  try {
    const facts = await run();
    passed++;
    console.log(`ok      ${name} (${seconds()})${facts ? `: ${facts}` : ""}`);
  } catch (error) {
    failed++;
    await check.onFailure?.(`failed-${failed}`).catch(() => {});
    console.log(`FAILED  ${name} (${seconds()}): ${String(error.message ?? error).split("\n")[0]}`);
  }
}

/** Waits until a condition holds, for at most a minute. */
export async function expect(what, holds, timeout = 60_000) {
  for (const deadline = Date.now() + timeout; ; await new Promise((done) => setTimeout(done, 100))) {
    if (await holds()) return;
    if (Date.now() > deadline) throw new Error(`no ${what} after ${timeout / 1000} s`);
  }
}

/** Waits until each of the parts is in one of the texts. */
export async function expectText(what, texts, ...parts) {
  let seen = [];
  const holds = async () => {
    seen = [await texts()].flat();
    return parts.every((part) => seen.some((text) => text.includes(part)));
  };
  await expect(what, holds).catch((error) => {
    const missing = parts.filter((part) => !seen.some((text) => text.includes(part)));
    throw new Error(`${error.message}: missing ${JSON.stringify(missing)} in ${JSON.stringify(seen).slice(0, 1500)}`);
  });
}

export function equal(what, actual, expected) {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
  }
}

/** Prints the totals; the process fails if a check has failed. */
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed || !passed ? 1 : 0;
}
