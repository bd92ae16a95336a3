//! The network between the services and the database server: none, or a relay, whose round trip is measured.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::{
    median::median,
    plan::BenchPlan,
    relay::{Relay, ServerAddress},
    report::RoundTrip,
};
use crate::db::{LockKey, Store};

/// Statements that are timed.
const STATEMENTS: usize = 100;
/// The advisory lock in whose session statements are timed. Nothing is guarded by it.
const PROBE: LockKey = LockKey { number: 0x736d_6962, file_suffix: ".bench-lock" };

/// The way from the services to the store.
#[derive(Debug)]
pub(super) struct Network {
    /// The store's URL for the services.
    pub(super) store_url: String,
    /// The round trip, as it was asked for and measured; none without a relay.
    pub(super) round_trip: Option<RoundTrip>,
    /// It relays while it lives.
    _relay: Option<Relay>,
}

impl Network {
    /// Starts the relay, if the plan has a round trip, and measures what a statement takes by way of it, and directly.
    pub(super) fn start(plan: &BenchPlan) -> anyhow::Result<Self> {
        let Some(asked) = plan.round_trip else {
            return Ok(Self { store_url: plan.store_url.clone(), round_trip: None, _relay: None });
        };
        let server = ServerAddress::parse(&plan.store_url)?;
        let direct = statement(&plan.store_url)?;
        let relay = Relay::start(server.clone(), asked)?;
        let store_url = server.through(&plan.store_url, relay.address);
        let relayed = statement(&store_url).context("by way of the relay")?;
        if relayed < asked {
            bail!("a statement by way of the relay took {relayed:?}, less than --round-trip {asked:?}");
        }
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        let round_trip = RoundTrip {
            asked_micros: micros(asked),
            direct_micros: micros(direct),
            relayed_micros: micros(relayed),
        };
        Ok(Self { store_url, round_trip: Some(round_trip), _relay: Some(relay) })
    }
}

/// The median time of `SELECT 1`, which is one round trip.
fn statement(store_url: &str) -> anyhow::Result<Duration> {
    let store = Store::open(store_url)?;
    let mut session = store.try_lock(PROBE)?.context("another `smi bench` runs on this database")?;
    let mut times = Vec::with_capacity(STATEMENTS);
    for _ in 0..STATEMENTS {
        let begin = Instant::now();
        // Asks by `SELECT 1` whether the session is there.
        if !session.is_held() {
            bail!("the database server closed the connection");
        }
        times.push(begin.elapsed().as_secs_f64());
    }
    drop(session);
    store.close();
    Ok(Duration::from_secs_f64(median(&times)))
}
