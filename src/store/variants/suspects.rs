//! The ESMEs of a range that may be suspects, and the facts that say who may correct them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Nullable, Text},
};

use super::count::{BESIDE_HCALCS, JUDGED};
use crate::{
    db::{Connection, StoreFault, on_either},
    domain::{CplFacts, Device, DeviceFacts, DeviceModel, DeviceType, EsmeVariant, Eui64, Now, SmiStatus},
    store::{
        device::{BATCH, DeviceRow, devices, own_supply_points},
        device_range::DeviceRange,
        inventory::suppliers_of_points,
        stored::Table,
    },
};

/// More pairs than this are not named to the database, which passes on the ESMEs of every one of the variants then.
const MOST_PAIRS: usize = 5_000;

/// The variant and the Device Model as one text, which no index has: by that of models each range would look at every Device of a model.
/// Nothing divides them, as each part costs every row of a range: `A` of `D 1` is passed on where `AD` of ` 1` is asked for.
const HELD: &str = "devices.esme_variant || devices.device_model";

const TABLE: Table = Table("devices");

/// Which ESMEs are loaded: at least those that some evidence may be against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuspectFilter {
    /// Of these Device Models, each with a variant.
    pub held: BTreeSet<(DeviceModel, EsmeVariant)>,
    /// Or beside an HCALCS (EV/c).
    pub with_hcalcs: bool,
}

/// Loads the ESMEs of a range that fit, by ID.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn esmes_of_range(
    connection: &mut Connection,
    range: &DeviceRange,
    filter: &SuspectFilter,
) -> Result<Vec<Device>, StoreFault> {
    let SuspectFilter { held, with_hcalcs } = filter;
    let variants = held.iter().map(|(_, variant)| variant.as_str()).collect::<BTreeSet<_>>();
    let pair = |(model, variant): &(DeviceModel, EsmeVariant)| format!("{variant}{model}");
    let pairs = held.iter().map(pair).collect::<Vec<_>>();
    let rows = on_either!(connection, |inner| {
        let query = devices::table
            .filter(devices::device_id.gt(&range.after))
            .filter(devices::device_id.le(&range.to))
            .order(devices::device_id)
            .select(DeviceRow::as_select())
            .into_boxed();
        let is_of_variant = devices::esme_variant.eq_any(variants);
        let is_held = sql::<Nullable<Text>>(HELD).eq_any(pairs);
        let is_beside_hcalcs = sql::<Bool>(BESIDE_HCALCS).nullable();
        let query = match (held.len() > MOST_PAIRS, *with_hcalcs) {
            (true, false) => query.filter(is_of_variant),
            (true, true) => query.filter(is_of_variant.or(is_beside_hcalcs)),
            (false, false) => query.filter(is_held),
            (false, true) => query.filter(is_held.or(is_beside_hcalcs)),
        };
        // Last, as few are left by then: SQLite looks at each row in this order.
        query.filter(sql::<Bool>(JUDGED)).load::<DeviceRow>(inner)
    })?;
    rows.into_iter().map(Device::try_from).collect()
}

/// The HCALCS beside these ESMEs that are Whitelisted to Commissioned, by Communications Hub: the first one of each.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn auxiliary_loads(
    connection: &mut Connection,
    hubs: &BTreeSet<Eui64>,
) -> Result<BTreeMap<Eui64, Eui64>, StoreFault> {
    let statuses = [SmiStatus::Whitelisted, SmiStatus::InstalledNotCommissioned, SmiStatus::Commissioned];
    let mut found = BTreeMap::new();
    for batch in Vec::from_iter(hubs).chunks(BATCH) {
        let rows = devices::table
            .filter(devices::chf_device_id.eq_any(batch.iter().map(ToString::to_string)))
            .filter(devices::device_type.eq(DeviceType::Hcalcs.as_str()))
            .filter(devices::status.eq_any(statuses.map(SmiStatus::as_str)))
            .select((devices::chf_device_id, devices::device_id))
            .order(devices::device_id.desc())
            .load::<(Option<String>, String)>(connection)?;
        for (hub, hcalcs) in rows {
            let hub = TABLE.optional::<Eui64>("chf_device_id", hub.as_deref())?;
            found.extend(hub.zip(Some(TABLE.value::<Eui64>("device_id", &hcalcs)?)));
        }
    }
    Ok(found)
}

/// The facts of an SR 8.4 for the details of these ESMEs, those of many at once: each with its Responsible Suppliers now.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn esme_facts(
    connection: &mut Connection,
    esmes: Vec<Device>,
    now: Now,
) -> Result<Vec<DeviceFacts>, StoreFault> {
    let points = esmes.iter().map(|esme| (esme.id, own_supply_points(esme))).collect();
    let mut suppliers = suppliers_of_points(connection, points, now)?;
    let facts = |device: Device| {
        let responsible = suppliers.remove(&device.id).unwrap_or_default();
        DeviceFacts {
            device,
            gpf: None,
            responsible,
            responsible_for_new_mpxn: Vec::new(),
            resulting_model: CplFacts::NotLoaded,
            validity: None,
        }
    };
    Ok(esmes.into_iter().map(facts).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        next_range,
        testing::{TempStore, query_plan_without_scans, value},
    };

    /// A variant that is wrong of one model is not looked for among the ESMEs of another.
    #[test]
    fn the_esmes_that_are_loaded_hold_a_variant_with_its_model() {
        let temp = TempStore::with_fixtures();
        let loaded = |held: &[(&str, EsmeVariant)]| {
            let held = held.iter().map(|(model, variant)| (value(model), *variant)).collect();
            let filter = SuspectFilter { held, with_hcalcs: false };
            let load = |connection: &mut Connection| {
                let range = next_range(connection, None)?;
                esmes_of_range(connection, &range, &filter)
            };
            let esmes = temp.store.read(load).unwrap();
            esmes.into_iter().map(|esme| esme.details.esme_variant.unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(loaded(&[("SM-E1", EsmeVariant::B), ("OTHER", EsmeVariant::Ad)]), [EsmeVariant::B]);
        assert_eq!(
            loaded(&[("SM-E1", EsmeVariant::B), ("SM-E1", EsmeVariant::Ad)]),
            [EsmeVariant::Ad, EsmeVariant::B]
        );
    }

    /// A range is read along its keys, whichever models are named.
    #[test]
    fn the_esmes_of_a_range_are_found_along_the_keys_of_devices() {
        let temp = TempStore::with_fixtures();
        for or in ["", " OR "] {
            let hint = if or.is_empty() { "" } else { BESIDE_HCALCS };
            let statement = format!(
                "SELECT * FROM devices WHERE devices.device_id > '0' AND devices.device_id <= '1'
                AND ({HELD} IN ('AM 1', 'BM 2'){or}{hint}) AND {JUDGED} ORDER BY devices.device_id"
            );
            let explain = |connection: &mut Connection| {
                Ok::<_, StoreFault>(query_plan_without_scans(connection, &statement).join("\n"))
            };
            let plan = temp.store.read(explain).unwrap();
            let is_range = plan.contains("(device_id>? AND device_id<?)") || plan.contains("devices_pkey");
            // HCALCS are found by that index: it is for the ESMEs alone that it is a detour.
            let is_by_model =
                plan.lines().any(|line| line.contains("devices_by_model") && !line.contains("hcalcs"));
            assert!(is_range && !is_by_model, "{plan}");
        }
    }
}
