//! Load at one rate for a long time: the memory of the service must stay where it is.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use super::{
    asked,
    harness::{House, Outcome, Plan, run},
};

/// Between two looks at the memory.
const LOOK: Duration = Duration::from_secs(1);

/// Resident memory of a process, in KiB.
fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn at<T: Copy + Ord>(values: &[T], hundredth: usize) -> T {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    *sorted.get((sorted.len() - 1) * hundredth / 100).unwrap()
}

#[test]
#[ignore = "takes as long as it is told to: tests/soak runs it"]
fn memory_stays_flat_under_steady_load() {
    let (seconds, rate) = (asked("SOAK_SECONDS", 60), asked("SOAK_RATE", 50));
    let plan = Plan { seed: 1, kills: 0, clients: asked("SOAK_CLIENTS", 8) };
    let house = House::on_sqlite();
    let (begun, ticket) = (Instant::now(), AtomicU64::new(0));
    let pace = || {
        let due = Duration::from_micros(ticket.fetch_add(1, Ordering::Relaxed) * 1_000_000 / rate);
        // The pace is what is asked for, nothing is waited for.
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
    };
    let mut samples = Vec::new();
    let outcome = run(&house, plan, pace, |service, _, _| {
        while begun.elapsed() < Duration::from_secs(seconds) {
            samples.push(memory(service.id()));
            std::thread::sleep(LOOK);
        }
        (service, Vec::new())
    });
    tell(&samples, &outcome, begun.elapsed());
    assert!(outcome.complaints.is_empty(), "{:#?}", outcome.complaints);
    let quarter = samples.len().div_ceil(4);
    let (first, last) = (at(&samples[..quarter], 50), at(&samples[samples.len() - quarter..], 50));
    assert!(last <= first + first / 10 + 8_192, "memory grew from {first} KiB to {last} KiB");
}

fn tell(samples: &[u64], outcome: &Outcome, took: Duration) {
    for (number, quarter) in samples.chunks(samples.len().div_ceil(4)).enumerate() {
        println!("quarter {}: median of resident memory {} KiB", number + 1, at(quarter, 50));
    }
    let rate = outcome.waits.len() as u64 / took.as_secs().max(1);
    let [half, most, worst] = [50, 99, 100].map(|hundredth| at(&outcome.waits, hundredth));
    println!(
        "{rate} answers a second; half within {half:?}, 99 of 100 within {most:?}, all within {worst:?}"
    );
    println!("{outcome}");
}
