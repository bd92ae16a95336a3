//! Waiting that is accurate to less than 0.1 ms, and the processor time of the relay's threads.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

/// The beginning of the names of the relay's threads, by which their processor time is told from the load generator's.
pub(super) const THREAD: &str = "relay";

/// The processor time of threads that have ended, in nanoseconds.
static ENDED: AtomicU64 = AtomicU64::new(0);

/// Makes timers of this thread, and of those that it starts, accurate. By default Linux lets a timer be late by 50 us, so that it can
/// wake several at once, which is a tenth of half of a millisecond.
pub(super) fn sharpen_timers() {
    let this = fs::read_link("/proc/thread-self").ok();
    let thread = this.and_then(|path| path.file_name().map(|name| name.to_string_lossy().into_owned()));
    if let Some(thread) = thread {
        // Where this is not allowed, the round trip that is measured shows it.
        drop(fs::write(format!("/proc/{thread}/timerslack_ns"), "1"));
    }
}

/// Waits until that moment.
pub(super) fn sleep_until(due: Instant) {
    let left = due.saturating_duration_since(Instant::now());
    if !left.is_zero() {
        thread::sleep(left);
    }
}

/// Adds what this thread took, as it ends, to the relay's processor time.
pub(super) fn add_ended() {
    ENDED.fetch_add(nanos("/proc/thread-self/schedstat"), Ordering::Relaxed);
}

/// The processor time of the relay so far, of all its threads.
pub(in crate::tools::bench) fn relay_cpu() -> Duration {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten().map(|entry| entry.path());
    let ours = threads
        .filter(|thread| fs::read_to_string(thread.join("comm")).is_ok_and(|name| name.starts_with(THREAD)));
    let running = ours.map(|thread| nanos(&thread.join("schedstat").to_string_lossy())).sum::<u64>();
    Duration::from_nanos(running + ENDED.load(Ordering::Relaxed))
}

/// The first number of a `schedstat` file: the processor time in nanoseconds.
fn nanos(path: &str) -> u64 {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
