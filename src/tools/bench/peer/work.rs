//! The work that is measured: one operation on each message, in parallel on all cores.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::tools::bench::process;

/// The operation on a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum PeerOperation {
    Sign,
    Validate,
}

/// The processed messages, in order, and the time they took.
#[derive(Debug)]
pub(super) struct ProcessedMessages {
    pub(super) messages: Vec<Vec<u8>>,
    pub(super) whole: Duration,
    pub(super) cpu: Duration,
}

/// Processes all messages, in a thread for each core.
pub(super) fn on_all_cores(
    messages: &[Vec<u8>],
    work: impl Fn(&[u8]) -> anyhow::Result<Vec<u8>> + Sync,
) -> anyhow::Result<(Vec<Vec<u8>>, Duration)> {
    let do_share =
        |share: &[Vec<u8>]| share.iter().map(|message| work(message)).collect::<Result<Vec<_>, _>>();
    let begin = Instant::now();
    let joined = thread::scope(|scope| {
        let in_new_jvms =
            shares(messages).map(|share| scope.spawn(move || do_share(share))).collect::<Vec<_>>();
        in_new_jvms.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let whole = begin.elapsed();
    let mut done = Vec::with_capacity(messages.len());
    for share in joined {
        done.extend(share.map_err(|_| anyhow::anyhow!("a thread broke off"))??);
    }
    Ok((done, whole))
}

/// The messages, cut into a share for each core.
pub(super) fn shares(messages: &[Vec<u8>]) -> impl Iterator<Item = &[Vec<u8>]> {
    messages.chunks(messages.len().div_ceil(process::cores()).max(1))
}
