//! One direction of a relayed connection: a reader that notes when bytes came, and a writer that passes them on in their order, each
//! after the delay.

use std::{
    io::{self, Read as _, Write as _},
    net::Shutdown,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use super::{
    address::Socket,
    timing::{self, THREAD},
};

/// The most bytes that are read at once.
const CHUNK: usize = 64 * 1_024;
/// Chunks under way in one direction. More wait in the sender's socket.
const UNDER_WAY: usize = 1_024;

/// Bytes that are held; none is the end of the direction, which is held too.
struct Chunk {
    due: Instant,
    bytes: Vec<u8>,
}

/// Starts the two threads of a direction. They end with it.
///
/// A thread to read and another to write, for bytes come while others are held: the delay must not bound the throughput.
pub(super) fn start(from: &Socket, to: &Socket, delay: Duration) -> io::Result<()> {
    let (sender, receiver) = sync_channel(UNDER_WAY);
    let (source, source_of_writer, target) = (from.try_clone()?, from.try_clone()?, to.try_clone()?);
    let thread = |name: &str| thread::Builder::new().name(format!("{THREAD}-{name}")).stack_size(256 * 1_024);
    thread("read").spawn(move || {
        receive(source, delay, &sender);
        timing::add_ended();
    })?;
    thread("write").spawn(move || {
        if pass_on(&receiver, target).is_err() {
            // Nobody takes what still comes: its sender is told.
            source_of_writer.end(Shutdown::Both);
        }
        timing::add_ended();
    })?;
    Ok(())
}

fn receive(mut from: Socket, delay: Duration, held: &SyncSender<Chunk>) {
    let mut buffer = vec![0; CHUNK];
    loop {
        // A connection that was reset has ended too.
        let count = from.read(&mut buffer).unwrap_or(0);
        let bytes = buffer.get(..count).unwrap_or_default().to_vec();
        if held.send(Chunk { due: Instant::now() + delay, bytes }).is_err() || count == 0 {
            return;
        }
    }
}

fn pass_on(held: &Receiver<Chunk>, mut to: Socket) -> io::Result<()> {
    for Chunk { due, bytes } in held {
        timing::sleep_until(due);
        if bytes.is_empty() {
            to.end(Shutdown::Write);
            break;
        }
        to.write_all(&bytes)?;
    }
    Ok(())
}
