//! The setup that is measured on: keys, and a store filled with Devices.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::{
    messages::{BenchRequest, RequestMaker},
    plan::BenchPlan,
    population::{self, SUPPLIER},
};
use crate::{
    clock::Clock,
    db::Store,
    duis::signature::{Signer, TrustStore, ValidityCheck, pki},
};

/// Keys, and a store that was filled with Devices.
#[derive(Debug)]
pub(super) struct BenchSetup {
    pub(super) trust: TrustStore,
    pub(super) clock: Clock,
    pub(super) homes: u64,
    pub(super) filled: Duration,
    pub(super) plan: BenchPlan,
}

impl BenchSetup {
    pub(super) fn signer(&self) -> anyhow::Result<&Signer> {
        self.trust.signer_for(SUPPLIER, self.clock.now().0).context("the test PKI has no Supplier")
    }

    /// A signed SR 8.4, for the floor.
    pub(super) fn sample(&self) -> anyhow::Result<Vec<u8>> {
        let mut made = RequestMaker::new(self.signer()?, self.homes, 0).make(BenchRequest::Correct, 1)?;
        made.pop().context("no message was made")
    }
}

/// Makes the keys and fills the store.
pub(super) fn prepare(plan: &BenchPlan, progress: &mut dyn FnMut(&str)) -> anyhow::Result<BenchSetup> {
    let clock = Clock::System;
    let folder = plan.folder.join("pki");
    pki::init(&folder, clock.now().0)?;
    let mut trust = TrustStore::new(ValidityCheck::Enforced);
    trust.load_folder(&folder)?;
    progress(&format!("a store of {} Devices", plan.devices));
    let begin = Instant::now();
    let store = Store::open(&plan.store_url)?;
    population::fill(&store, plan.devices, clock.now())?;
    store.close();
    let filled = begin.elapsed();
    Ok(BenchSetup { trust, clock, homes: population::homes(plan.devices), filled, plan: plan.clone() })
}
