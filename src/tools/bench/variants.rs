//! `smi bench variants`: a country of ESMEs of which some are wrong: they are found, counted, corrected and counted again, with the bounds
//! of VARIANTS.md 3 beside what that takes.

use std::time::Instant;

use anyhow::{Context as _, anyhow, ensure};

use super::{
    population::SUPPLIER,
    variants_commands::VariantsBench,
    variants_corrections::ChangedService,
    variants_plan::VariantsPlan,
    variants_report::{RatePair, VariantsLine, VariantsMeasured, VariantsReport},
    variants_sample::VariantsSample,
};
use crate::{
    clock::Clock,
    db::Store,
    duis::signature::{TrustStore, ValidityCheck, pki},
};

/// Fills the store, and measures.
///
/// # Errors
/// When the store cannot be filled, a command fails, or what it found is not what was made.
pub fn variants(plan: &VariantsPlan, progress: &mut dyn FnMut(&str)) -> anyhow::Result<VariantsReport> {
    let VariantsPlan { devices, wrong, models, .. } = *plan;
    let sample = VariantsSample { devices, wrong, models };
    sample.fault().map_or(Ok(()), |fault| Err(anyhow!(fault)))?;
    let bench = VariantsBench { plan, sample };
    let (clock, keys) = (Clock::System, plan.folder.join("pki"));
    pki::init(&keys, clock.now().0)?;
    let mut trust = TrustStore::new(ValidityCheck::Enforced);
    trust.load_folder(&keys)?;
    let signer = trust.signer_for(SUPPLIER, clock.now().0).context("the test PKI has no Supplier")?;
    progress(&format!("a store of {devices} ESMEs, of which {wrong} are wrong"));
    let begin = Instant::now();
    let store = Store::open(&plan.store_url)?;
    sample.fill(&store, clock.now())?;
    store.close();
    let filled_seconds = begin.elapsed().as_secs_f64();
    let mut lines = bench.alone(progress)?;
    let mut service = ChangedService::start(&bench, signer)?;
    let rates = beside(&bench, &mut service, &mut lines, progress)?;
    let (corrected, left) = correct(&bench, &service, &mut lines, progress)?;
    Ok(VariantsReport::new(plan, VariantsMeasured { filled_seconds, lines, rates, corrected, left }))
}

/// Measures SR 8.4 alone and beside the search, which still finds the same.
fn beside(
    bench: &VariantsBench<'_>,
    service: &mut ChangedService<'_>,
    lines: &mut Vec<VariantsLine>,
    progress: &mut dyn FnMut(&str),
) -> anyhow::Result<Vec<RatePair>> {
    let rounds = bench.plan.rounds;
    progress("SR 8.4 to warm up");
    service.warm_up()?;
    let (mut rates, mut costs) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        progress(&format!("SR 8.4 alone and beside suspects, round {round} of {rounds}"));
        let (rate, cost) = service.round()?;
        bench.check_suspects()?;
        let kept = rate.beside / rate.alone;
        progress(&format!("SR 8.4 beside suspects: {kept:.3} of its rate alone"));
        rates.push(rate);
        costs.push(cost);
    }
    lines.push(VariantsLine::of("suspects beside SR 8.4", &costs, bench.plan.wrong));
    Ok(rates)
}

/// Corrects all suspects, and makes the report before and after. Returns how many it has more, and how many it has left.
fn correct(
    bench: &VariantsBench<'_>,
    service: &ChangedService<'_>,
    lines: &mut Vec<VariantsLine>,
    progress: &mut dyn FnMut(&str),
) -> anyhow::Result<(u64, u64)> {
    let wrong = bench.plan.wrong;
    let (line, before) = bench.report("report beside the service", 1)?;
    lines.push(line);
    progress(&format!("smi correct of {wrong} ESMEs"));
    let (cost, answered) = service.correct()?;
    ensure!(answered == wrong, "{answered} corrections are answered, and not {wrong}");
    lines.push(VariantsLine::of("correct", &[cost], answered));
    progress("the report of what is left");
    let (line, after) = bench.report("report, all corrected", 1)?;
    lines.push(line);
    let corrected = after.corrections.to_date - before.corrections.to_date;
    ensure!(corrected == wrong, "the report has {corrected} corrections more, and not {wrong}");
    ensure!(after.total.left == 0, "{} suspects are left", after.total.left);
    Ok((corrected, after.total.left))
}
