//! A what-if question: the engine's decision about an invented Device, sender and change.

use super::{
    change_kind::ChangeKind,
    decide::{ANY_OTHER_USER, any_supplier, decide_change, invented},
};
use crate::{
    domain::{
        CodeOverrides, CplFacts, CplStatus, Decision, Device, DeviceDetails, DeviceFacts, DeviceType,
        EsmeVariant, Eui64, Malformed, Now, Responsibility, Role, SmiStatus, Timestamp, set::closed_set,
    },
    rules::RuleSettings,
};

/// The sender of every question.
const SENDER: Eui64 = ANY_OTHER_USER;
const OTHER_USER: Eui64 = invented(0x52);
const DEVICE: Eui64 = invented(0xDE);

closed_set!(
    /// The sender's relation to the Device. The roles that the sender does not have are another User's.
    Relation, "a sender", {
        PreNotifier => "pre-notifier",
        Responsible => "responsible",
        Both => "both",
        Neither => "neither",
    }
);

impl Relation {
    /// The relation of a User that is the pre-notifier or not, and the Responsible Supplier or not.
    pub const fn of(pre_notified: bool, is_responsible: bool) -> Self {
        match (pre_notified, is_responsible) {
            (true, true) => Self::Both,
            (true, false) => Self::PreNotifier,
            (false, true) => Self::Responsible,
            (false, false) => Self::Neither,
        }
    }

    const fn pre_notified(self) -> bool {
        match self {
            Self::PreNotifier | Self::Both => true,
            Self::Responsible | Self::Neither => false,
        }
    }

    const fn is_responsible(self) -> bool {
        match self {
            Self::Responsible | Self::Both => true,
            Self::PreNotifier | Self::Neither => false,
        }
    }
}

/// The places of a Device Model on the Central Products List, by the names that questions have for them.
pub fn cpl_places() -> impl Iterator<Item = (String, CplFacts)> {
    let listed =
        CplStatus::ALL.iter().map(|status| (status.as_str().to_lowercase(), CplFacts::Listed(*status)));
    let others = [("absent", CplFacts::Absent), ("not-loaded", CplFacts::NotLoaded)];
    listed.chain(others.map(|(name, facts)| (name.to_owned(), facts)))
}

/// Reads a place on the Central Products List.
///
/// # Errors
/// When it is none: with the names that there are.
pub fn parse_cpl(text: &str) -> Result<CplFacts, Malformed> {
    let found = cpl_places().find(|(name, _)| name == text).map(|(_, facts)| facts);
    found.ok_or_else(|| {
        let names = cpl_places().map(|(name, _)| name).collect::<Vec<_>>();
        Malformed::new(text, format!("a place on the Central Products List: one of {}", names.join(", ")))
    })
}

/// A what-if question: an SR 8.4 about an invented Device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WhatIf {
    device_type: DeviceType,
    status: Option<SmiStatus>,
    /// The sender's relation to the Device.
    pub sender: Relation,
    /// The change that is requested.
    pub change: ChangeKind,
    /// Whether the Device is a SMETS1 Device.
    pub smets1: bool,
    /// The entry of the resulting Device Model on the Central Products List.
    pub resulting_model: CplFacts,
}

/// The error of a what-if question that has no answer.
#[derive(Debug, thiserror::Error)]
pub enum WhatIfFault {
    /// There can be no such Device.
    #[error("{0}")]
    Impossible(String),
    /// An invented value is malformed, which is a bug of this program.
    #[error(transparent)]
    Invented(#[from] Malformed),
}

impl WhatIf {
    /// Makes a question about a SMETS2+ Device, without a Central Products List.
    ///
    /// # Errors
    /// When the Device Type has no SMI Status and one is given, or the other way round.
    pub fn new(
        device_type: DeviceType,
        status: Option<SmiStatus>,
        sender: Relation,
        change: ChangeKind,
    ) -> Result<Self, WhatIfFault> {
        match (device_type.is_type_2(), status) {
            (true, Some(_)) => Err(WhatIfFault::Impossible(format!(
                "Device Type {device_type} is of Type 2: it has no SMI Status"
            ))),
            (false, None) => {
                Err(WhatIfFault::Impossible(format!("Device Type {device_type} has an SMI Status: name one")))
            }
            (true, None) | (false, Some(_)) => Ok(Self {
                device_type,
                status,
                sender,
                change,
                smets1: false,
                resulting_model: CplFacts::NotLoaded,
            }),
        }
    }

    /// Decides the question, by the same functions as a real request.
    ///
    /// # Errors
    /// When an invented value is malformed.
    pub fn decide(
        &self,
        now: Now,
        settings: RuleSettings,
        codes: &CodeOverrides,
    ) -> Result<Decision, WhatIfFault> {
        let sender = (SENDER, Some(any_supplier(SENDER)));
        Ok(decide_change(self.change, self.facts()?, sender, now, (settings, codes))?)
    }

    fn facts(&self) -> Result<DeviceFacts, Malformed> {
        let user = |is_sender: bool| if is_sender { SENDER } else { OTHER_USER };
        let pre_notifier = user(self.sender.pre_notified());
        let supplier = user(self.sender.is_responsible());
        let device = Device {
            status: self.status,
            s1sp: self.smets1.then(|| "S1SP".parse()).transpose()?,
            ..Device::pre_notified(DEVICE, self.device_type, details(self.device_type)?, pre_notifier)
        };
        Ok(DeviceFacts {
            device,
            gpf: None,
            // There is always a Responsible Supplier: the sender, or another User.
            responsible: vec![responsibility(supplier)?],
            responsible_for_new_mpxn: Vec::new(),
            resulting_model: self.resulting_model,
            // A Device that is made up has no version to ask the tables about.
            validity: None,
        })
    }
}

impl std::fmt::Display for WhatIf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let generation = if self.smets1 { "SMETS1 " } else { "" };
        let status = self.status.map_or("without status", SmiStatus::as_str);
        let Self { device_type, sender, change, .. } = self;
        write!(f, "{generation}{device_type}, {status}; sender: {sender}; change: {change}")
    }
}

fn responsibility(user: Eui64) -> Result<Responsibility, Malformed> {
    Ok(Responsibility { user, role: Role::IS, mpxn: "1012345678901".parse()?, since: Timestamp::UNIX_EPOCH })
}

fn details(device_type: DeviceType) -> Result<DeviceDetails, Malformed> {
    Ok(DeviceDetails {
        manufacturer: "AB01".parse()?,
        model: "MODEL 1".parse()?,
        smets_chts_version: Some("2.0".parse()?),
        firmware_version: Some("1".parse()?),
        esme_variant: (device_type == DeviceType::Esme).then_some(EsmeVariant::A),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_that_can_be_asked_has_an_answer() {
        let now = Now(Timestamp::UNIX_EPOCH);
        for device_type in DeviceType::ALL {
            for change in ChangeKind::all() {
                for relation in Relation::ALL {
                    let status = (!device_type.is_type_2()).then_some(SmiStatus::Whitelisted);
                    let question = WhatIf::new(*device_type, status, *relation, change).unwrap();
                    let decision =
                        question.decide(now, RuleSettings::default(), &CodeOverrides::default()).unwrap();
                    assert_eq!(decision.code.is_success(), !decision.changes.is_empty(), "{question:?}");
                }
            }
        }
    }

    #[test]
    fn a_type_2_device_has_no_status_and_any_other_has_one() {
        let asked = |device_type, status| {
            WhatIf::new(device_type, status, Relation::Both, ChangeKind::Delete).map_err(|no| no.to_string())
        };
        insta::assert_snapshot!(asked(DeviceType::Ihd, Some(SmiStatus::Pending)).unwrap_err(), @"Device Type IHD is of Type 2: it has no SMI Status");
        insta::assert_snapshot!(asked(DeviceType::Chf, None).unwrap_err(), @"Device Type CHF has an SMI Status: name one");
        assert!(asked(DeviceType::Cad, None).is_ok());
    }
}
