// Checks: each prints a line, the run continues after a failure, and the totals determine the exit status.

let passed = 0;
let failed = 0;

/** Runs one check, which fails if `run` throws. `check.onFailure` can then take a screenshot. */
export async function check(name, run) {
  const start = Date.now();
  try {
    const facts = await run();
    passed++;
    console.log(`ok      ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)${facts ? `: ${facts}` : ""}`);
  } catch (error) {
    failed++;
    await check.onFailure?.(`failed-${failed}`).catch(() => {});
    console.log(`FAILED  ${name}: ${error.message ?? error}`);
  }
}

/** Prints the totals; the process fails if a check has failed. */
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed || !passed ? 1 : 0;
}
