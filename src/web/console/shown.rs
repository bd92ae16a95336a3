//! How values are shown: instants with the UTC one on hover, IDs as links. Each writes HTML of its own, so none may hold a text that
//! others wrote.

use std::fmt;

use askama::filters::HtmlSafe;

use super::rule_text::RuleText;
use crate::{
    domain::{Device, Eui64, RequestId, ResponseCode, ServiceReferenceVariant, Timestamp, instant_text},
    service::console::KeyedDecisionValue,
    web::local_time::local_text,
};

/// An instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct When(pub(super) Timestamp);

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (utc, local) = (instant_text(self.0), local_text(self.0));
        write!(f, "<time datetime=\"{utc}\" title=\"{utc}\">{local}</time>")
    }
}

impl HtmlSafe for When {}

/// A Device, as a link to its page.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeviceLink(pub(super) Eui64);

impl fmt::Display for DeviceLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.0;
        write!(f, "<a class=\"id\" href=\"/devices/{id}\">{id}</a>")
    }
}

impl HtmlSafe for DeviceLink {}

/// A User, as a link to its page.
#[derive(Clone, Copy, Debug)]
pub(super) struct UserLink(pub(super) Eui64);

impl fmt::Display for UserLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.0;
        write!(f, "<a class=\"id\" href=\"/users/{id}\">{id}</a>")
    }
}

impl HtmlSafe for UserLink {}

/// A RequestID, as a link to its decisions.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestLink(pub(super) RequestId);

impl fmt::Display for RequestLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RequestId { originator, target, counter } = self.0;
        let id = self.0;
        // Three parts, so that a narrow window breaks between them.
        write!(
            f,
            "<a class=\"id\" href=\"/decisions?request_id={id}\">{originator}:<wbr>{target}:<wbr>{counter}</a>"
        )
    }
}

impl HtmlSafe for RequestLink {}

/// A response code, marked as accepted or refused by shape and colour, and said for those who see neither.
#[derive(Clone, Copy, Debug)]
pub(super) struct CodeMark(pub(super) ResponseCode);

impl fmt::Display for CodeMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, said) = if self.0.is_success() { ("good", "accepted") } else { ("bad", "refused") };
        write!(f, "<span class=\"mark {class}\">{} <span class=\"aside\">{said}</span></span>", self.0)
    }
}

impl HtmlSafe for CodeMark {}

/// A decision as lists show it.
#[derive(Clone, Debug)]
pub(super) struct DecisionRow {
    pub(super) key: i64,
    pub(super) at: When,
    pub(super) code: CodeMark,
    pub(super) service: Option<ServiceReferenceVariant>,
    pub(super) user: UserLink,
    pub(super) device: Option<DeviceLink>,
    pub(super) rule: Option<RuleText>,
    pub(super) request: RequestLink,
}

impl From<KeyedDecisionValue> for DecisionRow {
    fn from(row: KeyedDecisionValue) -> Self {
        let record = row.record;
        Self {
            key: row.key,
            at: When(record.at),
            code: CodeMark(record.code),
            service: record.variant,
            user: UserLink(record.user),
            device: record.device.map(DeviceLink),
            rule: record.rule.as_deref().map(RuleText::of),
            request: RequestLink(record.request_id),
        }
    }
}

/// A Device as lists and trees show it.
#[derive(Clone, Debug)]
pub(super) struct DeviceRow {
    pub(super) id: Eui64,
    pub(super) link: DeviceLink,
    pub(super) device_type: &'static str,
    pub(super) status: &'static str,
    pub(super) model: String,
    pub(super) premises: String,
    /// As which of its MPxNs it has the one that the list is about.
    pub(super) has_it_as: Option<String>,
}

impl From<&Device> for DeviceRow {
    fn from(device: &Device) -> Self {
        let details = &device.details;
        let premises = device.property.as_ref().map(|property| {
            format!("{} {}", property.address_identifier.as_str(), property.post_code.as_str())
        });
        Self {
            id: device.id,
            link: DeviceLink(device.id),
            device_type: device.device_type.as_str(),
            status: device.status_text(),
            model: format!("{} {}", details.manufacturer, details.model),
            premises: premises.unwrap_or_default(),
            has_it_as: None,
        }
    }
}
