//! The delivery of the outbox as the service holds it: it is started, and stopped.

use std::{io, sync::Arc, thread::JoinHandle, time::Duration};

use super::{
    super::supervisor::{self, StopSignal},
    dispatcher::OutboxDispatcher,
    on_the_bench::BenchTransport,
    post::{DeliveryTimeouts, Post, Transport},
};
use crate::{
    clock::Clock,
    db::{AdvisoryLock, Store},
    service::{JobWatch, MaintenanceWatch, test_bench::TestBench},
    tls::ClientTls,
};

/// How long a stop waits for messages in flight. Those that it does not wait for are sent again after the next start.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A running outbox delivery; [`Delivery::stop`] ends it.
#[derive(Debug)]
pub struct Delivery {
    dispatcher: Arc<OutboxDispatcher>,
    thread: JoinHandle<Option<Option<AdvisoryLock>>>,
}

impl Delivery {
    /// Starts the delivery of that store's outbox, to http addresses alone.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(store: Store, clock: Clock, timeouts: DeliveryTimeouts) -> io::Result<Self> {
        Self::start_tls(store, clock, timeouts, &ClientTls::none())
    }

    /// Starts the delivery of that store's outbox, to http and https addresses.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start_tls(
        store: Store,
        clock: Clock,
        timeouts: DeliveryTimeouts,
        tls: &ClientTls,
    ) -> io::Result<Self> {
        let hold = MaintenanceWatch::default();
        Self::start_watched(store, clock, (timeouts, tls), JobWatch::default(), (hold, None))
    }

    /// As [`Delivery::start`], and sends nothing while a maintenance window holds deliveries.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start_under(
        store: Store,
        clock: Clock,
        timeouts: DeliveryTimeouts,
        hold: MaintenanceWatch,
    ) -> io::Result<Self> {
        let tls = ClientTls::none();
        Self::start_watched(store, clock, (timeouts, &tls), JobWatch::default(), (hold, None))
    }

    /// As [`Delivery::start_tls`], tells whether its thread stays up, and sends nothing while a maintenance window holds deliveries. On a
    /// test bench its faults act and its journal is written.
    pub(in crate::service::jobs) fn start_watched(
        store: Store,
        clock: Clock,
        (timeouts, tls): (DeliveryTimeouts, &ClientTls),
        watch: JobWatch,
        (hold, bench): (MaintenanceWatch, Option<TestBench>),
    ) -> io::Result<Self> {
        let (post, stop) = (Post::new(timeouts, tls.clone()), StopSignal::default());
        let transport: Box<dyn Transport> = match bench.clone() {
            None => Box::new(post),
            Some(bench) => {
                Box::new(BenchTransport::new(post, bench, store.clone(), clock.clone(), stop.clone()))
            }
        };
        Self::start_with(store, clock, (transport, bench), watch, (hold, stop))
    }

    fn start_with(
        store: Store,
        clock: Clock,
        (transport, bench): (Box<dyn Transport>, Option<TestBench>),
        watch: JobWatch,
        (hold, stop): (MaintenanceWatch, StopSignal),
    ) -> io::Result<Self> {
        let ends = (hold, stop.clone());
        let dispatcher = OutboxDispatcher::new((store, clock), (transport, bench), watch.clone(), ends);
        let dispatcher = Arc::new(dispatcher);
        let running = dispatcher.clone();
        let thread = supervisor::start("outbox", stop, watch, move || running.run())?;
        Ok(Self { dispatcher, thread })
    }

    /// Stops taking messages, and waits for those in flight until the stop timeout.
    pub fn stop(self) {
        self.dispatcher.stop();
        let lock = self.thread.join();
        let left = self.dispatcher.wait_for_workers(STOP_TIMEOUT);
        if left > 0 {
            tracing::warn!(
                left,
                "outbox stopped with messages in flight; they are sent again after the next start"
            );
        }
        // The delivery lock goes last: another instance delivers only when no message of ours is in flight, or the wait for
        // them timed out.
        drop(lock);
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use super::{
        super::{dispatcher::WORKER, post::NotDelivered},
        *,
    };
    use crate::{
        clock::Stopwatch,
        db::{Connection, StoreFault},
        domain::Eui64,
        store::{self, DueMessage, Kind, MessageKind, NewMessage, PageRequest},
    };

    const USERS: &str = "user_id,status,roles,receive_response_url\n\
        90-B3-D5-1F-30-01-00-00,Active,IS,http://localhost/broken\n\
        90-B3-D5-1F-30-02-00-00,Active,IS,http://localhost/well\n";

    /// Panics for one address, and says what it sent to others.
    struct Broken(mpsc::Sender<String>);

    impl Transport for Broken {
        fn send(&self, address: &str, message: &DueMessage) -> Result<(), NotDelivered> {
            assert!(!address.ends_with("broken"), "on purpose");
            self.0.send(String::from_utf8_lossy(&message.message).into_owned()).unwrap();
            Ok(())
        }
    }

    /// R7: a panic was neither counted nor recorded, and the message was sent again at once, for ever.
    #[test]
    fn a_worker_that_panics_is_counted_and_its_message_tried_later() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("smi.db").display())).unwrap();
        let clock = Clock::fixed("2026-06-01T12:00:00Z".parse().unwrap());
        let now = clock.now();
        store::import(&store, Kind::Users, USERS.as_bytes(), now, &mut |_| ()).unwrap();
        for user in ["90-B3-D5-1F-30-01-00-00", "90-B3-D5-1F-30-02-00-00"] {
            let user = user.parse::<Eui64>().unwrap();
            let put = move |connection: &mut Connection| {
                let kind = MessageKind::Alert;
                let new = NewMessage { user, device: None, request_id: None, kind, message: b"<alert/>" };
                store::enqueue_message(connection, new, now)
            };
            store.transact::<_, StoreFault, _>(put).unwrap();
        }
        let (told, sent) = mpsc::channel();
        let (watch, stop) = (JobWatch::default(), StopSignal::default());
        let transport = (Box::new(Broken(told)) as Box<dyn Transport>, None);
        let hold = MaintenanceWatch::default();
        let delivery =
            Delivery::start_with(store.clone(), clock, transport, watch.clone(), (hold, stop)).unwrap();
        assert_eq!(sent.recv_timeout(Duration::from_secs(60)).unwrap(), "<alert/>");
        let list = || {
            store
                .read::<_, StoreFault>(|inner| store::outbox_page(inner, None, PageRequest::first(9)))
                .unwrap()
                .rows
        };
        let since = Stopwatch::start();
        while list().iter().any(|message| message.attempts == 0) {
            assert!(since.elapsed() < Duration::from_secs(60), "{:?}", list());
            thread::park_timeout(Duration::from_millis(2));
        }
        delivery.stop();
        let [broken, well] = &list()[..] else { panic!("{:?}", list()) };
        assert!(well.delivered_at.is_some());
        assert_eq!((broken.attempts, broken.next_attempt_at.as_second() - now.0.as_second()), (1, 1));
        assert!(broken.last_error.as_deref().is_some_and(|reason| reason.contains("broke off")));
        assert_eq!(watch.meter().panics(WORKER), 1);
    }
}
