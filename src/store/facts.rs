//! Loading the facts of a decision, and building its case.

use super::{Session, coverage, device, firmware, han_log, user};
use crate::{
    db::StoreFault,
    domain::{
        Body, Case, CspRegion, DeviceFacts, Eui64, Facts, InventoryChange, InventoryEntry, MoveRequest, Now,
        PremisesKey, ReadInventory, RegionFacts, Request, RequestIdUse, SmetsChtsVersion, london_date,
        tsat::{Baseline, InstallValidity, Specification},
    },
};

/// Loads the facts of each CSP Region about premises. A region in `unavailable` cannot answer now.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn coverage_of(
    session: &mut Session<'_>,
    place: &PremisesKey,
    unavailable: &[CspRegion],
) -> Result<Vec<RegionFacts>, StoreFault> {
    coverage::load_facts(session, place, unavailable)
}

/// Loads the Devices of the premises that an SR 8.2 finds by this key.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn of_premises(
    session: &mut Session<'_>,
    key: &ReadInventory,
) -> Result<Vec<InventoryEntry>, StoreFault> {
    device::load_premises(session, key)
}

/// Loads the facts of a request. A CSP Region in `unavailable` cannot answer now.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn load<'r>(
    session: &mut Session<'_>,
    request: &'r Request,
    used: RequestIdUse,
    now: Now,
    unavailable: &[CspRegion],
) -> Result<Facts<'r>, StoreFault> {
    let mut account = user::load_facts(session, request, used)?;
    let case = case_of(session, request, now, unavailable)?;
    let sender = request.id.originator;
    account.counts_as_import_supplier =
        case.device_facts().is_some_and(|facts| facts.counts_as_import_supplier(sender));
    Ok(Facts { account, case })
}

/// Loads the facts about a Device that every decision of SR 8.4 about it sees; `None` if it is not in the inventory. No supply point
/// and no Device Model is named.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn of_device(
    session: &mut Session<'_>,
    id: Eui64,
    now: Now,
) -> Result<Option<Box<DeviceFacts>>, StoreFault> {
    device::load_with(session, id, &[], now)
}

/// Adds to the facts of a request that may install a Device whether the tables permit that today. They are read once in a session, and
/// not at all for any other request.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn load_validity(session: &mut Session<'_>, case: &mut Case<'_>, now: Now) -> Result<(), StoreFault> {
    let mut ask = |baseline: Baseline| -> Result<Option<InstallValidity>, StoreFault> {
        Ok(Some(session.tsat()?.install_validity(baseline, london_date(now.0))))
    };
    match case {
        Case::MoveDevice(MoveRequest::InstallSuccess | MoveRequest::InstallNoSmWan, _, Some(facts)) => {
            facts.validity = ask(Baseline::of(&facts.device))?
        }
        Case::UpdateInventory(update, Some(facts)) if changes_status(&update.change) => {
            facts.validity = ask(Baseline::of(&facts.device))?;
        }
        Case::DevicePrenotification(new, facts) => {
            let specification = Specification::of_type(new.device_type, false);
            let version = new.details.smets_chts_version.as_ref().map(SmetsChtsVersion::as_str);
            // An SR 12.2 does not say the GBCS version.
            facts.validity = ask(Baseline::read(specification, version, None))?;
        }
        Case::MoveDevice(..)
        | Case::UpdateInventory(..)
        | Case::ReadInventory(_)
        | Case::UpdateHanDeviceLog(..)
        | Case::UpdateFirmware(..)
        | Case::ActivateFirmware(..)
        | Case::RequestWanMatrix(..) => {}
    }
    Ok(())
}

const fn changes_status(change: &InventoryChange) -> bool {
    match change {
        InventoryChange::StatusExceptCh(_) | InventoryChange::StatusCh(_) => true,
        InventoryChange::Details(_) | InventoryChange::Delete | InventoryChange::Mpxn(..) => false,
    }
}

/// Loads the facts that the kind of request needs, and pairs them with the request as its case.
fn case_of<'r>(
    session: &mut Session<'_>,
    request: &'r Request,
    now: Now,
    unavailable: &[CspRegion],
) -> Result<Case<'r>, StoreFault> {
    // `named` are the supply points in the request, whose Suppliers count beside those of the Device.
    let mut move_device = |by, device, named: &[_]| {
        let facts = device::load_with(session, device, named, now)?;
        Ok(Case::MoveDevice(by, device, facts))
    };
    match &request.body {
        Body::DecommissionDevice(id) => move_device(MoveRequest::Decommission, *id, &[]),
        Body::HubInstallSuccess(install) => {
            move_device(MoveRequest::InstallSuccess, install.device_id, &[device::supply_point_of(install)])
        }
        Body::HubInstallNoSmWan(install, _) => {
            move_device(MoveRequest::InstallNoSmWan, install.device_id, &[device::supply_point_of(install)])
        }
        Body::HubFaultReturn(returned) => move_device(MoveRequest::FaultReturn, returned.device_id, &[]),
        Body::HubNoFaultReturn(returned) => move_device(MoveRequest::NoFaultReturn, returned.device_id, &[]),
        Body::ReadInventory(key) => Ok(Case::ReadInventory(device::load_premises(session, key)?)),
        Body::UpdateInventory(update) => {
            Ok(Case::UpdateInventory(update, device::load_facts(session, update, now)?))
        }
        Body::UpdateHanDeviceLog(update) => {
            let facts = han_log::load_facts(session, request, update, now)?;
            Ok(Case::UpdateHanDeviceLog(update, Box::new(facts)))
        }
        Body::UpdateFirmware(update) => {
            let facts = firmware::load_update(session, request, update)?;
            Ok(Case::UpdateFirmware(update, Box::new(facts)))
        }
        Body::ActivateFirmware(activate) => {
            let facts = firmware::load_activate(session, request, activate, now)?;
            Ok(Case::ActivateFirmware(activate, Box::new(facts)))
        }
        Body::RequestWanMatrix(place) => {
            Ok(Case::RequestWanMatrix(place, coverage_of(session, place, unavailable)?))
        }
        Body::DevicePrenotification(new) => {
            Ok(Case::DevicePrenotification(new, device::load_new(session, new)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        db::Connection,
        domain::{Account, PremisesKey, RequestIdUse, UserStatus},
        store::testing::{TempStore, now, request, user_id, value},
    };

    #[test]
    fn the_account_is_known() {
        let asked = request(Body::RequestWanMatrix(PremisesKey::Uprn(value("1"))));
        let account = |temp: &TempStore, used| {
            let load = |connection: &mut Connection| {
                load(&mut Session::new(connection), &asked, used, now("2026-01-01"), &[])
            };
            let Account { request_id, user, .. } = temp.store.read(load).unwrap().account;
            (request_id, user.map(|user| (user.id, user.status)))
        };
        let known = Some((user_id(1), UserStatus::Active));
        assert_eq!(
            account(&TempStore::with_fixtures(), RequestIdUse::ByAnother),
            (RequestIdUse::ByAnother, known)
        );
        assert_eq!(account(&TempStore::new(), RequestIdUse::New), (RequestIdUse::New, None));
    }
}
