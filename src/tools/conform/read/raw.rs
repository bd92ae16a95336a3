//! The TOML of a scenario file, before its checks.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error as _};
use toml::Spanned;

use crate::{
    domain::{
        CommandVariant, Eui64, SchemaVersion, ServiceReferenceVariant, Timestamp, WebService, parse_instant,
    },
    store::Kind,
    tools::{conform::RequestTemplate, management::ManageMethod},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScenario {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) proves: Spanned<Vec<String>>,
    #[serde(default)]
    pub(super) roles: BTreeMap<String, Spanned<RawUser>>,
    #[serde(default = "no_needs")]
    pub(super) needs: Spanned<RawNeeds>,
    #[serde(default)]
    pub(super) given: Vec<Spanned<RawStep>>,
    pub(super) step: Vec<Spanned<RawStep>>,
}

fn no_needs() -> Spanned<RawNeeds> {
    Spanned::new(0..0, RawNeeds::default())
}

/// The data that a scenario needs: CSV in the TOML, or in files beside it.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawNeeds {
    #[serde(deserialize_with = "instant")]
    pub(super) clock: Option<Timestamp>,
    pub(super) users: Option<String>,
    pub(super) registrations: Option<String>,
    pub(super) devices: Option<String>,
    pub(super) coverage: Option<String>,
    pub(super) cpl: Option<String>,
    #[serde(rename = "hub-firmware")]
    pub(super) hub_firmware: Option<String>,
    pub(super) locations: Option<String>,
    pub(super) stock: Option<String>,
    pub(super) files: RawNeededFiles,
    pub(super) settings: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawNeededFiles {
    pub(super) users: Option<String>,
    pub(super) registrations: Option<String>,
    pub(super) devices: Option<String>,
    pub(super) coverage: Option<String>,
    pub(super) cpl: Option<String>,
    #[serde(rename = "hub-firmware")]
    pub(super) hub_firmware: Option<String>,
    pub(super) locations: Option<String>,
    pub(super) stock: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    pub(super) id: String,
    pub(super) says: String,
    #[serde(default)]
    pub(super) proves: Vec<String>,
    pub(super) send: Option<Spanned<RawSend>>,
    pub(super) repeat: Option<String>,
    pub(super) event: Option<RawEvent>,
    pub(super) clock: Option<RawInstant>,
    pub(super) import: Option<RawImport>,
    pub(super) n3: Option<RawNotify>,
    pub(super) call: Option<RawCall>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNotify {
    pub(super) batch: u64,
    pub(super) hubs: String,
    pub(super) expect: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCall {
    #[serde(deserialize_with = "one_parsed")]
    pub(super) method: ManageMethod,
    pub(super) path: String,
    #[serde(default)]
    pub(super) body: String,
    pub(super) expect: u16,
    #[serde(default)]
    pub(super) shows: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    pub(super) keep: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSend {
    #[serde(default, deserialize_with = "parsed")]
    pub(super) sender: Option<Eui64>,
    #[serde(default, deserialize_with = "parsed")]
    pub(super) target: Option<Eui64>,
    #[serde(default, deserialize_with = "parsed")]
    pub(super) service: Option<ServiceReferenceVariant>,
    #[serde(default, deserialize_with = "all_parsed")]
    schema_versions: Vec<SchemaVersion>,
    command_variant: Option<u8>,
    pub(super) body: Option<String>,
    pub(super) request: Option<String>,
    #[serde(default, deserialize_with = "parsed")]
    web_service: Option<WebService>,
    pub(super) same_request_id_as: Option<String>,
    #[serde(default)]
    pub(super) unsigned: bool,
    #[serde(default, deserialize_with = "parsed")]
    pub(super) signed_by: Option<Eui64>,
    pub(super) tamper: Option<RawTamper>,
    pub(super) expect: String,
    #[serde(default)]
    pub(super) answers: Vec<String>,
}

impl RawSend {
    /// Whether there are no parts, which would contradict a whole request.
    pub(super) const fn has_no_parts(&self) -> bool {
        self.target.is_none() && self.command_variant.is_none() && self.schema_versions.is_empty()
    }

    pub(super) fn schema_versions(&self) -> Vec<SchemaVersion> {
        if self.schema_versions.is_empty() {
            vec![SchemaVersion::newest()]
        } else {
            self.schema_versions.clone()
        }
    }

    /// The Command Variant; by default the first that suits the request (SMI.md 3/8).
    pub(super) fn command_variant(&self, service: ServiceReferenceVariant) -> u8 {
        self.command_variant.unwrap_or_else(|| CommandVariant::first_of(service.request_type()).get())
    }

    /// The web service; by default the one that suits the request (SMI.md 3/7).
    pub(super) fn web_service(&self, message: &RequestTemplate) -> WebService {
        self.web_service.unwrap_or(match message {
            RequestTemplate::Parts { command_variant, .. } => {
                // A variant that the schema does not have belongs to no web service.
                let variant = CommandVariant::try_from(u64::from(*command_variant));
                variant.map_or(WebService::NonDevice, WebService::of)
            }
            RequestTemplate::Whole(_) => WebService::NonDevice,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTamper {
    pub(super) replace: String,
    pub(super) by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEvent {
    #[serde(deserialize_with = "one_parsed")]
    pub(super) device: Eui64,
    pub(super) name: String,
    pub(super) version: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawImport {
    #[serde(deserialize_with = "one_parsed")]
    pub(super) kind: Kind,
    pub(super) csv: Option<String>,
    pub(super) file: Option<String>,
    #[serde(default)]
    pub(super) refused: bool,
}

/// The EUI-64 of a User as text.
#[derive(Clone, Copy)]
pub(super) struct RawUser(pub(super) Eui64);

impl<'de> Deserialize<'de> for RawUser {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        one_parsed(from).map(Self)
    }
}

/// An instant as text.
pub(super) struct RawInstant(pub(super) Timestamp);

impl<'de> Deserialize<'de> for RawInstant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        parse_instant(&String::deserialize(from)?).map(Self).map_err(D::Error::custom)
    }
}

fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    RawInstant::deserialize(from).map(|instant| Some(instant.0))
}

fn one_parsed<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

fn parsed<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    one_parsed(from).map(Some)
}

fn all_parsed<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let texts = Vec::<String>::deserialize(from)?;
    texts.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
}
