//! What became of the hubs, by a file of the site; and the next hubs for its units (RF/t, R34).

use super::{
    ReflashFault, ShownOrder,
    closing::save_accepted,
    events::{allowed_now, record},
    named::counted,
};
use crate::{
    db::Connection,
    domain::{
        ActReason, ActorName, Eui64, HubModel, Now,
        reflash::{
            HubInWork, HubOutcomeReport, OrderEvent, OrderHub, OrderHubState, OrderNumber, OrderState,
            OutcomeLine, WaitingHub,
        },
    },
    rules::reflash::{Circumstances, NewOutcomes, OutcomeChange, UnitBatch, next_batch, outcomes},
    service::App,
    store,
};

/// Who tells outcomes of which order.
#[derive(Clone, Debug)]
pub struct OutcomeReport {
    /// The order.
    pub order: OrderNumber,
    /// Who.
    pub by: ActorName,
    /// Why outcomes that are there are replaced; none where they are not.
    pub correction: Option<ActReason>,
}

impl App {
    /// Takes a file of outcomes, whole or not at all, and returns the order after it.
    ///
    /// # Errors
    /// When there is no service or no such order, the state does not allow it, the file cannot be read, a line does not fit, or the store
    /// fails. Nothing is changed then.
    pub fn report_reflash_outcomes(
        &self,
        report: OutcomeReport,
        file: &[u8],
    ) -> Result<ShownOrder, ReflashFault> {
        if !self.choices().reflash.enabled {
            return Err(ReflashFault::Off);
        }
        let lines = store::read_reflash_outcomes(file).map_err(ReflashFault::of_file)?;
        let now = self.clock().now();
        let (event, _) = report.change();
        let take = move |connection: &mut Connection| taken(connection, &report, &lines, now);
        let (shown, has_happened) = self.store().transact(take)?;
        self.metrics().hub_events(event, has_happened.into());
        Ok(shown)
    }

    /// Gives the next hubs of an order to the free units of its site, and returns what each unit takes.
    ///
    /// # Errors
    /// When there is no service or no such order, the state does not allow it, no unit is free, or the store fails.
    pub fn next_reflash_batch(
        &self,
        order: OrderNumber,
        by: ActorName,
    ) -> Result<Vec<UnitBatch>, ReflashFault> {
        if !self.choices().reflash.enabled {
            return Err(ReflashFault::Off);
        }
        let (app, calendar, now) = (self.clone(), self.calendar(), self.clock().now());
        let batches = self.store().transact(move |connection: &mut Connection| {
            given_out(connection, (order, &by), app.circumstances(&calendar), now)
        })?;
        self.metrics().hub_events(OrderEvent::Batch, 1);
        Ok(batches)
    }
}

impl OutcomeReport {
    const fn change(&self) -> (OrderEvent, OutcomeChange) {
        match self.correction {
            Some(_) => (OrderEvent::Correct, OutcomeChange::Correction),
            None => (OrderEvent::Outcome, OutcomeChange::First),
        }
    }
}

/// Takes the outcomes. Returns the order after it, and whether anything happened.
fn taken(
    connection: &mut Connection,
    report: &OutcomeReport,
    lines: &[OutcomeLine],
    now: Now,
) -> Result<(ShownOrder, bool), ReflashFault> {
    let (event, change) = report.change();
    let before = allowed_now(connection, report.order, event)?;
    // A correction of what was delivered is another file; outcomes are of an order in work.
    if before.state != OrderState::InWork {
        return Err(ReflashFault::not_allowed(OrderEvent::Outcome, &before));
    }
    let hubs = store::reflash_hubs_of_order(connection, report.order)?;
    let in_work = hubs.iter().filter_map(in_work).collect::<Vec<_>>();
    let verdict = outcomes(lines, &in_work, change);
    let new = verdict.effect.ok_or_else(|| ReflashFault::Refused(verdict.checks.clone()))?;
    if new.is_empty() && report.correction.is_none() {
        // All of it was told before: nothing happens, and there is no act.
        let shown = ShownOrder::load(connection, report.order)?.ok_or(ReflashFault::NoOrder(report.order))?;
        return Ok((shown, false));
    }
    let detail = detail_of(&new);
    let changed = hubs.into_iter().map(|hub| with_outcome(hub, &new)).collect::<Vec<_>>();
    save_accepted(connection, &before, &changed)?;
    let act = (event, &report.by, report.correction.clone(), Some(detail), verdict.checks.as_slice());
    Ok((record(connection, &before, &before, act, now)?, true))
}

/// A hub as outcomes are judged against it; none of a line without an ID.
fn in_work(hub: &OrderHub) -> Option<HubInWork> {
    let outcome = match hub.state {
        OrderHubState::Reflashed => hub.target.clone().map(HubOutcomeReport::Reflashed),
        OrderHubState::Failed => {
            let fault = hub.fault.clone();
            fault.map(|(report, reference)| HubOutcomeReport::Failed { report, reference })
        }
        OrderHubState::Listed
        | OrderHubState::Accepted
        | OrderHubState::NotAccepted
        | OrderHubState::Missing => None,
    };
    Some(HubInWork { chf: hub.chf?, state: hub.state, target: hub.target.clone(), outcome })
}

fn with_outcome(mut hub: OrderHub, new: &NewOutcomes) -> OrderHub {
    if let Some(outcome) = hub.chf.and_then(|chf| new.get(&chf)) {
        hub.state = outcome.state();
        hub.fault = match outcome {
            HubOutcomeReport::Reflashed(_) => None,
            HubOutcomeReport::Failed { report, reference } => Some((*report, reference.clone())),
        };
    }
    hub
}

fn detail_of(new: &NewOutcomes) -> String {
    let of = |state| counted(new.iter().filter(|(_, outcome)| outcome.state() == state).map(|(chf, _)| *chf));
    format!("{} re-flashed, {} failed", of(OrderHubState::Reflashed), of(OrderHubState::Failed))
}

fn given_out(
    connection: &mut Connection,
    (number, by): (OrderNumber, &ActorName),
    at: Circumstances<'_>,
    now: Now,
) -> Result<Vec<UnitBatch>, ReflashFault> {
    let before = allowed_now(connection, number, OrderEvent::Batch)?;
    let site = before.site.clone().ok_or(ReflashFault::NoOrder(number))?;
    let units = store::reflash_units_in_use(connection, &site)?;
    let mut hubs = store::reflash_hubs_of_order(connection, number)?;
    let waiting = hubs.iter().filter_map(waiting).collect::<Vec<_>>();
    let verdict = next_batch(&units, &waiting, at);
    let batches = verdict.effect.ok_or_else(|| ReflashFault::Refused(verdict.checks.clone()))?;
    let last = hubs.iter().filter_map(|hub| hub.batch).max().unwrap_or_default();
    let batch = last.checked_add(1).unwrap_or(last);
    for UnitBatch { unit, hubs: taken } in &batches {
        for hub in hubs.iter_mut().filter(|hub| hub.chf.is_some_and(|chf| taken.contains(&chf))) {
            hub.unit = Some(unit.clone());
            hub.batch = Some(batch);
        }
    }
    save_accepted(connection, &before, &hubs)?;
    let told = batches.iter().map(|of| format!("{} takes {}", of.unit, of.hubs.len()));
    let detail = format!("batch {batch}: {}", told.collect::<Vec<_>>().join(", "));
    let act = (OrderEvent::Batch, by, None, Some(detail), verdict.checks.as_slice());
    record(connection, &before, &before, act, now)?;
    Ok(batches)
}

/// A hub that waits for a unit: accepted, without outcome, and in no batch.
fn waiting(hub: &OrderHub) -> Option<WaitingHub> {
    let chf: Eui64 = hub.chf.filter(|_| hub.state == OrderHubState::Accepted && hub.batch.is_none())?;
    let (manufacturer, model) = hub.manufacturer.clone().zip(hub.model.clone())?;
    Some(WaitingHub { chf, model: HubModel { manufacturer, model } })
}
