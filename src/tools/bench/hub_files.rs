//! A request of many hubs and a file of firmware versions, as the service takes them, and how long each holds the store's writer.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, ensure};
use serde::Serialize;

use super::{
    hub_plan::HubsPlan,
    hub_sample::{self, CLOCK},
    median::median,
};
use crate::{
    clock::Clock,
    db::{Store, StoreFault},
    domain::{
        Csp, CspRegion, parse_date, parse_instant,
        reflash::{OrderState, SmiUpdate},
    },
    duis::signature::{TrustStore, pki},
    rules::{n3::KnownHubs, reflash::ReflashSettings},
    service::{App, Choices, HubReply, RequestDraft},
};

/// As many hubs as a request, a file and a batch may have.
const MOST: u64 = 10_000;
/// Between two looks at the writer.
const LOOK: Duration = Duration::from_millis(1);
/// The bounds of HUBS.md 6.
const SECONDS: f64 = 3.0;
const HELD_SECONDS: f64 = 0.5;

/// A request or a file: medians of its rounds.
#[derive(Clone, Debug, Serialize)]
pub struct HubsFile {
    /// What it is.
    pub name: &'static str,
    /// How many hubs it names.
    pub hubs: usize,
    /// From its bytes to its answer.
    pub seconds: f64,
    /// The longest time that HUBS.md 6 allows.
    pub bound_seconds: f64,
    /// The longest time that another change waited for the store's writer meanwhile.
    pub writer_held_seconds: f64,
    /// The longest time that HUBS.md 6 allows.
    pub bound_held_seconds: f64,
}

/// A round of one of them.
#[derive(Clone, Copy)]
pub(super) struct Held {
    pub(super) seconds: f64,
    /// The longest that another waited for the writer.
    pub(super) writer: f64,
}

/// Has requests and files decided, each about hubs of its own.
pub(super) fn measure(plan: &HubsPlan, progress: &mut dyn FnMut(&str)) -> anyhow::Result<Vec<HubsFile>> {
    let rounds = u64::try_from(plan.rounds)?;
    let each = MOST.min(hub_sample::asked(plan.hubs).count() as u64 / (2 * rounds));
    let each = usize::try_from(each)?;
    let hubs = hub_sample::asked(plan.hubs).take(each * 2 * plan.rounds).collect::<Vec<_>>();
    ensure!(each > 0, "{} hubs are too few for {} rounds", plan.hubs, plan.rounds);
    let (app, mut parts) = (service(&plan.store_url)?, hubs.chunks(each));
    let (mut requests, mut files) = (Vec::new(), Vec::new());
    for (round, upload_id) in (1..=plan.rounds).zip(1..) {
        progress(&format!("a request and a file of {each} hubs, round {round} of {}", plan.rounds));
        let part = parts.next().unwrap_or_default();
        requests.push(watched(app.store(), || request(&app, part))?);
        let part = parts.next().unwrap_or_default();
        files.push(watched(app.store(), || upload(&app, upload_id, part))?);
    }
    app.store().close();
    Ok(vec![HubsFile::of("re-flash request", each, &requests), HubsFile::of("SSMI file", each, &files)])
}

/// A service with the re-flash service switched on, which the sample is judged by.
pub(super) fn service(store_url: &str) -> anyhow::Result<App> {
    let reflash =
        ReflashSettings { enabled: true, smi_update: SmiUpdate::Ssmi, ..ReflashSettings::default() };
    let choices = Choices { reflash, ..Choices::of(pki::DCC) };
    let clock = Clock::fixed(parse_instant(CLOCK)?);
    Ok(App::new(Store::open(store_url)?, TrustStore::default(), clock, choices))
}

fn request(app: &App, numbers: &[u64]) -> anyhow::Result<()> {
    let draft = RequestDraft {
        user: "90-B3-D5-1F-30-01-00-00".parse()?,
        hubs: Some(u32::try_from(numbers.len())?),
        location: Some("SUPA-1".parse()?),
        redeliver_on: Some(parse_date("2022-02-01")?),
        window: Some("09:00-12:00".parse()?),
        site: Some("FLASH-CS".parse()?),
        amends: None,
        reference: None,
        by: None,
    };
    let shown = app.request_reflash(draft, hub_sample::request(numbers).as_bytes(), false)?;
    let state = shown.listed.order.state;
    ensure!(state == OrderState::Submitted, "the request is {state}: {:?}", shown.reasons.first());
    Ok(())
}

fn upload(app: &App, upload_id: u64, numbers: &[u64]) -> anyhow::Result<()> {
    let answer = app.upload_ssmi(upload_id, hub_sample::ssmi(numbers).as_bytes())?;
    ensure!(answer.refused == 0, "{} hubs of the file are refused", answer.refused);
    Ok(())
}

/// Has a batch of new hubs decided, those of these numbers; how long that took.
pub(super) fn notify(app: &App, numbers: std::ops::Range<u64>) -> anyhow::Result<f64> {
    let (hubs, message) = (numbers.clone().count(), hub_sample::n3(numbers));
    let [(_, _), (_, id)] = pki::CSPS;
    let csp = Csp { id, regions: vec![CspRegion::Central, CspRegion::South] };
    let begin = Instant::now();
    let reply = app.submit_hubs(message, csp, KnownHubs::Stay).wait()?;
    let seconds = begin.elapsed().as_secs_f64();
    let HubReply::Answer(answer) = reply else { return Err(anyhow!("a batch is not taken: {reply:?}")) };
    let is_new = String::from_utf8_lossy(&answer).contains(&format!(r#" new="{hubs}""#));
    ensure!(is_new, "hubs of a batch are not new");
    Ok(seconds)
}

/// How long a piece of work takes; and how long, at most, a tiny job of another had to wait for the writer meanwhile.
pub(super) fn watched(store: &Store, work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Held> {
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watching = scope.spawn(|| longest_wait(store, &is_done));
        let begin = Instant::now();
        let result = work();
        let seconds = begin.elapsed().as_secs_f64();
        is_done.store(true, Ordering::Release);
        let longest = watching.join().map_err(|_| anyhow!("the writer is not watched any more"))??;
        result.map(|()| Held { seconds, writer: longest.as_secs_f64() })
    })
}

fn longest_wait(store: &Store, is_done: &AtomicBool) -> Result<Duration, StoreFault> {
    let mut longest = Duration::ZERO;
    while !is_done.load(Ordering::Acquire) {
        let begin = Instant::now();
        store.transact::<_, StoreFault, _>(|_| Ok(()))?;
        longest = longest.max(begin.elapsed());
        thread::sleep(LOOK);
    }
    Ok(longest)
}

impl HubsFile {
    fn of(name: &'static str, hubs: usize, rounds: &[Held]) -> Self {
        let of = |value: fn(&Held) -> f64| median(&rounds.iter().map(value).collect::<Vec<_>>());
        Self {
            name,
            hubs,
            seconds: of(|held| held.seconds),
            bound_seconds: SECONDS,
            writer_held_seconds: of(|held| held.writer),
            bound_held_seconds: HELD_SECONDS,
        }
    }
}
