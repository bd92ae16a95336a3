//! The stub's HTTP server.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::Server,
    http::StatusCode,
    rt::time::sleep,
    web::{self, Bytes},
};
use serde::Serialize;

use super::{ExtractIndex, FaultInjection};
use crate::{
    service::csp::{CoverageAnswer, CspInterface, read_question},
    web::server_thread::{self, ServerThread},
};

/// The faults in force and counters of questions, as `GET /stub` shows them.
#[derive(Clone, Debug, Serialize)]
struct StubStatus {
    #[serde(flatten)]
    faults: FaultInjection,
    /// Questions so far.
    asked: u64,
    /// The most that were in flight at the same time.
    most_at_once: u64,
}

#[derive(Debug)]
struct StubState {
    extract: ExtractIndex,
    faults: Mutex<FaultInjection>,
    asked: AtomicU64,
    in_flight: AtomicU64,
    most_at_once: AtomicU64,
}

impl StubState {
    fn faults(&self) -> FaultInjection {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn status(&self) -> StubStatus {
        let (asked, most_at_once) =
            (self.asked.load(Ordering::Relaxed), self.most_at_once.load(Ordering::Relaxed));
        StubStatus { faults: self.faults(), asked, most_at_once }
    }
}

/// Counts a question as in flight until it is dropped.
struct InFlightQuestion<'s>(&'s StubState);

impl<'s> InFlightQuestion<'s> {
    fn begin(state: &'s StubState) -> Self {
        state.asked.fetch_add(1, Ordering::Relaxed);
        let now = state.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        state.most_at_once.fetch_max(now, Ordering::Relaxed);
        Self(state)
    }
}

impl Drop for InFlightQuestion<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Binds the listener; it stops on SIGTERM.
///
/// # Errors
/// When the address cannot be bound.
pub fn bind(
    extract: ExtractIndex,
    faults: FaultInjection,
    address: SocketAddr,
) -> io::Result<(Server, SocketAddr)> {
    bind_state(state(extract, faults), address)
}

fn state(extract: ExtractIndex, faults: FaultInjection) -> Arc<StubState> {
    let zero = || AtomicU64::new(0);
    let faults = Mutex::new(faults);
    Arc::new(StubState { extract, faults, asked: zero(), in_flight: zero(), most_at_once: zero() })
}

fn bind_state(state: Arc<StubState>, address: SocketAddr) -> io::Result<(Server, SocketAddr)> {
    let state = web::Data::from(state);
    let app = move || {
        App::new()
            .app_data(state.clone())
            .app_data(web::PayloadConfig::new(64 * 1024))
            .route(CspInterface::S1.path(), web::post().to(answer))
            .route(CspInterface::S2.path(), web::post().to(answer))
            .route("/stub", web::get().to(show))
            .route("/stub", web::put().to(set))
    };
    let server = HttpServer::new(app).workers(2).bind(address)?;
    let bound = server.addrs().first().copied().unwrap_or(address);
    Ok((server.run(), bound))
}

async fn answer(state: web::Data<StubState>, body: Bytes) -> HttpResponse {
    // Before the delay, so that slow questions count as in flight.
    let _in_flight = InFlightQuestion::begin(&state);
    let faults = state.faults();
    sleep(Duration::from_millis(faults.delay_ms)).await;
    if faults.down {
        return HttpResponse::ServiceUnavailable().finish();
    }
    if let Some(status) = faults.status.and_then(|status| StatusCode::from_u16(status).ok()) {
        return HttpResponse::build(status).finish();
    }
    let question = match read_question(&body) {
        Ok(question) => question,
        Err(nonsense) => return HttpResponse::BadRequest().body(format!("{nonsense}\n")),
    };
    let says = state.extract.answer(question.region, &question.place);
    let body = match faults.wrong {
        Some(wrong) => wrong.body(question, says),
        None => CoverageAnswer { question, says }.encode(),
    };
    HttpResponse::Ok().content_type("application/xml").body(body)
}

async fn show(state: web::Data<StubState>) -> HttpResponse {
    HttpResponse::Ok().json(state.status())
}

async fn set(state: web::Data<StubState>, body: Bytes) -> HttpResponse {
    match serde_json::from_slice::<FaultInjection>(&body) {
        Ok(faults) => {
            *state.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
            HttpResponse::Ok().json(state.status())
        }
        Err(reason) => HttpResponse::BadRequest().body(format!("{reason}\n")),
    }
}

/// A stub that runs in a thread of this process.
#[derive(Debug)]
pub struct Stub {
    running: ServerThread,
    state: Arc<StubState>,
}

impl Stub {
    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.address())
    }

    /// Sets the faults of all answers from now on.
    pub fn inject(&self, faults: FaultInjection) {
        *self.state.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// The number of questions so far.
    pub fn asked(&self) -> u64 {
        self.state.asked.load(Ordering::Relaxed)
    }

    /// The most questions that were in flight at the same time.
    pub fn most_at_once(&self) -> u64 {
        self.state.most_at_once.load(Ordering::Relaxed)
    }

    /// Stops the stub, and waits for its end.
    ///
    /// # Errors
    /// When its server failed.
    pub fn stop(self) -> io::Result<()> {
        self.running.abort()
    }
}

/// Starts a stub in a thread of this process.
///
/// # Errors
/// When the address cannot be bound.
pub fn spawn(extract: ExtractIndex, faults: FaultInjection, address: SocketAddr) -> io::Result<Stub> {
    let state = state(extract, faults);
    let running = server_thread::start({
        let state = Arc::clone(&state);
        move || bind_state(state, address)
    })?;
    Ok(Stub { running, state })
}
