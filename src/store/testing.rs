//! Test support of the store: a store on a temporary database, and values for it.

use std::str::FromStr;

#[path = "../../tests/it/support/database.rs"]
mod database;
mod generated;
mod query_plan;

pub(super) use database::{Database, at, file_in, server};
pub(super) use generated::{any_coverage_row, any_device, any_registration, any_user};
pub(super) use query_plan::{query_plan, query_plan_without_scans};

use super::{ImportFault, Kind, PageRequest, StatusChange, export, history_of_device, import};
use crate::{
    db::{Connection, PgConnection, Store, StoreFault},
    domain::{
        Body, CommandVariant, Device, DeviceDetails, DeviceType, EsmeVariant, Eui64, Now, Request, Role,
        User, UserStatus, parse_instant,
    },
};

/// A store on a temporary database, which is deleted with it.
pub(super) struct TempStore {
    pub(super) store: Store,
    pub(super) database: Database,
}

impl TempStore {
    pub(super) fn new() -> Self {
        Self::on(Database::new(|url| drop(Store::open(url).unwrap())))
    }

    pub(super) fn on(database: Database) -> Self {
        Self { store: Store::open(&database.url).unwrap(), database }
    }

    /// With the Users, Registrations, Devices, coverage and CPL of `fixtures/inventory`.
    pub(super) fn with_fixtures() -> Self {
        let store = Self::new();
        for kind in Kind::ALL {
            store.load(*kind, &fixture(*kind)).unwrap();
        }
        store
    }

    pub(super) fn load(&self, kind: Kind, csv: &str) -> Result<usize, ImportFault> {
        self.load_at(kind, csv, "2026-01-01")
    }

    pub(super) fn load_at(&self, kind: Kind, csv: &str, at: &str) -> Result<usize, ImportFault> {
        import(&self.store, kind, csv.as_bytes(), now(at), &mut |_| {}).map(|imported| imported.rows)
    }

    pub(super) fn dump(&self, kind: Kind) -> String {
        let mut csv = Vec::new();
        self.store.read(|connection| export(connection, kind, &mut csv)).unwrap();
        String::from_utf8(csv).unwrap()
    }

    /// The history of every Device in the inventory.
    pub(super) fn dump_history(&self) -> Vec<StatusChange> {
        let devices = self.dump(Kind::Devices);
        let ids = devices.lines().skip(1).map(|line| value(line.split(',').next().unwrap()));
        ids.flat_map(|id| history(self, id)).collect()
    }

    pub(super) fn transact<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Connection) -> Result<T, StoreFault> + Send + 'static,
    ) -> Result<T, StoreFault> {
        self.store.transact(work)
    }
}

pub(super) fn fixture(kind: Kind) -> String {
    let folder = folder_of(kind);
    let path = format!("{}/fixtures/{folder}/{kind}.csv", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// The folder under `fixtures` that has the fixture of a kind.
const fn folder_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Users
        | Kind::Registrations
        | Kind::Devices
        | Kind::Coverage
        | Kind::Cpl
        | Kind::Tsat
        | Kind::Compatibility => "inventory",
        Kind::HubFirmware | Kind::Locations | Kind::Units | Kind::Charges | Kind::Forecasts | Kind::Stock => {
            "hubs"
        }
        Kind::Firmware | Kind::Capacity => "firmware",
        Kind::Assessments
        | Kind::Contacts
        | Kind::Changes
        | Kind::Maintenance
        | Kind::Derogations
        | Kind::ModelVariants => "service",
    }
}

pub(super) fn now(text: &str) -> Now {
    Now(parse_instant(text).unwrap())
}

pub(super) fn value<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// The EUI-64 of a User of the fixtures, by one of its octets.
pub(super) fn user_id(last: u8) -> Eui64 {
    Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, last, 0, 0])
}

/// The EUI-64 of a Device of the fixtures, by its last octet.
pub(super) fn device_id(last: u8) -> Eui64 {
    Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, last])
}

/// A request of the Supplier `90-B3-D5-1F-30-01-00-00`.
pub(super) fn request(body: Body) -> Request {
    Request {
        schema_version: value("5.4"),
        id: value("90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:1"),
        command_variant: CommandVariant::NON_DEVICE,
        variant: value(body.service().as_str()),
        body,
    }
}

pub(super) fn user(last: u8) -> User {
    User {
        id: user_id(last),
        party_signifier: String::new(),
        party_name: String::new(),
        roles: vec![Role::IS],
        status: UserStatus::Active,
        receive_response_url: None,
        answer_version: None,
    }
}

pub(super) fn pending(last: u8, device_type: DeviceType) -> Device {
    let details = DeviceDetails {
        manufacturer: value("Sample Meters"),
        model: value("SM-E1"),
        smets_chts_version: Some(value("SMETS2 V5.1")),
        firmware_version: Some(value("01020304")),
        esme_variant: (device_type == DeviceType::Esme).then_some(EsmeVariant::A),
    };
    Device::pre_notified(device_id(last), device_type, details, user_id(1))
}

/// The history of a Device.
pub(super) fn history(temp: &TempStore, id: Eui64) -> Vec<StatusChange> {
    let page = PageRequest::first(1_000);
    temp.store.read(|connection| history_of_device(connection, id, page)).unwrap().rows
}
