//! The body of an answer that is sent as it is made: a thread writes, the connection takes.

use std::{
    io::{self, Write},
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};
use tokio::sync::mpsc::{Receiver, Sender, channel as bounded};

use crate::service::hubs::HubFault;

/// The size of a chunk, in bytes.
const CHUNK: usize = 32 * 1024;
/// The most chunks that wait for the connection: a slow reader makes the writer wait, and memory does not grow.
const WAITING: usize = 4;

/// A channel from the thread that writes to the connection.
pub(in crate::web) fn channel() -> (ChunkWriter, ChunkReceiver) {
    let (sender, receiver) = bounded(WAITING);
    (ChunkWriter { sender, chunk: Vec::new() }, ChunkReceiver(receiver))
}

/// The writing end. What is written is sent in chunks; the last one when it is flushed or dropped.
pub(in crate::web) struct ChunkWriter {
    sender: Sender<Result<Bytes, HubFault>>,
    chunk: Vec<u8>,
}

impl ChunkWriter {
    /// Ends the body with a fault.
    pub(in crate::web) fn fail(mut self, fault: HubFault) {
        self.chunk.clear();
        // Nobody takes it where the connection was closed.
        drop(self.sender.blocking_send(Err(fault)));
    }

    fn send(&mut self) -> io::Result<()> {
        let chunk = std::mem::take(&mut self.chunk);
        let closed = || io::Error::from(io::ErrorKind::BrokenPipe);
        if chunk.is_empty() {
            // A writer that has nothing to send for long is told, too.
            return if self.sender.is_closed() { Err(closed()) } else { Ok(()) };
        }
        self.sender.blocking_send(Ok(Bytes::from(chunk))).map_err(|_| closed())
    }
}

impl Write for ChunkWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.chunk.extend_from_slice(bytes);
        if self.chunk.len() >= CHUNK {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

/// The receiving end, before anything came.
pub(in crate::web) struct ChunkReceiver(Receiver<Result<Bytes, HubFault>>);

impl ChunkReceiver {
    /// Waits for the first chunk: a fault before it can still be answered.
    pub(in crate::web) async fn begun(mut self) -> Result<Chunks, HubFault> {
        let first = self.0.recv().await.transpose()?;
        Ok(Chunks { first, rest: self.0 })
    }
}

/// A body in chunks.
pub(in crate::web) struct Chunks {
    first: Option<Bytes>,
    rest: Receiver<Result<Bytes, HubFault>>,
}

impl MessageBody for Chunks {
    type Error = HubFault;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, HubFault>>> {
        let this = self.get_mut();
        match this.first.take() {
            Some(first) => Poll::Ready(Some(Ok(first))),
            None => this.rest.poll_recv(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever writes, such as a report, ends at the first chunk that nobody takes.
    #[test]
    fn a_writer_is_told_that_its_reader_went_away() {
        let (mut writer, receiver) = channel();
        assert!(writer.write_all(&[0; CHUNK]).is_ok(), "it waits for the connection");
        drop(receiver);
        let fault = writer.write_all(&[0; CHUNK]).unwrap_err();
        assert_eq!(fault.kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_writer_that_has_nothing_to_send_is_told_when_it_flushes() {
        let (mut writer, receiver) = channel();
        assert!(writer.flush().is_ok());
        drop(receiver);
        assert_eq!(writer.flush().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
