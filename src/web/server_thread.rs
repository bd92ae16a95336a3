//! A server in a thread of this process, for tools and tests.

use std::{io, net::SocketAddr, sync::mpsc, thread};

use actix_web::{
    dev::{Server, ServerHandle},
    rt::System,
};

/// A server that runs in a thread, with its own event loop.
#[derive(Debug)]
pub struct ServerThread {
    address: SocketAddr,
    handle: ServerHandle,
    thread: thread::JoinHandle<io::Result<()>>,
}

impl ServerThread {
    /// The address it listens on.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for its end: it stops on SIGINT and SIGTERM, and then first answers the requests it has accepted.
    ///
    /// # Errors
    /// When it failed.
    pub fn wait(self) -> io::Result<()> {
        self.thread.join().unwrap_or_else(|_| Err(broke_off()))
    }

    /// Stops it gracefully: it first answers the requests it has accepted. Waits for its end.
    ///
    /// # Errors
    /// When it failed earlier.
    pub fn stop(self) -> io::Result<()> {
        self.end(true)
    }

    /// Stops it at once: open requests get no answer. Waits for its end.
    ///
    /// # Errors
    /// When it failed earlier.
    pub fn abort(self) -> io::Result<()> {
        self.end(false)
    }

    fn end(self, graceful: bool) -> io::Result<()> {
        // The request to stop is sent at once; its future only waits, which joining the thread does too.
        drop(self.handle.stop(graceful));
        self.thread.join().unwrap_or_else(|_| Err(broke_off()))
    }
}

/// Starts a thread, and binds and runs a server in it. Returns once the server is bound.
///
/// # Errors
/// When it cannot be bound.
pub fn start(
    bind: impl FnOnce() -> io::Result<(Server, SocketAddr)> + Send + 'static,
) -> io::Result<ServerThread> {
    let (sender, receiver) = mpsc::channel();
    let thread = thread::spawn(move || {
        System::new().block_on(async move {
            match bind() {
                Ok((server, address)) => {
                    // This cannot fail: the caller waits for the message.
                    drop(sender.send(Ok((address, server.handle()))));
                    server.await
                }
                Err(error) => {
                    drop(sender.send(Err(error)));
                    Ok(())
                }
            }
        })
    });
    let (address, handle) = receiver.recv().map_err(|_| broke_off())??;
    Ok(ServerThread { address, handle, thread })
}

fn broke_off() -> io::Error {
    io::Error::other("the server's thread broke off")
}
