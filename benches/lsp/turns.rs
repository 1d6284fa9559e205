//! Repeated measurements of several servers, in turn so that all are under the same load.

use std::time::{Duration, Instant};

/// How long the repetitions of one measurement may take; slow servers are measured less often.
const BUDGET: Duration = Duration::from_secs(6);

/// Up to `times` measurements of each server after a warm-up, which counts only for a server that
/// uses up its budget in it. A server that does not answer has no times.
pub(crate) fn in_turn(
    servers: usize,
    times: usize,
    mut run: impl FnMut(usize) -> Option<Duration>,
) -> Vec<Vec<Duration>> {
    let mut all = vec![Vec::new(); servers];
    let mut spent = vec![Duration::ZERO; servers];
    for round in 0..=times {
        for (server, spent) in spent.iter_mut().enumerate() {
            if *spent > BUDGET {
                continue;
            }
            let begin = Instant::now();
            let Some(time) = run(server) else {
                all[server].clear();
                *spent = Duration::MAX;
                continue;
            };
            *spent += begin.elapsed();
            if round > 0 || *spent > BUDGET {
                all[server].push(time);
            }
        }
    }
    all
}

pub(crate) fn median(times: Vec<Duration>) -> Option<Duration> {
    percentile(times, 50)
}

pub(crate) fn percentile(mut times: Vec<Duration>, hundredth: usize) -> Option<Duration> {
    times.sort_unstable();
    times.get((times.len() * hundredth / 100).min(times.len().saturating_sub(1))).copied()
}
