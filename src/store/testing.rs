//! Test support of the store: a store on a temporary database, values for it, and strategies for generated values.

use std::str::FromStr;

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};
use proptest::{option, prelude::*, sample::select};

#[path = "../../tests/it/support/database.rs"]
mod database;

pub(super) use database::{Database, at, file_in, server};

use super::{ImportFault, Kind, PageRequest, StatusChange, export, history_of_device, import};
use crate::{
    db::{Connection, PgConnection, Store, StoreFault},
    domain::{
        AnswerVersion, Body, CommandVariant, Connectivity, Coverage, CoverageRow, CoveredPlace, CspRegion,
        Date, Device, DeviceDetails, DeviceType, EsmeVariant, Eui64, FreeText, Mpxn, Mpxns, Now,
        PropertyFilter, Registration, Request, Role, SmiStatus, User, UserStatus, WanTechnology, parse_date,
        parse_instant,
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
    let folder = if is_of_hubs(kind) { "hubs" } else { "inventory" };
    let path = format!("{}/fixtures/{folder}/{kind}.csv", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// Whether the fixture of a kind is in `fixtures/hubs`.
const fn is_of_hubs(kind: Kind) -> bool {
    match kind {
        Kind::Users
        | Kind::Registrations
        | Kind::Devices
        | Kind::Coverage
        | Kind::Cpl
        | Kind::Tsat
        | Kind::Compatibility => false,
        Kind::HubFirmware | Kind::Locations | Kind::Units | Kind::Charges | Kind::Forecasts | Kind::Stock => {
            true
        }
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

/// A line of SQLite's query plan.
#[derive(QueryableByName)]
struct SqlitePlanLine {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// A line of PostgreSQL's query plan.
#[derive(QueryableByName)]
struct PostgresPlanLine {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// The lines of the query plan of a statement without bound values.
pub(super) fn query_plan(connection: &mut Connection, statement: &str) -> Vec<String> {
    match connection {
        Connection::Sqlite(connection) => {
            let plan = sql_query(format!("EXPLAIN QUERY PLAN {statement}"));
            let plan = plan.load::<SqlitePlanLine>(connection).unwrap();
            plan.into_iter().map(|line| line.detail).collect()
        }
        Connection::Postgres(connection) => {
            let plan =
                sql_query(format!("EXPLAIN {statement}")).load::<PostgresPlanLine>(connection).unwrap();
            plan.into_iter().map(|line| line.line).collect()
        }
    }
}

/// The query plan on a server whose planner avoids scans, as it scans small tables otherwise.
pub(super) fn query_plan_without_scans(connection: &mut Connection, statement: &str) -> Vec<String> {
    if let Connection::Postgres(connection) = connection {
        sql_query("SET LOCAL enable_seqscan TO off").execute(connection).unwrap();
    }
    query_plan(connection, statement)
}

fn text(pattern: &'static str) -> impl Strategy<Value = String> {
    proptest::string::string_regex(pattern).unwrap()
}

fn parsed<T: FromStr<Err: std::fmt::Debug> + std::fmt::Debug>(
    pattern: &'static str,
) -> impl Strategy<Value = T> {
    text(pattern).prop_map(|text| value(&text))
}

pub(super) fn any_date() -> impl Strategy<Value = Date> {
    (1_i16..=9999, 1_i8..=12, 1_i8..=28)
        .prop_map(|(year, month, day)| parse_date(&format!("{year:04}-{month:02}-{day:02}")).unwrap())
}

pub(super) fn any_eui64() -> impl Strategy<Value = Eui64> {
    any::<[u8; 8]>().prop_map(Eui64::from_octets)
}

fn any_property() -> impl Strategy<Value = PropertyFilter> {
    (parsed("[A-Za-z0-9 ]{6,8}"), parsed("[ -~\n\t\"é]{0,30}"))
        .prop_map(|(post_code, address_identifier)| PropertyFilter { post_code, address_identifier })
}

fn any_details(device_type: DeviceType) -> impl Strategy<Value = DeviceDetails> {
    let variant = option::of(select(EsmeVariant::ALL));
    (
        parsed("[ -~\n\r\"é]{0,30}"),
        parsed("[ -~\n\r\"é]{0,30}"),
        option::of(parsed("[ -~\n\"é]{1,20}")),
        option::of(parsed("[ -~\n\"é]{1,8}")),
        variant,
    )
        .prop_map(move |(manufacturer, model, smets_chts_version, firmware_version, esme_variant)| {
            let esme_variant = esme_variant.filter(|_| device_type == DeviceType::Esme);
            DeviceDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant }
        })
}

fn any_mpxns(device_type: DeviceType) -> impl Strategy<Value = Mpxns> {
    let is_gas = matches!(device_type, DeviceType::Gsme | DeviceType::Gpf);
    let import = if is_gas { "[0-9]{1,10}" } else { "[0-9]{13}" };
    let mpan = || option::of(parsed::<Mpxn>("[0-9]{13}"));
    (option::of(parsed(import)), mpan(), mpan()).prop_map(|(import, secondary_import, export)| Mpxns {
        import,
        secondary_import,
        export,
    })
}

pub(super) fn any_device() -> impl Strategy<Value = Device> {
    select(DeviceType::ALL).prop_flat_map(|device_type| {
        let free_text = || option::of(parsed::<FreeText>("[ -~\n\"é]{1,100}"));
        let known = (any_eui64(), select(SmiStatus::ALL), any_details(device_type), any_mpxns(device_type));
        let others = (
            option::of(any_eui64()),
            option::of(any_eui64()),
            option::of(any_eui64()),
            option::of(any_eui64()),
        );
        let uprn = option::of((1_u64..=999_999_999_999).prop_map(|number| number.try_into().unwrap()));
        let place = (uprn, option::of(any_property()), option::of(select(CspRegion::ALL)));
        let hub = (free_text(), free_text(), free_text(), option::of(select(Connectivity::ALL)));
        (known, others, place, hub, option::of(any_date())).prop_map(
            move |(known, others, place, hub, date_commissioned)| {
                let (id, status, details, mpxns) = known;
                let (pre_notified_by, chf, associated_gpf, associated) = others;
                let (uprn, property, csp_region) = place;
                let (gbcs_version, han_variant, s1sp, connectivity) = hub;
                let is_chf = device_type == DeviceType::Chf;
                let is_meter = matches!(device_type, DeviceType::Esme | DeviceType::Gsme);
                let hangs_on_a_meter = !is_meter && !is_chf && device_type != DeviceType::Gpf;
                Device {
                    id,
                    device_type,
                    status: (!device_type.is_type_2()).then_some(status),
                    details,
                    pre_notified_by,
                    chf: chf.filter(|_| !is_chf),
                    associated_gpf: associated_gpf.filter(|_| is_chf),
                    mpxns,
                    uprn,
                    property,
                    csp_region,
                    gbcs_version,
                    han_variant,
                    s1sp,
                    connectivity,
                    date_commissioned,
                    associated_device: associated.filter(|_| hangs_on_a_meter),
                }
            },
        )
    })
}

pub(super) fn any_coverage_row() -> impl Strategy<Value = CoverageRow> {
    select(CspRegion::WITH_COVERAGE).prop_flat_map(|region| {
        let suitable = WanTechnology::ALL.iter().copied().filter(|technology| technology.suits(region));
        let technology = select(suitable.collect::<Vec<_>>());
        let uprn = option::of((1_u64..=999_999_999_999).prop_map(|number| number.try_into().unwrap()));
        let premises = (text("[A-Z0-9 ]{6,8}"), option::of(parsed("[ -~\n\"é]{1,30}")), uprn);
        let district = text("[A-Z]{1,2}[0-9][A-Z0-9]?").prop_map(|area| (area, None, None));
        let place = prop_oneof![4 => premises, 1 => district];
        let extra = (option::of(parsed("[ -~\n\"é]{1,50}")), option::of(parsed("[ -~\r\n\"é]{1,250}")));
        let likelihood = select(crate::domain::ConnectivityLikelihood::ALL);
        (place, any::<bool>(), option::of(any_date()), technology, likelihood, extra).prop_map(
            move |(place, available, anticipated, technology, likelihood, extra)| {
                let (area, address_identifier, uprn) = place;
                let (auxiliary_equipment, additional_information) = extra;
                let place = CoveredPlace::new(&area, address_identifier, uprn).unwrap();
                let coverage = Coverage {
                    available,
                    anticipated,
                    technology,
                    likelihood,
                    auxiliary_equipment,
                    additional_information,
                };
                CoverageRow::new(region, place, coverage).unwrap()
            },
        )
    })
}

pub(super) fn any_user() -> impl Strategy<Value = User> {
    let roles = proptest::sample::subsequence(Role::ALL, 0..=Role::ALL.len());
    let url = option::of(text("https://[a-z]{1,10}\\.example/[a-z;,]{0,10}"));
    let names = (text("[ -~\n\"é]{0,20}"), text("[ -~\r\n\"é]{0,100}"));
    let version = option::of(select(AnswerVersion::ALL));
    (any_eui64(), names, roles, select(UserStatus::ALL), url, version).prop_map(
        |(id, (party_signifier, party_name), roles, status, receive_response_url, answer_version)| User {
            id,
            party_signifier,
            party_name,
            roles,
            status,
            receive_response_url,
            answer_version,
        },
    )
}

pub(super) fn any_registration() -> impl Strategy<Value = Registration> {
    let instant = (0_i64..4_000_000_000_000).prop_map(|ms| jiff::Timestamp::from_millisecond(ms).unwrap());
    let length = option::of(1_i64..1_000_000_000_000);
    (parsed("[0-9]{13}"), parsed("[0-9]{1,10}"), select(Role::ALL), any_eui64(), instant, length).prop_map(
        |(mpan, mprn, role, user, from, length)| Registration {
            mpxn: if matches!(role, Role::GS | Role::GT) { mprn } else { mpan },
            role,
            user,
            from,
            to: length.map(|ms| from + jiff::SignedDuration::from_millis(ms)),
        },
    )
}

/// The history of a Device.
pub(super) fn history(temp: &TempStore, id: Eui64) -> Vec<StatusChange> {
    let page = PageRequest::first(1_000);
    temp.store.read(|connection| history_of_device(connection, id, page)).unwrap().rows
}
