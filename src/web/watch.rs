//! A watch over each connection: one that brings no whole request, or does not fetch its answer, is closed.
//!
//! The framework bounds the first head of a connection and the pause between requests. It would wait for ever for the
//! rest of a second head, and for a peer that does not read. Without a bound, few peers could take all connections.

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

/// What a connection's requests came to so far.
#[derive(Debug, Default)]
struct Activity {
    under_way: AtomicUsize,
    begun_or_ended: AtomicU64,
}

impl Activity {
    fn count(&self) -> u64 {
        self.begun_or_ended.load(Ordering::Relaxed)
    }

    fn is_resting_since(&self, count: u64) -> bool {
        self.under_way.load(Ordering::Relaxed) == 0 && self.count() == count
    }
}

/// Belongs to a connection, and ends with it.
struct Watch {
    activity: Arc<Activity>,
    watcher: rt::task::JoinHandle<()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

/// Watches over a new connection, which is closed after it rested for that long, and at the latest after twice as long.
pub(super) fn begin(connection: &dyn Any, data: &mut Extensions, idle: Duration) {
    let secure = connection.downcast_ref::<TlsStream<TcpStream>>().map(|stream| stream.get_ref().0);
    let Some(stream) = secure.or_else(|| connection.downcast_ref()) else { return };
    match again(stream) {
        Ok(stream) => {
            let activity = Arc::new(Activity::default());
            let watcher = rt::spawn(close_when_idle(stream, Arc::clone(&activity), idle));
            data.insert(Watch { activity, watcher });
        }
        // There are no more handles: the connection goes on without a watch rather than not at all.
        Err(fault) => tracing::warn!(%fault, "a connection is not watched"),
    }
}

async fn close_when_idle(stream: net::TcpStream, activity: Arc<Activity>, idle: Duration) {
    let mut count = activity.count();
    loop {
        rt::time::sleep(idle).await;
        if activity.is_resting_since(count) {
            // It may just have been closed by the peer.
            drop(stream.shutdown(Shutdown::Both));
            return;
        }
        count = activity.count();
    }
}

/// A second handle of the connection.
#[cfg(unix)]
fn again(stream: &TcpStream) -> std::io::Result<net::TcpStream> {
    use std::os::fd::AsFd as _;
    stream.as_fd().try_clone_to_owned().map(net::TcpStream::from)
}

#[cfg(windows)]
fn again(stream: &TcpStream) -> std::io::Result<net::TcpStream> {
    use std::os::windows::io::AsSocket as _;
    stream.as_socket().try_clone_to_owned().map(net::TcpStream::from)
}

/// Notes that a request is under way on its connection.
pub(super) async fn note(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let under_way = request.conn_data::<Watch>().map(|watch| UnderWay::begin(&watch.activity));
    let response = next.call(request).await;
    drop(under_way);
    response
}

struct UnderWay(Arc<Activity>);

impl UnderWay {
    fn begin(activity: &Arc<Activity>) -> Self {
        activity.under_way.fetch_add(1, Ordering::Relaxed);
        activity.begun_or_ended.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(activity))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
        self.0.begun_or_ended.fetch_add(1, Ordering::Relaxed);
    }
}
