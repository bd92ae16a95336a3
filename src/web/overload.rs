//! Permits: as many messages as are answered at once. One more is refused at once, with the time to come back.
//!
//! Behind a listener, messages wait for the verify pool and for a batch of the writer. Without a bound they would wait
//! without end, and nothing would show it.

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
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::health;
use crate::{clock::Stopwatch, metrics::Gauge};

/// The longest wait that is asked for, in seconds: a store that comes back is noticed by then.
const LONGEST_WAIT: u64 = 30;

/// The permits of a listener: a semaphore, with what its metrics and its Retry-After need.
#[derive(Clone, Debug)]
pub(super) struct Permits {
    semaphore: Arc<Semaphore>,
    limit: usize,
    in_flight: Arc<InFlight>,
}

#[derive(Debug)]
struct InFlight {
    /// As the metrics show it.
    count: Gauge,
    /// Since one ended, or the first began after none were in flight.
    last_end: Mutex<Stopwatch>,
}

/// A permit; it is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Permit {
    in_flight: Arc<InFlight>,
    _permit: OwnedSemaphorePermit,
}

/// That all permits are taken; come back after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overload {
    /// In whole seconds.
    pub(super) retry_after: u64,
}

impl Permits {
    pub(super) fn new(limit: usize, count: Gauge) -> Self {
        let in_flight = Arc::new(InFlight { count, last_end: Mutex::new(Stopwatch::start()) });
        let limit = limit.min(Semaphore::MAX_PERMITS);
        Self { semaphore: Arc::new(Semaphore::new(limit)), limit, in_flight }
    }

    /// A permit, or a refusal at once where none is free.
    pub(super) fn try_acquire(&self) -> Result<Permit, Overload> {
        if self.semaphore.available_permits() == self.limit {
            self.in_flight.restart_wait();
        }
        let Ok(permit) = Arc::clone(&self.semaphore).try_acquire_owned() else {
            return Err(self.overload());
        };
        self.in_flight.count.inc();
        Ok(Permit { in_flight: Arc::clone(&self.in_flight), _permit: permit })
    }

    /// One second where messages end all the time; where none has ended for a while, as long as that while.
    pub(super) fn overload(&self) -> Overload {
        let last_end = self.in_flight.last_end.lock().unwrap_or_else(PoisonError::into_inner);
        let since: Duration = last_end.elapsed();
        Overload { retry_after: since.as_secs().clamp(1, LONGEST_WAIT) }
    }
}

impl InFlight {
    fn restart_wait(&self) {
        *self.last_end.lock().unwrap_or_else(PoisonError::into_inner) = Stopwatch::start();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.in_flight.restart_wait();
        self.in_flight.count.dec();
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
    let permit = permits.map(|permits| permits.try_acquire()).transpose();
    match permit {
        Ok(permit) => {
            let response = next.call(request).await;
            drop(permit);
            Ok(response?.map_into_left_body())
        }
        Err(overload) => {
            tracing::warn!("refused: too many requests at once");
            Ok(request.into_response(come_back(overload)).map_into_right_body())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_too_many_is_told_to_come_back_and_none_is_counted_twice() {
        let permits = Permits::new(2, Gauge::default());
        let (first, second) = (permits.try_acquire().unwrap(), permits.try_acquire().unwrap());
        for _ in 0..3 {
            assert_eq!(permits.try_acquire().unwrap_err(), Overload { retry_after: 1 });
        }
        drop(first);
        let third = permits.try_acquire().unwrap();
        assert!(permits.try_acquire().is_err());
        drop((second, third));
        assert_eq!(permits.in_flight.count.get(), 0);
    }
}
