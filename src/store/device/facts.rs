//! The facts of SR 8.4 and SR 12.2: a Device, and its Responsible Suppliers now (SMI.md 1).

use crate::{
    db::{Connection, StoreFault},
    domain::{
        CplFacts, Device, DeviceDetails, DeviceFacts, DevicePrenotification, DeviceType, Eui64, HubInstall,
        InventoryChange, Mpxn, MpxnKind, Mpxns, NewDeviceFacts, Now, Registration, Responsibility, Role,
        UpdateInventory,
    },
    store::{Session, device::DeviceLookup},
};

/// Loads the facts of SR 12.2.
pub(in crate::store) fn load_new(
    session: &mut Session<'_>,
    new: &DevicePrenotification,
) -> Result<NewDeviceFacts, StoreFault> {
    let gpf = new.associated_gpf.map(|gpf| session.device(gpf)).transpose()?;
    Ok(NewDeviceFacts {
        device_known: session.device(new.device_id)?.is_some(),
        gpf_known: gpf.flatten().is_some(),
        model: session.model(new.device_type, &new.details)?,
        validity: None,
    })
}

/// Loads the facts of SR 8.4; `None` if the Device is not in the inventory.
pub(in crate::store) fn load(
    session: &mut Session<'_>,
    update: &UpdateInventory,
    now: Now,
) -> Result<Option<Box<DeviceFacts>>, StoreFault> {
    let Some(device) = session.device(update.device_id)? else {
        return Ok(None);
    };
    let new_points = new_supply_points(&device, &update.change);
    let resulting_model = resulting_model(session, &device, &update.change)?;
    let facts = facts_of(session, device, &new_points, now)?;
    Ok(Some(Box::new(DeviceFacts { resulting_model, ..facts })))
}

/// Loads the facts about a Device and about the supply points that a request names with it; `None` if it is not in the inventory.
pub(in crate::store) fn load_with(
    session: &mut Session<'_>,
    id: Eui64,
    named: &[SupplyPoint],
    now: Now,
) -> Result<Option<Box<DeviceFacts>>, StoreFault> {
    let device = session.device(id)?;
    device.map(|device| facts_of(session, device, named, now).map(Box::new)).transpose()
}

/// The supply point of the premises where a CHF is installed, from the request: a new hub has no meters yet that would have one.
/// An MPAN is of electricity, any other MPxN of gas.
pub(in crate::store) fn supply_point_of(install: &HubInstall) -> SupplyPoint {
    let role = if install.mpxn.is_mpan() { Role::IS } else { Role::GS };
    (install.mpxn.clone(), role)
}

fn facts_of(
    session: &mut Session<'_>,
    device: Device,
    named: &[SupplyPoint],
    now: Now,
) -> Result<DeviceFacts, StoreFault> {
    let gpf = gpf_of(session, &device)?;
    let points = supply_points(session, &device)?;
    // One query for both lists: on PostgreSQL each is a round trip.
    let asked = points.iter().chain(named).map(|(mpxn, _)| mpxn).collect::<Vec<_>>();
    let registrations = session.suppliers(&asked, now)?;
    Ok(DeviceFacts {
        responsible: responsibilities(&registrations, &points),
        responsible_for_new_mpxn: responsibilities(&registrations, named),
        resulting_model: CplFacts::NotLoaded,
        validity: None,
        gpf,
        device,
    })
}

/// Finds the GPF of a CHF. The association may be recorded on either Device, so both are tried.
fn gpf_of(session: &mut Session<'_>, device: &Device) -> Result<Option<Device>, StoreFault> {
    if device.device_type != DeviceType::Chf {
        return Ok(None);
    }
    match device.associated_gpf {
        Some(gpf) => session.device(gpf),
        None => {
            let mut found = session.find(DeviceLookup::MetersOnHub(device.id))?;
            found.retain(|found| found.device_type == DeviceType::Gpf);
            Ok(found.into_iter().next())
        }
    }
}

/// Finds the GPF of the Communications Hub that a GSME is associated with; none for any other Device.
///
/// # Errors
/// When the database fails.
pub fn gpf_of_meter(connection: &mut Connection, device: &Device) -> Result<Option<Device>, StoreFault> {
    let mut session = Session::new(connection);
    let Some(chf) = device.chf.filter(|_| device.device_type == DeviceType::Gsme) else { return Ok(None) };
    match session.device(chf)? {
        Some(chf) => gpf_of(&mut session, &chf),
        None => Ok(None),
    }
}

/// The entry of a Device Model on the Central Products List.
///
/// # Errors
/// When the database fails.
pub fn model_facts(
    connection: &mut Connection,
    device_type: DeviceType,
    details: &DeviceDetails,
) -> Result<CplFacts, StoreFault> {
    Session::new(connection).model(device_type, details)
}

/// A supply point, and the role whose registration for it makes a User responsible.
pub(in crate::store) type SupplyPoint = (Mpxn, Role);

/// The supply points whose registrations make a User the Responsible Supplier of a Device: its own, or for a Device without any
/// those of the meter or GPF that it is associated with (F3), else those of the meters on its Communications Hub.
fn supply_points(session: &mut Session<'_>, device: &Device) -> Result<Vec<SupplyPoint>, StoreFault> {
    let anchor = match device.device_type {
        DeviceType::Esme | DeviceType::Gsme | DeviceType::Gpf => return Ok(own_supply_points(device)),
        DeviceType::Chf => Some(device.id),
        DeviceType::Ppmid | DeviceType::Hcalcs | DeviceType::Ihd | DeviceType::Cad => {
            let associated = device.associated_device.map(|id| session.device(id)).transpose()?.flatten();
            if let Some(meter) = associated.filter(has_supply_points) {
                return Ok(own_supply_points(&meter));
            }
            device.chf
        }
    };
    let mut meters = match anchor {
        Some(chf) => session.find(DeviceLookup::MetersOnHub(chf))?,
        None => Vec::new(),
    };
    meters.retain(|device| matches!(device.device_type, DeviceType::Esme | DeviceType::Gsme));
    Ok(meters.iter().flat_map(own_supply_points).collect())
}

/// Whether it is a Device that may have supply points.
const fn has_supply_points(device: &Device) -> bool {
    match device.device_type {
        DeviceType::Esme | DeviceType::Gsme | DeviceType::Gpf => true,
        DeviceType::Chf | DeviceType::Hcalcs | DeviceType::Ppmid | DeviceType::Ihd | DeviceType::Cad => false,
    }
}

/// The supply points of the Device itself: only meters and a GPF have any.
pub(in crate::store) fn own_supply_points(device: &Device) -> Vec<SupplyPoint> {
    match device.device_type {
        DeviceType::Esme => of_an_esme(&device.mpxns),
        DeviceType::Gsme | DeviceType::Gpf => {
            device.mpxns.import.iter().map(|mprn| (mprn.clone(), Role::GS)).collect()
        }
        DeviceType::Chf | DeviceType::Hcalcs | DeviceType::Ppmid | DeviceType::Ihd | DeviceType::Cad => {
            Vec::new()
        }
    }
}

/// The supply points of an ESME: its Import MPANs. Where it has none, its Export MPAN, whose Supplier counts as its Import Supplier in
/// whichever of the two roles it is registered (SMI.md 1; F1, F2).
pub(in crate::store) fn of_an_esme(mpxns: &Mpxns) -> Vec<SupplyPoint> {
    let Mpxns { import, secondary_import, export } = mpxns;
    let imports = import.iter().chain(secondary_import).map(|mpan| (mpan.clone(), Role::IS));
    let imports = imports.collect::<Vec<_>>();
    if imports.is_empty() { export.iter().flat_map(of_export).collect() } else { imports }
}

fn of_export(mpan: &Mpxn) -> [SupplyPoint; 2] {
    [Role::IS, Role::ES].map(|role| (mpan.clone(), role))
}

/// The supply points that an UpdateMPxN names, if they make a Supplier responsible: an import point of a meter, or the Export MPAN of an
/// ESME without an Import MPAN.
fn new_supply_points(device: &Device, change: &InventoryChange) -> Vec<SupplyPoint> {
    let InventoryChange::Mpxn(kind, mpxn) = change else { return Vec::new() };
    let is_import = match kind {
        MpxnKind::ImportMpxn | MpxnKind::SecondaryImportMpan => true,
        MpxnKind::ExportMpan => false,
    };
    let Mpxns { import, secondary_import, export: _ } = &device.mpxns;
    match device.device_type {
        DeviceType::Esme if is_import => vec![(mpxn.clone(), Role::IS)],
        DeviceType::Esme if import.is_none() && secondary_import.is_none() => of_export(mpxn).into(),
        DeviceType::Gsme if is_import => vec![(mpxn.clone(), Role::GS)],
        DeviceType::Esme
        | DeviceType::Gsme
        | DeviceType::Gpf
        | DeviceType::Chf
        | DeviceType::Hcalcs
        | DeviceType::Ppmid
        | DeviceType::Ihd
        | DeviceType::Cad => Vec::new(),
    }
}

/// The registrations that count for these supply points: of the same MPxN, in the role that belongs to it.
pub(in crate::store) fn responsibilities<'a>(
    registrations: impl IntoIterator<Item = &'a Registration>,
    points: &[SupplyPoint],
) -> Vec<Responsibility> {
    let counts = |registration: &&Registration| {
        points.iter().any(|(mpxn, role)| registration.mpxn == *mpxn && registration.role == *role)
    };
    let responsibility = |registration: &Registration| {
        let Registration { mpxn, role, user, from, to: _ } = registration;
        Responsibility { user: *user, role: *role, mpxn: mpxn.clone(), since: *from }
    };
    registrations.into_iter().filter(counts).map(responsibility).collect()
}

fn resulting_model(
    session: &mut Session<'_>,
    device: &Device,
    change: &InventoryChange,
) -> Result<CplFacts, StoreFault> {
    match change {
        InventoryChange::Details(changed) => {
            session.model(device.device_type, &changed.applied_to(&device.details))
        }
        InventoryChange::StatusExceptCh(_)
        | InventoryChange::StatusCh(_)
        | InventoryChange::Delete
        | InventoryChange::Mpxn(..) => Ok(CplFacts::NotLoaded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ChangedDetails, CplStatus},
        store::{
            Kind,
            testing::{TempStore, device_id, now, pending, user_id, value},
        },
    };

    fn facts(temp: &TempStore, last: u8, change: InventoryChange, at: &str) -> Option<Box<DeviceFacts>> {
        let update = UpdateInventory { device_id: device_id(last), change };
        temp.store.read(|connection| load(&mut Session::new(connection), &update, now(at))).unwrap()
    }

    fn responsible(temp: &TempStore, last: u8, at: &str) -> Vec<(u8, Role)> {
        let facts = facts(temp, last, InventoryChange::Delete, at).unwrap();
        users_and_roles(&facts.responsible)
    }

    fn users_and_roles(responsible: &[Responsibility]) -> Vec<(u8, Role)> {
        responsible.iter().map(|reason| (reason.user.octets()[5], reason.role)).collect()
    }

    /// MP125-R4.
    #[test]
    fn a_change_of_supplier_takes_effect_at_its_instant() {
        let temp = TempStore::with_fixtures();
        for (at, supplier) in [
            ("2023-05-31T23:59:59.999Z", None),
            ("2023-06-01", Some(1)),
            ("2026-01-14T23:59:59.999Z", Some(1)),
            ("2026-01-15", Some(3)),
            ("2099-01-01", Some(3)),
        ] {
            let both_mpans = supplier.map_or(vec![], |supplier| vec![(supplier, Role::IS); 2]);
            assert_eq!(responsible(&temp, 0xA8, at), both_mpans, "{at}");
        }
    }

    #[test]
    fn each_device_type_has_its_own_responsible_suppliers() {
        let temp = TempStore::with_fixtures();
        let at = "2026-02-01";
        let (gas, electric) = ((1, Role::GS), (3, Role::IS));
        assert_eq!(responsible(&temp, 0xA9, at), [gas], "GSME");
        assert_eq!(responsible(&temp, 0xA7, at), [gas], "GPF");
        assert_eq!(responsible(&temp, 0xA6, at), [electric, electric, gas], "CHF");
        assert_eq!(responsible(&temp, 0xB2, at), [electric, electric, gas], "HCALCS");
        assert_eq!(responsible(&temp, 0xA4, at), [(1, Role::IS), (1, Role::GS)], "PPMID");
        assert_eq!(responsible(&temp, 0xB3, at), [electric, electric, gas], "CAD");
        assert_eq!(responsible(&temp, 0xA5, at), [(1, Role::IS), (1, Role::GS)], "IHD");
        assert!(responsible(&temp, 0xAE, at).is_empty(), "PPMID without a CHF");
        assert!(responsible(&temp, 0xB0, at).is_empty(), "registration ended");
    }

    #[test]
    fn a_registration_in_another_role_does_not_count() {
        let temp = TempStore::with_fixtures();
        let csv = "mpxn,role,user_id,effective_from\n2000000000015,RSA,90-B3-D5-1F-30-03-00-00,2020-01-01\n2000000000015,ED,90-B3-D5-1F-30-02-00-00,2020-01-01\n";
        temp.load(Kind::Registrations, csv).unwrap();
        assert!(responsible(&temp, 0xA2, "2026-02-01").is_empty());
    }

    /// F3, SMI.md 1.
    #[test]
    fn a_device_that_hangs_on_a_meter_has_its_supplier() {
        let temp = TempStore::with_fixtures();
        let on = |associated: Option<u8>| {
            let associated = associated.map(|last| device_id(last).to_string()).unwrap_or_default();
            let csv = format!(
                "device_id,device_type,status,chf_device_id,associated_device_id\n{},PPMID,Pending,{},{associated}\n",
                device_id(1),
                device_id(0xA6)
            );
            temp.load(Kind::Devices, &csv).unwrap();
            responsible(&temp, 1, "2026-02-01")
        };
        let (gas, electric) = ((1, Role::GS), (3, Role::IS));
        let by_hub = vec![electric, electric, gas];
        assert_eq!(on(None), by_hub);
        assert_eq!(on(Some(0xA8)), [electric, electric], "the ESME");
        assert_eq!(on(Some(0xA9)), [gas], "the GSME");
        assert_eq!(on(Some(0xA7)), [gas], "the GPF");
        assert_eq!(on(Some(0xB2)), by_hub, "no meter");
        assert_eq!(on(Some(0xFE)), by_hub, "not in the SMI");
        assert!(on(Some(0xAD)).is_empty(), "a meter without a supply point");
    }

    /// F1, F2, SMI.md 1.
    #[test]
    fn who_supplies_the_export_of_an_esme_without_import_is_responsible_for_it() {
        let temp = TempStore::with_fixtures();
        let csv = "mpxn,role,user_id,effective_from,effective_to\n\
            2000000001028,ES,90-B3-D5-1F-30-03-00-00,2020-01-01,2026-01-15\n\
            2000000001028,IS,90-B3-D5-1F-30-01-00-00,2026-01-15,\n";
        temp.load(Kind::Registrations, csv).unwrap();
        let load = |import: &str| {
            let csv = format!(
                "device_id,device_type,status,chf_device_id,import_mpxn,export_mpan\n\
                 {0},CHF,Commissioned,,,\n{1},ESME,Commissioned,{0},{import},2000000001028\n",
                device_id(1),
                device_id(2)
            );
            temp.load(Kind::Devices, &csv).unwrap();
        };
        load("");
        for last in [1, 2] {
            assert_eq!(responsible(&temp, last, "2026-01-14"), [(3, Role::ES)], "{last}");
            assert_eq!(responsible(&temp, last, "2026-01-15"), [(1, Role::IS)], "{last}");
        }
        load("2000000000051");
        assert!(responsible(&temp, 2, "2026-01-14").is_empty(), "its Import MPAN decides");
        let at = |last| {
            let change = InventoryChange::Mpxn(MpxnKind::ExportMpan, value("2000000001028"));
            users_and_roles(&facts(&temp, last, change, "2026-01-14").unwrap().responsible_for_new_mpxn)
        };
        assert_eq!(at(0xAD), [(3, Role::ES)], "it has no Import MPAN");
        assert!(at(2).is_empty() && at(0xA8).is_empty() && at(0xA9).is_empty());
    }

    #[test]
    fn the_supplier_of_a_new_mpxn_is_known() {
        let temp = TempStore::with_fixtures();
        let of_new = |last, kind, mpxn: &str| {
            let facts = facts(&temp, last, InventoryChange::Mpxn(kind, value(mpxn)), "2026-02-01").unwrap();
            users_and_roles(&facts.responsible_for_new_mpxn)
        };
        let electric = "2000000000015";
        assert_eq!(of_new(0xA8, MpxnKind::ImportMpxn, electric), [(1, Role::IS)]);
        assert_eq!(of_new(0xA8, MpxnKind::SecondaryImportMpan, electric), [(1, Role::IS)]);
        assert!(of_new(0xA8, MpxnKind::ExportMpan, electric).is_empty());
        assert_eq!(of_new(0xA9, MpxnKind::ImportMpxn, "9100000001"), [(1, Role::GS)]);
        assert!(of_new(0xA9, MpxnKind::ImportMpxn, electric).is_empty());
        assert!(of_new(0xA6, MpxnKind::ImportMpxn, electric).is_empty());
    }

    #[test]
    fn a_chf_comes_with_its_gpf() {
        let temp = TempStore::with_fixtures();
        let gpf = |last| {
            let facts = facts(&temp, last, InventoryChange::Delete, "2026-02-01").unwrap();
            facts.gpf.map(|gpf| gpf.id)
        };
        assert_eq!(gpf(0xA0), Some(device_id(0xA1)));
        assert_eq!(gpf(0xA2), None);
        assert!(facts(&temp, 0, InventoryChange::Delete, "2026-02-01").is_none());
    }

    #[test]
    fn the_resulting_model_is_looked_up() {
        let temp = TempStore::with_fixtures();
        let model = |last, firmware: Option<&str>| {
            let firmware_version = firmware.map(value);
            let changed = ChangedDetails { firmware_version, ..ChangedDetails::default() };
            let facts = facts(&temp, last, InventoryChange::Details(changed), "2026-02-01");
            facts.unwrap().resulting_model
        };
        assert_eq!(model(0xAD, None), CplFacts::Listed(CplStatus::Active));
        assert_eq!(model(0xAD, Some("01020300")), CplFacts::Listed(CplStatus::Withdrawn));
        assert_eq!(model(0xAD, Some("99999999")), CplFacts::Absent);
        assert_eq!(model(0xAF, None), CplFacts::Listed(CplStatus::Active), "IHD without a firmware version");
        assert_eq!(model(0xAF, Some("1")), CplFacts::Absent);
    }

    #[test]
    fn a_new_device_is_compared_with_what_is_there() {
        let load_it = |temp: &TempStore, id: u8, gpf: Option<u8>, details: DeviceDetails| {
            let new = DevicePrenotification {
                device_id: device_id(id),
                device_type: DeviceType::Esme,
                details,
                associated_gpf: gpf.map(device_id),
            };
            temp.store.read(|connection| load_new(&mut Session::new(connection), &new)).unwrap()
        };
        let temp = TempStore::with_fixtures();
        let details = pending(1, DeviceType::Esme).details;
        let facts = |device_known, gpf_known, model| NewDeviceFacts {
            device_known,
            gpf_known,
            model,
            validity: None,
        };
        let listed = CplFacts::Listed(CplStatus::Active);
        assert_eq!(load_it(&temp, 0xA0, Some(0xA1), details.clone()), facts(true, true, listed));
        assert_eq!(load_it(&temp, 1, Some(0xA1), details.clone()), facts(false, true, listed));
        assert_eq!(load_it(&temp, 1, None, details.clone()), facts(false, false, listed));
        let unlisted = DeviceDetails { model: value("other"), ..details.clone() };
        assert_eq!(load_it(&temp, 1, None, unlisted).model, CplFacts::Absent);
        assert_eq!(load_it(&TempStore::new(), 1, None, details).model, CplFacts::NotLoaded);
    }

    #[test]
    fn a_registration_names_user_and_since() {
        let temp = TempStore::with_fixtures();
        let facts = facts(&temp, 0xA2, InventoryChange::Delete, "2026-02-01").unwrap();
        let expected = Responsibility {
            user: user_id(1),
            role: Role::IS,
            mpxn: value("2000000000015"),
            since: now("2024-04-01").0,
        };
        assert_eq!(facts.responsible, [expected]);
    }
}
