//! Servers that run in a thread of this process.

use std::{io, net::SocketAddr, sync::mpsc, thread};

use actix_web::{
    dev::{Server, ServerHandle},
    rt::System,
};

/// A server in a thread of this process.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    thread: thread::JoinHandle<io::Result<()>>,
}

impl Running {
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it in good order and waits until it has.
    ///
    /// # Errors
    /// When it had failed.
    pub fn stop(self) -> io::Result<()> {
        self.end(true)
    }

    /// Stops it at once, whoever still waits for an answer, and waits until it has.
    ///
    /// # Errors
    /// When it had failed.
    pub fn abort(self) -> io::Result<()> {
        self.end(false)
    }

    fn end(self, graceful: bool) -> io::Result<()> {
        drop(self.handle.stop(graceful));
        self.thread.join().unwrap_or_else(|_| Err(broke_off()))
    }
}

/// Runs what is bound in a thread of its own.
///
/// # Errors
/// When it cannot be bound.
pub fn start(
    bind: impl FnOnce() -> io::Result<(Server, SocketAddr)> + Send + 'static,
) -> io::Result<Running> {
    let (tell, told) = mpsc::channel();
    let thread = thread::spawn(move || {
        System::new().block_on(async move {
            match bind() {
                Ok((server, address)) => {
                    // The other side waits for this; it cannot be gone.
                    drop(tell.send(Ok((address, server.handle()))));
                    server.await
                }
                Err(error) => {
                    drop(tell.send(Err(error)));
                    Ok(())
                }
            }
        })
    });
    let (address, handle) = told.recv().map_err(|_| broke_off())??;
    Ok(Running { address, handle, thread })
}

fn broke_off() -> io::Error {
    io::Error::other("the server's thread broke off")
}
