//! The facts of SR 8.11: the CHF, the Device that is to join or leave its log, and a change of it that is awaited already.

use crate::{
    db::StoreFault,
    domain::{HanLogFacts, Mpxns, Now, Request, Role, UpdateHanDeviceLog},
    store::{
        Session,
        device::{self, SupplyPoint},
    },
};

/// Loads the facts of an SR 8.11.
pub(in crate::store) fn load(
    session: &mut Session<'_>,
    request: &Request,
    update: &UpdateHanDeviceLog,
    now: Now,
) -> Result<HanLogFacts, StoreFault> {
    let named = update.whitelist.as_ref().map(|entry| supply_points(&entry.mpxns)).unwrap_or_default();
    let chf = device::load_with(session, request.id.target, &named, now)?;
    Ok(HanLogFacts {
        chf: chf.map(|chf| *chf),
        device: session.device(update.device_id)?,
        awaited: session.awaited(update.device_id)?,
    })
}

/// The supply points that make a User the Supplier: with an MPAN in role IS, with any other MPxN in role GS. A request with an
/// Export MPAN alone is about an ESME without an Import MPAN.
fn supply_points(mpxns: &Mpxns) -> Vec<SupplyPoint> {
    if mpxns.import.is_none() && mpxns.secondary_import.is_none() {
        return device::of_an_esme(mpxns);
    }
    let imports = mpxns.import.iter().chain(&mpxns.secondary_import);
    imports.map(|mpxn| (mpxn.clone(), if mpxn.is_mpan() { Role::IS } else { Role::GS })).collect()
}
