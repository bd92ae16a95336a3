//! Strategies for generated values.

use std::str::FromStr;

use proptest::{option, prelude::*, sample::select};

use super::value;
use crate::domain::{
    AnswerVersion, Connectivity, Coverage, CoverageRow, CoveredPlace, CspRegion, Date, Device, DeviceDetails,
    DeviceType, EsmeVariant, Eui64, FreeText, Mpxn, Mpxns, PropertyFilter, Registration, Role, SmiStatus,
    User, UserStatus, WanTechnology, parse_date,
};

fn text(pattern: &'static str) -> impl Strategy<Value = String> {
    proptest::string::string_regex(pattern).unwrap()
}

fn parsed<T: FromStr<Err: std::fmt::Debug> + std::fmt::Debug>(
    pattern: &'static str,
) -> impl Strategy<Value = T> {
    text(pattern).prop_map(|text| value(&text))
}

fn any_date() -> impl Strategy<Value = Date> {
    (1_i16..=9999, 1_i8..=12, 1_i8..=28)
        .prop_map(|(year, month, day)| parse_date(&format!("{year:04}-{month:02}-{day:02}")).unwrap())
}

fn any_eui64() -> impl Strategy<Value = Eui64> {
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

pub(in crate::store) fn any_device() -> impl Strategy<Value = Device> {
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

pub(in crate::store) fn any_coverage_row() -> impl Strategy<Value = CoverageRow> {
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

pub(in crate::store) fn any_user() -> impl Strategy<Value = User> {
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

pub(in crate::store) fn any_registration() -> impl Strategy<Value = Registration> {
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
