//! SR 8.4 of a running service, alone and while suspects are searched for; and the corrections of all of them by `smi correct`.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use anyhow::{Context as _, anyhow, ensure};

use super::{
    child::{self, ChildCost},
    instances::Instances,
    load::{Load, SendRate},
    plan::BenchPlan,
    population::SUPPLIER,
    variants_commands::VariantsBench,
    variants_report::RatePair,
};
use crate::{domain::WebService, duis::signature::Signer};

/// A running service, and how many SR 8.4 it was sent.
pub(super) struct ChangedService<'a> {
    bench: &'a VariantsBench<'a>,
    signer: &'a Signer,
    instances: Instances,
    sent: u64,
}

impl<'a> ChangedService<'a> {
    pub(super) fn start(bench: &'a VariantsBench<'a>, signer: &'a Signer) -> anyhow::Result<Self> {
        let plan = bench.plan;
        let load_plan = BenchPlan {
            program: plan.program.clone(),
            folder: plan.folder.clone(),
            store_url: plan.store_url.clone(),
            devices: plan.devices,
            requests: 0,
            connections: vec![plan.connections],
            rounds: plan.rounds,
            floor: Duration::ZERO,
            instances: 1,
            round_trip: None,
            peer: None,
        };
        let instances = Instances::start(&load_plan, &plan.store_url)?;
        Ok(Self { bench, signer, instances, sent: 0 })
    }

    /// Sends a round that is not measured.
    pub(super) fn warm_up(&mut self) -> anyhow::Result<()> {
        self.send().map(|_| ())
    }

    /// Measures the rate alone and then while suspects are searched for, by a process of its own.
    pub(super) fn round(&mut self) -> anyhow::Result<(RatePair, ChildCost)> {
        let (answers, seconds) = self.send()?;
        let alone = answers / seconds;
        let is_done = AtomicBool::new(false);
        let mut command = self.bench.suspects();
        let (beside, cost) = thread::scope(|scope| {
            let searching = scope.spawn(|| {
                let cost = child::run(&mut command);
                is_done.store(true, Ordering::Release);
                cost
            });
            let rate = self.send_until(&is_done);
            let cost = searching.join().map_err(|_| anyhow!("nobody waits for the search"))??;
            anyhow::Ok((rate?, cost))
        })?;
        Ok((RatePair { alone, beside }, cost))
    }

    /// Sends until that is done, once at least; only those sent before it was done count, where there are any.
    fn send_until(&mut self, is_done: &AtomicBool) -> anyhow::Result<f64> {
        let (mut answers, mut seconds) = self.send()?;
        while !is_done.load(Ordering::Acquire) {
            let (more, took) = self.send()?;
            if !is_done.load(Ordering::Acquire) {
                answers += more;
                seconds += took;
            }
        }
        Ok(answers / seconds)
    }

    /// Sends a round of SR 8.4. Returns how many were answered, and in how many seconds.
    fn send(&mut self) -> anyhow::Result<(f64, f64)> {
        let first = self.sent;
        self.sent += u64::try_from(self.bench.plan.requests)?;
        let messages = self.bench.sample.changes(self.signer, first..self.sent)?;
        let load = Load {
            at: WebService::NonDevice,
            messages: &messages,
            connections: self.bench.plan.connections,
            rate: SendRate::ClosedLoop,
            expected: "<sr:ResponseCode>I99<",
        };
        let timings = load.send(&self.instances.addresses())?;
        Ok((f64::from(u32::try_from(timings.sorted.len())?), timings.whole.as_secs_f64()))
    }

    /// Corrects all suspects by `smi correct`, each of which must be answered I99. Returns what that took, and how many.
    pub(super) fn correct(&self) -> anyhow::Result<(ChildCost, u64)> {
        let plan = self.bench.plan;
        let address = *self.instances.addresses().first().context("no service runs")?;
        let mut command = self.bench.command();
        command.env("SMI_TRUST_PEM_DIR", plan.folder.join("pki"));
        command.arg("correct").arg(self.bench.corrections());
        command.args(["--url", &format!("http://{address}"), "--as", &SUPPLIER.to_string()]);
        command.args(["--connections", &plan.connections.to_string()]);
        let cost = child::run(&mut command)?;
        let report = self.bench.corrections().with_extension("csv.report.csv");
        let mut rows = csv::Reader::from_path(&report).with_context(|| report.display().to_string())?;
        let code = rows.headers()?.iter().position(|name| name == "code").context("no column `code`")?;
        let mut corrected = 0;
        for row in rows.records() {
            let row = row?;
            let found = row.get(code).unwrap_or_default();
            ensure!(found == "I99", "a correction is answered `{found}`: {row:?}");
            corrected += 1;
        }
        Ok((cost, corrected))
    }
}
