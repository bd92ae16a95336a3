//! The idle timeout of connections: closes one that sends no complete request, or does not read its answer.
//!
//! The framework has timeouts for the first head of a connection and for the pause between requests. It would wait
//! forever for the rest of a second head, and for a peer that does not read. A few such peers could then take all
//! connections.

use std::{
    any::Any,
    net::{self, Shutdown},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{
    Error,
    body::MessageBody,
    dev::{Extensions, ServiceRequest, ServiceResponse},
    middleware::Next,
    rt::{self, net::TcpStream},
};

use super::reader::Reader;

/// The request counters of a connection.
#[derive(Debug, Default)]
struct Activity {
    in_flight: AtomicUsize,
    /// How many requests began or ended so far. It only grows, so an unchanged value means that nothing happened.
    transitions: AtomicU64,
}

impl Activity {
    fn count(&self) -> u64 {
        self.transitions.load(Ordering::Relaxed)
    }

    fn is_idle_since(&self, count: u64) -> bool {
        self.in_flight.load(Ordering::Relaxed) == 0 && self.count() == count
    }
}

/// The timer task of a connection. The framework drops it with the connection, which ends the task.
struct IdleTimeout {
    activity: Arc<Activity>,
    watcher: rt::task::JoinHandle<()>,
}

impl Drop for IdleTimeout {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

/// Starts the timer of a new connection. It is closed after being idle for `idle`, at the latest after twice that time. Its requests can
/// ask for their [`Reader`] then.
pub(super) fn start(connection: &dyn Any, data: &mut Extensions, idle: Duration) {
    let secure = connection.downcast_ref::<TlsStream<TcpStream>>().map(|stream| stream.get_ref().0);
    let Some(stream) = secure.or_else(|| connection.downcast_ref()) else { return };
    match duplicate_handle(stream) {
        Ok(stream) => {
            let (stream, activity) = (Arc::new(stream), Arc::new(Activity::default()));
            data.insert(Reader::at(Arc::clone(&stream)));
            let watcher = rt::spawn(close_when_idle(stream, Arc::clone(&activity), idle));
            data.insert(IdleTimeout { activity, watcher });
        }
        // The process is out of file handles. The connection is served without the timeout.
        Err(fault) => tracing::warn!(%fault, "connection has no idle timeout"),
    }
}

async fn close_when_idle(stream: Arc<net::TcpStream>, activity: Arc<Activity>, idle: Duration) {
    let mut count = activity.count();
    loop {
        rt::time::sleep(idle).await;
        // Nothing in flight and no change since the last look: it was idle for the whole interval. This needs no clock and
        // no timer for each request, at the price of up to one more interval.
        if activity.is_idle_since(count) {
            // An error means that the peer has just closed it.
            drop(stream.shutdown(Shutdown::Both));
            return;
        }
        count = activity.count();
    }
}

/// A second handle of the socket: the framework owns the first one.
#[cfg(unix)]
fn duplicate_handle(stream: &TcpStream) -> std::io::Result<net::TcpStream> {
    use std::os::fd::AsFd as _;
    stream.as_fd().try_clone_to_owned().map(net::TcpStream::from)
}

#[cfg(windows)]
fn duplicate_handle(stream: &TcpStream) -> std::io::Result<net::TcpStream> {
    use std::os::windows::io::AsSocket as _;
    stream.as_socket().try_clone_to_owned().map(net::TcpStream::from)
}

/// Middleware that counts a request as in flight on its connection.
pub(super) async fn track_request(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let in_flight = request.conn_data::<IdleTimeout>().map(|watch| RequestGuard::begin(&watch.activity));
    let response = next.call(request).await;
    drop(in_flight);
    response
}

/// A request in flight. Dropping it counts the request as ended, also when its future is cancelled.
struct RequestGuard(Arc<Activity>);

impl RequestGuard {
    fn begin(activity: &Arc<Activity>) -> Self {
        activity.in_flight.fetch_add(1, Ordering::Relaxed);
        activity.transitions.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(activity))
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.0.transitions.fetch_add(1, Ordering::Relaxed);
    }
}
