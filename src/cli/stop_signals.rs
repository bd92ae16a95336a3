//! The signals that end the service, heard from before it says that it listens.

#[cfg(unix)]
pub(super) use on_unix::StopSignals;
#[cfg(not(unix))]
pub(super) use otherwise::StopSignals;

#[cfg(unix)]
mod on_unix {
    use std::io;

    use actix_web::{
        dev::ServerHandle,
        rt::{
            self,
            signal::unix::{Signal, SignalKind, signal},
        },
    };

    /// Streams of SIGTERM, SIGINT and SIGQUIT, each with whether accepted requests are answered first. A listener hears signals itself, but
    /// only once its task runs, one after the other: what came in between would stop some of them, and the service would never end.
    pub(in crate::cli) struct StopSignals([(Signal, bool); 3]);

    impl StopSignals {
        /// Begins to hear them.
        ///
        /// # Errors
        /// When the system refuses.
        pub(in crate::cli) fn hear() -> io::Result<Self> {
            let [terminate, interrupt, quit] =
                [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::quit()].map(signal);
            Ok(Self([(terminate?, true), (interrupt?, false), (quit?, false)]))
        }

        /// Stops all these listeners at the first of each.
        pub(in crate::cli) fn stop(self, listeners: &[ServerHandle]) {
            for (mut signal, answers_first) in self.0 {
                let listeners = listeners.to_vec();
                rt::spawn(async move {
                    signal.recv().await;
                    // All are told before one is waited for.
                    let stops = listeners.iter().map(|listener| listener.stop(answers_first));
                    for stop in stops.collect::<Vec<_>>() {
                        stop.await;
                    }
                });
            }
        }
    }
}

/// Other systems have none of them: each listener ends by itself.
#[cfg(not(unix))]
mod otherwise {
    use std::io;

    use actix_web::dev::ServerHandle;

    pub(in crate::cli) struct StopSignals;

    impl StopSignals {
        pub(in crate::cli) fn hear() -> io::Result<Self> {
            Ok(Self)
        }

        pub(in crate::cli) fn stop(self, _: &[ServerHandle]) {}
    }
}
