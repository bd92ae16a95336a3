//! What is done to messages, and how the work is shared among the cores.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::tools::bench::process;

/// What is done to a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    Sign,
    Validate,
}

/// What came of messages, in their order, and what it took.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) messages: Vec<Vec<u8>>,
    pub(super) whole: Duration,
    pub(super) cpu: Duration,
}

/// Does it to each, as many at a time as there are cores.
pub(super) fn on_all_cores(
    messages: &[Vec<u8>],
    work: impl Fn(&[u8]) -> anyhow::Result<Vec<u8>> + Sync,
) -> anyhow::Result<(Vec<Vec<u8>>, Duration)> {
    let do_share =
        |share: &[Vec<u8>]| share.iter().map(|message| work(message)).collect::<Result<Vec<_>, _>>();
    let begin = Instant::now();
    let joined = thread::scope(|scope| {
        let started = shares(messages).map(|share| scope.spawn(move || do_share(share))).collect::<Vec<_>>();
        started.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let whole = begin.elapsed();
    let mut done = Vec::with_capacity(messages.len());
    for share in joined {
        done.extend(share.map_err(|_| anyhow::anyhow!("a thread broke off"))??);
    }
    Ok((done, whole))
}

/// One for each core.
pub(super) fn shares(messages: &[Vec<u8>]) -> impl Iterator<Item = &[Vec<u8>]> {
    messages.chunks(messages.len().div_ceil(process::cores()).max(1))
}
