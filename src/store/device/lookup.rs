//! Lookups of Devices by what they have in common. A lookup is a value, so that those of a whole batch can be answered by one
//! statement of each kind, and their results kept while Devices change.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{QueryableByName, sql_types::BigInt};

use super::{
    columns::DeviceRow,
    query::{self, QUERY_LIMIT},
};
use crate::{
    db::{
        Connection, PgConnection, StoreFault,
        prepared::{self, BindColumn, Statement},
    },
    domain::{Device, DeviceType, Eui64, Mpxn, PropertyFilter, ReadInventory, Uprn},
    store::stored::uprn_number,
};

/// A lookup of Devices. Each finds at most as many as an answer holds, and one more, except [`Self::MetersOnHub`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum DeviceLookup {
    /// The Devices that are associated with a CHF.
    OnHub(Eui64),
    /// The ESMEs, GSMEs and GPFs that are associated with a CHF, by ID. Not limited: each counts for who is responsible.
    MetersOnHub(Eui64),
    /// The CHFs that name a GPF.
    HubsOfGpf(Eui64),
    /// The Devices with an MPxN in any of their three columns.
    Mpxn(Mpxn),
    /// The Devices with a UPRN.
    Uprn(Uprn),
    /// The Devices with an address: the normalised postcode, and exactly this identifier.
    Address(String, String),
}

/// The types of Devices that [`DeviceLookup::MetersOnHub`] finds.
const METERS: [DeviceType; 3] = [DeviceType::Esme, DeviceType::Gsme, DeviceType::Gpf];

impl DeviceLookup {
    /// The lookup of a key of SR 8.2; none for a Device, which is found by its ID.
    pub(in crate::store) fn of_key(key: &ReadInventory) -> Option<Self> {
        match key {
            ReadInventory::DeviceId(_) => None,
            ReadInventory::Mpxn(mpxn) => Some(Self::Mpxn(mpxn.clone())),
            ReadInventory::Uprn(uprn) => Some(Self::Uprn(*uprn)),
            ReadInventory::PropertyFilter(property) => Some(Self::of_address(property)),
        }
    }

    fn of_address(PropertyFilter { post_code, address_identifier }: &PropertyFilter) -> Self {
        Self::Address(post_code.key(), address_identifier.as_str().to_owned())
    }

    /// Whether it finds a Device in this state.
    pub(in crate::store) fn finds(&self, device: &Device) -> bool {
        match self {
            Self::OnHub(chf) => device.chf == Some(*chf),
            Self::MetersOnHub(chf) => device.chf == Some(*chf) && METERS.contains(&device.device_type),
            Self::HubsOfGpf(gpf) => {
                device.associated_gpf == Some(*gpf) && device.device_type == DeviceType::Chf
            }
            Self::Mpxn(mpxn) => {
                let mpxns = &device.mpxns;
                let own = [&mpxns.import, &mpxns.secondary_import, &mpxns.export];
                own.into_iter().flatten().any(|own| own == mpxn)
            }
            Self::Uprn(uprn) => device.uprn == Some(*uprn),
            Self::Address(..) => device.property.as_ref().is_some_and(|own| Self::of_address(own) == *self),
        }
    }

    /// Finds the Devices.
    pub(in crate::store) fn run(&self, connection: &mut Connection) -> Result<Vec<Device>, StoreFault> {
        match self {
            Self::OnHub(chf) => query::associated_with(connection, *chf, QUERY_LIMIT),
            Self::MetersOnHub(chf) => query::of_type(connection, *chf, &METERS),
            Self::HubsOfGpf(gpf) => query::chfs_of_gpf(connection, *gpf),
            Self::Mpxn(mpxn) => query::by_mpxn(connection, mpxn, QUERY_LIMIT),
            Self::Uprn(uprn) => query::by_uprn(connection, *uprn, QUERY_LIMIT),
            Self::Address(key, identifier) => query::by_address(connection, key, identifier, QUERY_LIMIT),
        }
    }

    /// The statement that answers lookups of its kind, and what it is given besides their keys.
    fn statement(&self) -> (RunStatement, i64) {
        let limit = i64::try_from(QUERY_LIMIT).unwrap_or(i64::MAX);
        match self {
            Self::OnHub(_) => (prepared::load_for_rows::<OnHub, FoundRow>, limit),
            Self::MetersOnHub(_) => (prepared::load_for_rows::<MetersOnHub, FoundRow>, i64::MAX),
            Self::HubsOfGpf(_) => (prepared::load_for_rows::<HubsOfGpf, FoundRow>, i64::MAX),
            Self::Mpxn(_) => (prepared::load_for_rows::<WithMpxn, FoundRow>, limit),
            Self::Uprn(_) => (prepared::load_for_rows::<WithUprn, FoundRow>, limit),
            Self::Address(..) => (prepared::load_for_rows::<WithAddress, FoundRow>, limit),
        }
    }

    /// Its key, as text; a UPRN is a number, and an address has two.
    fn texts(&self) -> (String, &str) {
        match self {
            Self::OnHub(id) | Self::MetersOnHub(id) | Self::HubsOfGpf(id) => (id.to_string(), ""),
            Self::Mpxn(mpxn) => (mpxn.as_str().to_owned(), ""),
            Self::Uprn(_) => (String::new(), ""),
            Self::Address(key, identifier) => (key.clone(), identifier),
        }
    }

    const fn uprn(&self) -> Option<Uprn> {
        if let Self::Uprn(uprn) = self { Some(*uprn) } else { None }
    }
}

/// Runs a statement with the keys of many lookups.
type RunStatement = fn(&mut PgConnection, &[BindColumn<'_>]) -> diesel::QueryResult<Vec<FoundRow>>;

/// A Device that was found, with the place of the lookup among those asked for.
#[derive(QueryableByName)]
struct FoundRow {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(embed)]
    row: DeviceRow,
}

/// Declares the statement that answers many lookups of one kind: for each of the keys a search by index of its own. With the LIMIT
/// the planner cannot make one scan of them all, which would read the whole table.
macro_rules! lookups {
    ($name:ident, $keys:literal, [$($comma:literal)*], $found:literal) => {
        struct $name;

        impl Statement for $name {
            const TEXT: &'static [&'static str] = &[
                "SELECT asked.place, found.* FROM unnest(",
                $($comma,)*
                concat!(
                    ") WITH ORDINALITY AS asked (", $keys,
                    ", place) CROSS JOIN LATERAL (SELECT * FROM devices WHERE ", $found, " LIMIT "
                ),
                ") AS found ORDER BY asked.place",
            ];
        }
    };
}

lookups!(OnHub, "id", [], "chf_device_id = asked.id");
lookups!(
    MetersOnHub,
    "id",
    [],
    "chf_device_id = asked.id AND device_type IN ('ESME', 'GSME', 'GPF') ORDER BY device_id"
);
lookups!(HubsOfGpf, "id", [], "associated_gpf_device_id = asked.id AND device_type = 'CHF'");
lookups!(
    WithMpxn,
    "mpxn",
    [],
    "import_mpxn = asked.mpxn OR secondary_import_mpan = asked.mpxn OR export_mpan = asked.mpxn"
);
lookups!(WithUprn, "uprn", [], "uprn = asked.uprn");
lookups!(
    WithAddress,
    "postcode_key, identifier",
    [", "],
    "postcode_key = asked.postcode_key AND address_identifier = asked.identifier"
);

/// Answers lookups on a server: one statement for each kind among them.
pub(in crate::store) fn run_all(
    connection: &mut PgConnection,
    lookups: &BTreeSet<DeviceLookup>,
) -> Result<BTreeMap<DeviceLookup, Vec<Device>>, StoreFault> {
    let mut found = lookups.iter().map(|lookup| (lookup.clone(), Vec::new())).collect::<BTreeMap<_, _>>();
    let lookups = lookups.iter().collect::<Vec<_>>();
    // In the order of kinds, as the set is.
    for of_kind in lookups.chunk_by(|a, b| std::mem::discriminant(*a) == std::mem::discriminant(*b)) {
        let Some((statement, limit)) = of_kind.first().map(|first| first.statement()) else { continue };
        let keys = of_kind.iter().map(|lookup| lookup.texts()).collect::<Vec<_>>();
        let columns = match of_kind.first() {
            Some(DeviceLookup::Uprn(_)) => {
                vec![BindColumn::numbers(of_kind, |lookup| uprn_number(lookup.uprn()))]
            }
            Some(DeviceLookup::Address(..)) => vec![
                BindColumn::texts(&keys, |(key, _)| Some(key)),
                BindColumn::texts(&keys, |(_, identifier)| Some(identifier)),
            ],
            Some(_) | None => vec![BindColumn::texts(&keys, |(key, _)| Some(key))],
        };
        let columns = columns.into_iter().chain([BindColumn::Number(limit)]).collect::<Vec<_>>();
        for FoundRow { place, row } in statement(connection, &columns)? {
            // The ordinality counts from 1.
            let lookup = usize::try_from(place).ok().and_then(|place| of_kind.get(place.checked_sub(1)?));
            if let Some(devices) = lookup.and_then(|lookup| found.get_mut(*lookup)) {
                devices.push(Device::try_from(row)?);
            }
        }
    }
    Ok(found)
}
