//! Raw settings: the types that the settings file is deserialised into. Every key is optional, and unknown keys are refused.
//!
//! Values are parsed during deserialisation, so that an error names line and column.

mod forward;
mod maintenance;
mod read;
mod section;
mod simulate;
mod test;
mod variants;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    num::{NonZero, NonZeroUsize},
    path::PathBuf,
};

use serde::Deserialize;

pub(super) use self::{
    forward::RawForward, maintenance::RawMaintenance, simulate::RawSimulate, test::RawTest,
    variants::RawVariants,
};
use self::{
    read::{date, parsed, regions, token},
    section::section,
};
use super::{
    listen::listen,
    log::{LogFormat, LogLevel},
    reflash_values as reflash,
};
use crate::{
    domain::{
        AnswerVersion, CspRegion, CspRelease, Date, Eui64, FreeText, Instance, MailAddress,
        reflash::{DayWindow, SmiUpdate},
    },
    rules::{TsatMode, WanUnknown, firmware::ResponseDayType, reflash::Credit},
    secret::{NoToken, Secret},
};

section!(
    /// `[server.tls]`
    RawTls { certificate: PathBuf, key: PathBuf, client_ca: PathBuf, bind_originator: bool }
);
section!(
    /// `[store]`
    RawStore {
        url: String,
        retention_days: u16,
        decision_retention_days: u16,
        tally_retention_days: u16,
        timeout_seconds: u64,
        readers: u32,
    }
);
section!(
    /// `[trust]`
    RawTrust {
        keystore: PathBuf,
        pem_dir: PathBuf,
        #[serde(deserialize_with = "parsed")]
        dcc_id: Eui64,
        check_validity: bool,
    }
);
section!(
    /// `[rules]`
    RawRules {
        #[serde(deserialize_with = "parsed")]
        wan_unknown: WanUnknown,
        #[serde(deserialize_with = "parsed")]
        csp_release: CspRelease,
        responsible_supplier_while_pending: bool,
        pre_notifier_after_pending: bool,
        confirm_variant: bool,
        gpf_with_chf: bool,
        #[serde(deserialize_with = "parsed")]
        tsat: TsatMode,
        codes: PathBuf,
    }
);
section!(
    /// `[answers]`
    RawAnswers {
        #[serde(deserialize_with = "parsed")]
        version: AnswerVersion,
    }
);
section!(
    /// `[alerts]`
    RawAlerts {
        han_log_result: bool,
        meter_decommissioned: bool,
        meter_identity: bool,
        device_suspended: bool,
        device_restored: bool,
        device_removed: bool,
        chf_decommissioned: bool,
        firmware_mismatch: bool,
        version_mismatch: bool,
        codes: PathBuf,
    }
);
section!(
    /// `[calendar]`
    RawCalendar { holidays: PathBuf }
);
section!(
    /// `[notices]`
    RawNotices {
        #[serde(deserialize_with = "parsed")]
        from: MailAddress,
    }
);
section!(
    /// `[hubs]`
    RawHubs { unit_cost_pence: u32, risk_days: u32, review_months: u16 }
);
section!(
    /// `[reflash]`
    RawReflash {
        enabled: bool,
        #[serde(deserialize_with = "parsed")]
        smi_update: SmiUpdate,
        supply_chain: bool,
        lead_working_days: u32,
        #[serde(deserialize_with = "parsed")]
        working_hours: DayWindow,
        #[serde(deserialize_with = "reflash::windows")]
        windows: Vec<DayWindow>,
        slot_horizon: u32,
        max_hubs_per_pallet: NonZero<u32>,
        max_hubs_per_carton: NonZero<u32>,
        #[serde(deserialize_with = "regions")]
        purchase_order_regions: Vec<CspRegion>,
        amend_working_days: u32,
        #[serde(deserialize_with = "reflash::credit")]
        credit: Credit,
        contact: String,
    }
);
section!(
    /// `[firmware]`
    RawFirmware {
        large_above_bytes: u32,
        contact_above_images: u32,
        capacity_per_day: NonZero<u32>,
        response_days: u16,
        #[serde(deserialize_with = "parsed")]
        response_day_type: ResponseDayType,
        #[serde(deserialize_with = "date")]
        mp230_from: Date,
    }
);
section!(
    /// `[privacy]`
    RawPrivacy {
        threshold: u32,
        #[serde(deserialize_with = "date")]
        proposed_from: Date,
        #[serde(deserialize_with = "parsed")]
        random_sample_name: FreeText,
    }
);
section!(
    /// `[csp.urls]`
    RawCspUrls {
        #[serde(rename = "North")]
        north: String,
        #[serde(rename = "Central")]
        central: String,
        #[serde(rename = "South")]
        south: String,
        #[serde(rename = "4G North")]
        north_4g: String,
        #[serde(rename = "4G Central")]
        central_4g: String,
        #[serde(rename = "4G South")]
        south_4g: String,
    }
);
section!(
    /// `[outbox]`
    RawOutbox { ca: PathBuf, certificate: PathBuf, key: PathBuf }
);
section!(
    /// `[manage]`
    RawManage {
        #[serde(deserialize_with = "listen")]
        listen: SocketAddr,
        #[serde(deserialize_with = "token")]
        token: Result<Secret, NoToken>,
        token_file: PathBuf,
        users: BTreeMap<String, toml::Value>,
    }
);
section!(
    /// `[csp_gateway.csps]`
    RawCsps {
        #[serde(rename = "North", deserialize_with = "parsed")]
        north: Eui64,
        #[serde(rename = "Central", deserialize_with = "parsed")]
        central: Eui64,
        #[serde(rename = "South", deserialize_with = "parsed")]
        south: Eui64,
        #[serde(rename = "4G North", deserialize_with = "parsed")]
        north_4g: Eui64,
        #[serde(rename = "4G Central", deserialize_with = "parsed")]
        central_4g: Eui64,
        #[serde(rename = "4G South", deserialize_with = "parsed")]
        south_4g: Eui64,
    }
);
section!(
    /// `[log]`
    RawLog {
        #[serde(deserialize_with = "parsed")]
        format: LogFormat,
        #[serde(deserialize_with = "parsed")]
        level: LogLevel,
    }
);

section!(
    /// `[server]`
    RawServer {
        #[serde(deserialize_with = "parsed")]
        instance: Instance,
        #[serde(deserialize_with = "listen")]
        listen: SocketAddr,
        max_body_bytes: usize,
        max_in_flight: NonZeroUsize,
        max_in_flight_per_user: NonZeroUsize,
        head_seconds: NonZero<u32>,
        body_seconds: NonZero<u32>,
        idle_seconds: NonZero<u32>,
        max_connections: NonZeroUsize,
        max_held_bytes: usize,
        explain_headers: bool,
    }
    with { tls: RawTls }
);
section!(
    /// `[csp]`
    RawCsp {
        timeout_ms: NonZero<u32>,
        max_in_flight: NonZeroUsize,
        cache_seconds: u32,
        breaker_failures: NonZero<u32>,
        breaker_seconds: u32,
        ca: PathBuf,
        certificate: PathBuf,
        key: PathBuf,
    }
    with { urls: RawCspUrls }
);
section!(
    /// `[csp_gateway]`
    RawCspGateway {
        #[serde(deserialize_with = "listen")]
        listen: SocketAddr,
        certificate: PathBuf,
        key: PathBuf,
        client_ca: PathBuf,
        update_known_hubs: bool,
    }
    with { csps: RawCsps }
);
section!(
    /// The whole settings file.
    RawSettings {}
    with {
        server: RawServer,
        store: RawStore,
        trust: RawTrust,
        rules: RawRules,
        answers: RawAnswers,
        alerts: RawAlerts,
        calendar: RawCalendar,
        notices: RawNotices,
        reflash: RawReflash,
        hubs: RawHubs,
        firmware: RawFirmware,
        maintenance: RawMaintenance,
        privacy: RawPrivacy,
        variants: RawVariants,
        simulate: RawSimulate,
        csp: RawCsp,
        forward: RawForward,
        outbox: RawOutbox,
        manage: RawManage,
        csp_gateway: RawCspGateway,
        log: RawLog,
        test: RawTest,
    }
);
