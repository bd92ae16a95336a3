//! Raw settings: the types that the settings file is deserialised into. Every key is optional, and unknown keys are refused.
//!
//! Values are parsed during deserialisation, so that an error names line and column.

use std::{
    net::SocketAddr,
    num::{NonZero, NonZeroUsize},
    path::PathBuf,
};

use serde::{Deserialize, Deserializer, de::Error as _};

use super::{
    listen::listen,
    log::{LogFormat, LogLevel},
};
use crate::{
    domain::{AnswerVersion, CspRegion, CspRelease, Eui64, Instance, Timestamp, parse_instant},
    rules::WanUnknown,
    secret::{NoToken, Secret},
    service::SimulatedDevices,
};

/// Declares a section: a struct of optional values, and the function that merges two of them.
macro_rules! section {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident : $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        // Unknown keys are refused here and below: a mistyped key would leave a default in force.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$field_meta])* pub(crate) $field: Option<$type>),+
        }

        impl $name {
            /// Merges two sections: these values, and those of `other` where these are not set.
            pub(super) fn over(self, other: Self) -> Self {
                Self { $($field: self.$field.or(other.$field)),+ }
            }
        }
    };
}

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
    /// `[simulate]`
    RawSimulate {
        #[serde(deserialize_with = "regions")]
        csp_unavailable: Vec<CspRegion>,
        #[serde(deserialize_with = "parsed")]
        devices: SimulatedDevices,
        delay_ms: u32,
        jitter_ms: u32,
        fail_percent: u8,
        seed: u32,
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
    /// `[test]`
    RawTest {
        #[serde(deserialize_with = "instant")]
        clock: Timestamp,
    }
);

/// `[server]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RawServer {
    #[serde(deserialize_with = "parsed")]
    pub(crate) instance: Option<Instance>,
    #[serde(deserialize_with = "listen")]
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) max_body_bytes: Option<usize>,
    pub(crate) max_in_flight: Option<NonZeroUsize>,
    pub(crate) max_in_flight_per_user: Option<NonZeroUsize>,
    pub(crate) head_seconds: Option<NonZero<u32>>,
    pub(crate) body_seconds: Option<NonZero<u32>>,
    pub(crate) idle_seconds: Option<NonZero<u32>>,
    pub(crate) max_connections: Option<NonZeroUsize>,
    pub(crate) max_held_bytes: Option<usize>,
    pub(crate) explain_headers: Option<bool>,
    pub(crate) tls: RawTls,
}

/// `[csp]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RawCsp {
    pub(crate) timeout_ms: Option<NonZero<u32>>,
    pub(crate) max_in_flight: Option<NonZeroUsize>,
    pub(crate) cache_seconds: Option<u32>,
    pub(crate) breaker_failures: Option<NonZero<u32>>,
    pub(crate) breaker_seconds: Option<u32>,
    pub(crate) ca: Option<PathBuf>,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) urls: RawCspUrls,
}

// By hand where a section has another one in it: that is not optional, but merged.
impl RawCsp {
    fn over(self, other: Self) -> Self {
        Self {
            timeout_ms: self.timeout_ms.or(other.timeout_ms),
            max_in_flight: self.max_in_flight.or(other.max_in_flight),
            cache_seconds: self.cache_seconds.or(other.cache_seconds),
            breaker_failures: self.breaker_failures.or(other.breaker_failures),
            breaker_seconds: self.breaker_seconds.or(other.breaker_seconds),
            ca: self.ca.or(other.ca),
            certificate: self.certificate.or(other.certificate),
            key: self.key.or(other.key),
            urls: self.urls.over(other.urls),
        }
    }
}

/// `[csp_gateway]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RawCspGateway {
    #[serde(deserialize_with = "listen")]
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) client_ca: Option<PathBuf>,
    pub(crate) update_known_hubs: Option<bool>,
    pub(crate) csps: RawCsps,
}

impl RawCspGateway {
    fn over(self, other: Self) -> Self {
        let Self { listen, certificate, key, client_ca, update_known_hubs, csps } = self;
        Self {
            listen: listen.or(other.listen),
            certificate: certificate.or(other.certificate),
            key: key.or(other.key),
            client_ca: client_ca.or(other.client_ca),
            update_known_hubs: update_known_hubs.or(other.update_known_hubs),
            csps: csps.over(other.csps),
        }
    }
}

/// The whole settings file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RawSettings {
    pub(crate) server: RawServer,
    pub(crate) store: RawStore,
    pub(crate) trust: RawTrust,
    pub(crate) rules: RawRules,
    pub(crate) answers: RawAnswers,
    pub(crate) alerts: RawAlerts,
    pub(crate) simulate: RawSimulate,
    pub(crate) csp: RawCsp,
    pub(crate) outbox: RawOutbox,
    pub(crate) manage: RawManage,
    pub(crate) csp_gateway: RawCspGateway,
    pub(crate) log: RawLog,
    pub(crate) test: RawTest,
}

impl RawSettings {
    /// Merges two files: these values, and those of `other` where these are not set.
    pub(super) fn over(self, other: Self) -> Self {
        let Self {
            server,
            store,
            trust,
            rules,
            answers,
            alerts,
            simulate,
            csp,
            outbox,
            manage,
            csp_gateway,
            log,
            test,
        } = self;
        Self {
            server: RawServer {
                instance: server.instance.or(other.server.instance),
                listen: server.listen.or(other.server.listen),
                max_body_bytes: server.max_body_bytes.or(other.server.max_body_bytes),
                max_in_flight: server.max_in_flight.or(other.server.max_in_flight),
                max_in_flight_per_user: server.max_in_flight_per_user.or(other.server.max_in_flight_per_user),
                head_seconds: server.head_seconds.or(other.server.head_seconds),
                body_seconds: server.body_seconds.or(other.server.body_seconds),
                idle_seconds: server.idle_seconds.or(other.server.idle_seconds),
                max_connections: server.max_connections.or(other.server.max_connections),
                max_held_bytes: server.max_held_bytes.or(other.server.max_held_bytes),
                explain_headers: server.explain_headers.or(other.server.explain_headers),
                tls: server.tls.over(other.server.tls),
            },
            store: store.over(other.store),
            trust: trust.over(other.trust),
            rules: rules.over(other.rules),
            answers: answers.over(other.answers),
            alerts: alerts.over(other.alerts),
            simulate: simulate.over(other.simulate),
            csp: csp.over(other.csp),
            outbox: outbox.over(other.outbox),
            manage: manage.over(other.manage),
            csp_gateway: csp_gateway.over(other.csp_gateway),
            log: log.over(other.log),
            test: test.over(other.test),
        }
    }
}

/// Deserialises a domain type from its text.
fn parsed<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err = crate::domain::Malformed>,
{
    let text = String::deserialize(from)?;
    text.parse().map(Some).map_err(D::Error::custom)
}

fn regions<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<CspRegion>>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    let regions = texts.iter().map(|text| text.parse()).collect::<Result<_, _>>();
    regions.map(Some).map_err(D::Error::custom)
}

fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    parse_instant(&String::deserialize(from)?).map(Some).map_err(D::Error::custom)
}

/// Deserialises a token, and keeps an error for later. An error of the deserialiser would quote the line, with the token.
fn token<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Result<Secret, NoToken>>, D::Error> {
    Ok(Some(String::deserialize(from)?.parse()))
}
