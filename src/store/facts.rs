//! Loading all that a decision may see, before it is made.

use super::{Session, coverage, device, han_log, user};
use crate::{
    db::StoreFault,
    domain::{Body, CspRegion, Facts, Now, Place, RegionFacts, Request, RequestIdUse, Subject},
};

/// What each CSP Region says of a place. Those in `unavailable` cover it, but cannot answer now.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn coverage_of(
    session: &mut Session<'_>,
    place: &Place,
    unavailable: &[CspRegion],
) -> Result<Vec<RegionFacts>, StoreFault> {
    coverage::load_facts(session, place, unavailable)
}

/// Loads the facts that bear on a request. CSP Regions in `unavailable` cover a place, but cannot answer now.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn load(
    session: &mut Session<'_>,
    request: &Request,
    used: RequestIdUse,
    now: Now,
    unavailable: &[CspRegion],
) -> Result<Facts, StoreFault> {
    let account = user::load_facts(session, request, used)?;
    let subject = match &request.body {
        Body::ReadInventory(key) => Subject::Inventory(device::load_premises(session, key)?),
        Body::UpdateInventory(update) => Subject::Device(device::load_facts(session, update, now)?),
        Body::DecommissionDevice(id) => Subject::Device(device::load_with(session, *id, &[], now)?),
        Body::UpdateHanDeviceLog(update) => {
            Subject::HanLog(Box::new(han_log::load_facts(session, request, update, now)?))
        }
        Body::HubInstallSuccess(install) | Body::HubInstallNoSmWan(install, _) => {
            Subject::Device(device::load_install(session, install, now)?)
        }
        Body::HubFaultReturn(returned) => {
            Subject::Device(device::load_with(session, returned.device_id, &[], now)?)
        }
        Body::HubNoFaultReturn(returned) => {
            Subject::Device(device::load_with(session, returned.device_id, &[], now)?)
        }
        Body::RequestWanMatrix(place) => Subject::Coverage(coverage_of(session, place, unavailable)?),
        Body::DevicePrenotification(new) => Subject::NewDevice(device::load_new(session, new)?),
    };
    Ok(Facts { account, subject })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        db::Connection,
        domain::{Account, Place, RequestIdUse, UserStatus},
        store::testing::{TempStore, now, request, user_id, value},
    };

    #[test]
    fn the_account_is_known() {
        let asked = request(Body::RequestWanMatrix(Place::Uprn(value("1"))));
        let account = |temp: &TempStore, used| {
            let load = |connection: &mut Connection| {
                load(&mut Session::new(connection), &asked, used, now("2026-01-01"), &[])
            };
            let Account { request_id, user } = temp.store.read(load).unwrap().account;
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
