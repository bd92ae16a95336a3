//! No more at once than can be answered soon: whoever comes then is told at once when to come back.
//!
//! Behind a listener, messages wait for a thread that verifies them and for their turn to write. Without a bound, they
//! would wait without end and without being seen.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};

use super::health;
use crate::{clock::Stopwatch, metrics::Gauge};

/// The longest wait that is asked for, in seconds: a store that comes back is noticed by then.
const LONGEST_WAIT: u64 = 30;

/// So many may be under way at once.
#[derive(Clone, Debug)]
pub(super) struct Permits(Arc<State>);

#[derive(Debug)]
struct State {
    limit: usize,
    /// The counter itself is what the metrics show.
    taken: Gauge,
    /// Since one ended, or the first began after none were under way.
    last_end: Mutex<Stopwatch>,
}

/// One of them; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Permit(Arc<State>);

/// That there are as many as may be; come back after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overload {
    /// In whole seconds.
    pub(super) retry_after: u64,
}

impl Permits {
    pub(super) fn new(limit: usize, taken: Gauge) -> Self {
        Self(Arc::new(State { limit, taken, last_end: Mutex::new(Stopwatch::start()) }))
    }

    /// Begins one, or says at once that there are too many.
    pub(super) fn take(&self) -> Result<Permit, Overload> {
        // What was there before decides, so that two at once cannot both be the last one.
        let before = self.0.taken.inc();
        if before == 0 {
            self.0.begin_to_wait();
        }
        if usize::try_from(before).is_ok_and(|before| before < self.0.limit) {
            return Ok(Permit(Arc::clone(&self.0)));
        }
        self.0.taken.dec();
        Err(self.overload())
    }

    /// Where messages end all the time, one second is enough; where none has ended for a while, as long again.
    pub(super) fn overload(&self) -> Overload {
        let since: Duration = self.0.last_end.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
        Overload { retry_after: since.as_secs().clamp(1, LONGEST_WAIT) }
    }
}

impl State {
    fn begin_to_wait(&self) {
        *self.last_end.lock().unwrap_or_else(PoisonError::into_inner) = Stopwatch::start();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.begin_to_wait();
        self.0.taken.dec();
    }
}

/// 503: nothing was done, and when to try again.
pub(super) fn come_back(Overload { retry_after }: Overload) -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header((header::RETRY_AFTER, retry_after.to_string()))
        .content_type("text/plain; charset=utf-8")
        .body("busy, try again\n")
}

/// Lets a request through while there are permits; any other gets 503 at once.
pub(super) async fn bounded(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let permits = request.app_data::<web::Data<Permits>>().filter(|_| !health::is_asked(&request));
    let permit = permits.map(|permits| permits.take()).transpose();
    match permit {
        Ok(permit) => {
            let response = next.call(request).await;
            drop(permit);
            Ok(response?.map_into_left_body())
        }
        Err(overload) => {
            tracing::warn!("there are too many requests at once");
            Ok(request.into_response(come_back(overload)).map_into_right_body())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_too_many_is_told_to_come_back_and_nobody_is_counted_twice() {
        let permits = Permits::new(2, Gauge::default());
        let (first, second) = (permits.take().unwrap(), permits.take().unwrap());
        for _ in 0..3 {
            assert_eq!(permits.take().unwrap_err(), Overload { retry_after: 1 });
        }
        drop(first);
        let third = permits.take().unwrap();
        assert!(permits.take().is_err());
        drop((second, third));
        assert_eq!(permits.0.taken.get(), 0);
    }
}
