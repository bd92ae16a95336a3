//! What CSPM-N3 and SSMI have to do with orders: an outcome, the way the SMI learnt of it, or a finding (N3/h, N3/i).

use std::collections::{BTreeMap, BTreeSet};

use super::{closing::save_accepted, named::counted};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Act, ActArea, ActorName, Eui64, Malformed, Now,
        reflash::{
            Finding, FindingKind, Order, OrderEvent, OrderHubState, OrderNumber, OrderState, SmiUpdate,
        },
    },
    service::Fault,
    store,
};

/// A hub that a CSP told, the order on which that is its outcome, and the order on which it is a finding.
type ToldHub = (Eui64, Option<OrderNumber>, Option<OrderNumber>);

/// Takes what a CSP told into the orders of its hubs. Returns to how many orders it told outcomes.
pub(in crate::service) fn told_by_csp(
    connection: &mut Connection,
    hubs: impl Iterator<Item = ToldHub>,
    csp: Eui64,
    now: Now,
) -> Result<usize, Fault> {
    let mut reflashed = BTreeMap::<OrderNumber, BTreeSet<Eui64>>::new();
    let mut beside = BTreeMap::<OrderNumber, Vec<Eui64>>::new();
    for (chf, outcome_on, finding_on) in hubs {
        if let Some(order) = outcome_on {
            reflashed.entry(order).or_default().insert(chf);
        }
        if let Some(order) = finding_on {
            beside.entry(order).or_default().push(chf);
        }
    }
    let mut orders = 0;
    for (number, chfs) in reflashed {
        orders += usize::from(take_outcomes(connection, number, (&chfs, csp), now)?);
    }
    for (number, chfs) in beside {
        note_beside(connection, number, &chfs)?;
    }
    Ok(orders)
}

/// Notes at the orders of these hubs that the DCC's file told the SMI of them. Their outcomes were there before (SSMI/h).
pub(in crate::service) fn told_by_dcc(
    connection: &mut Connection,
    hubs: impl Iterator<Item = (Eui64, OrderNumber)>,
    now: Now,
) -> Result<(), StoreFault> {
    let mut told = BTreeMap::<OrderNumber, BTreeSet<Eui64>>::new();
    for (chf, order) in hubs {
        told.entry(order).or_default().insert(chf);
    }
    for (number, chfs) in told {
        mark_told(connection, number, (&chfs, SmiUpdate::Ssmi), now)?;
    }
    Ok(())
}

/// What a CSP told of these hubs of an order: for one without outcome that is its outcome. Returns whether there was one.
fn take_outcomes(
    connection: &mut Connection,
    number: OrderNumber,
    (chfs, csp): (&BTreeSet<Eui64>, Eui64),
    now: Now,
) -> Result<bool, Fault> {
    let Some((order, new)) = mark_told(connection, number, (chfs, SmiUpdate::N3), now)? else {
        return Ok(false);
    };
    let has_outcomes = !new.is_empty() && order.state == OrderState::InWork;
    if has_outcomes {
        record(connection, &order, (&new, csp), now)?;
    }
    Ok(has_outcomes)
}

/// Writes that the SMI shows the target of these hubs of an order now. Returns the order and those that had no outcome before; none
/// where there is no such order.
fn mark_told(
    connection: &mut Connection,
    number: OrderNumber,
    (chfs, by): (&BTreeSet<Eui64>, SmiUpdate),
    now: Now,
) -> Result<Option<(Order, Vec<Eui64>)>, StoreFault> {
    let Some(order) = store::find_reflash_order(connection, number)? else { return Ok(None) };
    let mut hubs = store::reflash_hubs_of_order(connection, number)?;
    hubs.retain(|hub| hub.chf.is_some_and(|chf| chfs.contains(&chf)));
    let mut new = Vec::new();
    for hub in &mut hubs {
        hub.smi_told = Some((by, now.0));
        if hub.state == OrderHubState::Accepted {
            hub.state = OrderHubState::Reflashed;
            new.extend(hub.chf);
        }
    }
    save_accepted(connection, &order, &hubs)?;
    Ok(Some((order, new)))
}

fn record(
    connection: &mut Connection,
    order: &Order,
    (new, csp): (&[Eui64], Eui64),
    now: Now,
) -> Result<(), Fault> {
    let corrupt =
        |reason: Malformed| StoreFault::Corrupt { table: "acts", column: "by", reason: reason.to_string() };
    let by = csp.to_string().parse::<ActorName>().map_err(corrupt)?;
    let act = Act {
        from: Some(order.state.to_string()),
        to: Some(order.state.to_string()),
        detail: Some(format!("re-flashed, told by CSPM-N3: {}", counted(new.iter().copied()))),
        ..Act::new(ActArea::Reflash, order.number, OrderEvent::Outcome.as_str(), by, now.0)
    };
    store::record_act(connection, &act)?;
    Ok(())
}

/// Notes that a CSP told of these hubs although the DCC updates them by SSMI. What was noted before is not noted again.
fn note_beside(connection: &mut Connection, number: OrderNumber, chfs: &[Eui64]) -> Result<(), Fault> {
    let Some(mut order) = store::find_reflash_order(connection, number)? else { return Ok(()) };
    let known = order.findings.iter().cloned().collect::<BTreeSet<_>>();
    let told =
        chfs.iter().map(|chf| Finding::new(FindingKind::ToldByN3, format!("{chf} was told by CSPM-N3")));
    order.findings.extend(told.filter(|finding| !known.contains(finding)));
    store::save_reflash_order(connection, &order)?;
    Ok(())
}
