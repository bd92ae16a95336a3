//! The played CSP's listener.

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
    service::csp::{Answer, Interface, read_question},
    web::running::{self, Running},
};

/// How it behaves, and what it was asked so far. `GET /stub` shows it.
#[derive(Clone, Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    faults: FaultInjection,
    /// Questions so far.
    asked: u64,
    /// Those that waited at the same time, at most.
    most_at_once: u64,
}

#[derive(Debug)]
struct State {
    index: ExtractIndex,
    faults: Mutex<FaultInjection>,
    asked: AtomicU64,
    under_way: AtomicU64,
    most_at_once: AtomicU64,
}

impl State {
    fn faults(&self) -> FaultInjection {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shown(&self) -> Shown {
        let (asked, most_at_once) =
            (self.asked.load(Ordering::Relaxed), self.most_at_once.load(Ordering::Relaxed));
        Shown { faults: self.faults(), asked, most_at_once }
    }
}

/// Counts a question for as long as it is under way.
struct UnderWay<'s>(&'s State);

impl<'s> UnderWay<'s> {
    fn begin(state: &'s State) -> Self {
        state.asked.fetch_add(1, Ordering::Relaxed);
        let now = state.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        state.most_at_once.fetch_max(now, Ordering::Relaxed);
        Self(state)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Binds the listener; it stops on SIGTERM.
///
/// # Errors
/// When the address cannot be bound.
pub fn bind(
    index: ExtractIndex,
    faults: FaultInjection,
    address: SocketAddr,
) -> io::Result<(Server, SocketAddr)> {
    bind_state(state(index, faults), address)
}

fn state(index: ExtractIndex, faults: FaultInjection) -> Arc<State> {
    let zero = || AtomicU64::new(0);
    let faults = Mutex::new(faults);
    Arc::new(State { index, faults, asked: zero(), under_way: zero(), most_at_once: zero() })
}

fn bind_state(state: Arc<State>, address: SocketAddr) -> io::Result<(Server, SocketAddr)> {
    let state = web::Data::from(state);
    let app = move || {
        App::new()
            .app_data(state.clone())
            .app_data(web::PayloadConfig::new(64 * 1024))
            .route(Interface::S1.path(), web::post().to(answer))
            .route(Interface::S2.path(), web::post().to(answer))
            .route("/stub", web::get().to(show))
            .route("/stub", web::put().to(set))
    };
    let server = HttpServer::new(app).workers(2).bind(address)?;
    let bound = server.addrs().first().copied().unwrap_or(address);
    Ok((server.run(), bound))
}

async fn answer(state: web::Data<State>, body: Bytes) -> HttpResponse {
    let _under_way = UnderWay::begin(&state);
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
    let says = state.index.answer(question.region, &question.place);
    let body = match faults.wrong {
        Some(wrong) => wrong.body(question, says),
        None => Answer { question, says }.encode(),
    };
    HttpResponse::Ok().content_type("application/xml").body(body)
}

async fn show(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(state.shown())
}

async fn set(state: web::Data<State>, body: Bytes) -> HttpResponse {
    match serde_json::from_slice::<FaultInjection>(&body) {
        Ok(faults) => {
            *state.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
            HttpResponse::Ok().json(state.shown())
        }
        Err(reason) => HttpResponse::BadRequest().body(format!("{reason}\n")),
    }
}

/// One that runs in a thread of this process.
#[derive(Debug)]
pub struct Stub {
    running: Running,
    state: Arc<State>,
}

impl Stub {
    /// Where it stands.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.address())
    }

    /// Behaves so from now on.
    pub fn behave(&self, faults: FaultInjection) {
        *self.state.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// How many questions came so far.
    pub fn asked(&self) -> u64 {
        self.state.asked.load(Ordering::Relaxed)
    }

    /// How many were under way at the same time, at most.
    pub fn most_at_once(&self) -> u64 {
        self.state.most_at_once.load(Ordering::Relaxed)
    }

    /// Stops it and waits until it has.
    ///
    /// # Errors
    /// When it had failed.
    pub fn stop(self) -> io::Result<()> {
        self.running.abort()
    }
}

/// Runs one in a thread of this process.
///
/// # Errors
/// When the address cannot be bound.
pub fn spawn(index: ExtractIndex, faults: FaultInjection, address: SocketAddr) -> io::Result<Stub> {
    let state = state(index, faults);
    let running = running::start({
        let state = Arc::clone(&state);
        move || bind_state(state, address)
    })?;
    Ok(Stub { running, state })
}
