//! The question of a recorded SR 8.4, read back from its checks.
//!
//! The store keeps what each check saw, and not the request. The texts are those of this version of the engine; of a record that has
//! others, less is known.

use super::{
    evidence::saw_model,
    rulebook::{common, sr_8_4 as rules},
    status::Trigger,
    what_if::{ChangeKind, cpl_places},
};
use crate::domain::{CplFacts, DeviceType, Eui64, SmiStatus};

/// What the checks say of the question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recalled {
    /// The Device Type.
    pub device_type: Option<DeviceType>,
    /// The SMI Status before the change; none for Type 2 too.
    pub status: Option<SmiStatus>,
    /// Whether it was a SMETS1 Device, where a check asked.
    pub smets1: Option<bool>,
    /// Whether the sender was the pre-notifier.
    pub pre_notified: Option<bool>,
    /// Whether the sender was a Responsible Supplier.
    pub responsible: Option<bool>,
    /// The change. Not known of a status change that was refused before its move was looked at.
    pub change: Option<ChangeKind>,
    /// The entry of the resulting Device Model.
    pub resulting_model: Option<CplFacts>,
}

/// Reads checks back, each a rule's ID and what it saw, of a request by that sender.
pub fn recall<'a>(steps: impl IntoIterator<Item = (&'a str, &'a str)>, sender: Eui64) -> Recalled {
    let mut recalled = Recalled::default();
    for (rule, saw) in steps {
        recalled.read(rule, saw, sender);
    }
    recalled
}

impl Recalled {
    fn read(&mut self, rule: &str, saw: &str, sender: Eui64) {
        if rule == common::DEVICE_KNOWN.id {
            self.device(saw);
        } else if rule == rules::NAMES_A_DETAIL.id {
            self.change = details(saw);
        } else if rule == rules::MODEL_ON_CPL.id {
            self.resulting_model =
                cpl_places().map(|(_, facts)| facts).find(|facts| saw_model(*facts) == saw);
        } else if rule == rules::VARIANT_SMETS2.id {
            self.smets1 = Some(saw.contains("SMETS1"));
        } else if rule == rules::STATUS_MOVE.id {
            self.change = status_move(saw);
        } else if rule == rules::DELETE.id {
            self.change = Some(ChangeKind::Delete);
        } else if rule == rules::MPXN.id {
            self.change = Some(ChangeKind::Mpxn);
        }
        self.relation(saw, sender);
    }

    /// `ESME 00-DB-12-34-56-78-90-A0, Commissioned`.
    fn device(&mut self, saw: &str) {
        let Some((device_type, rest)) = saw.split_once(' ') else { return };
        self.device_type = device_type.parse().ok();
        self.status = rest.rsplit_once(", ").and_then(|(_, status)| status.parse().ok());
    }

    /// `Responsible Supplier: A (...), B (...); pre-notifier C, sender D`, or a part of it in either order.
    fn relation(&mut self, saw: &str, sender: Eui64) {
        if !saw.ends_with(&format!("sender {sender}")) && !saw.contains(&format!("sender {sender};")) {
            return;
        }
        let is_said = |found: &mut Option<bool>, is: bool| *found = Some(found.unwrap_or(false) || is);
        if saw.contains("pre-notifier") {
            is_said(&mut self.pre_notified, saw.contains(&format!("pre-notifier {sender}")));
        }
        if saw.contains("Responsible Supplier: ") {
            // Each Supplier stands with its registration in brackets; the sender itself does not. That of a new MPxN counts as one.
            is_said(&mut self.responsible, saw.contains(&format!("{sender} (")));
        }
    }
}

fn details(saw: &str) -> Option<ChangeKind> {
    let named = saw.strip_prefix("names ")?;
    if named == "no detail" {
        return Some(ChangeKind::NoDetail);
    }
    let names = |name: &str| named.split(", ").any(|one| one.split(' ').next() == Some(name));
    let model = ["DeviceManufacturer", "DeviceModel", "SMETSCHTSVersion", "FirmwareVersion"];
    match (model.into_iter().any(names), names("ESMEVariant")) {
        (true, true) => Some(ChangeKind::Details),
        (true, false) => Some(ChangeKind::Model),
        (false, true) => Some(ChangeKind::Variant),
        (false, false) => None,
    }
}

/// `Whitelisted to Commissioned by UpdateDeviceStatusExceptCH`.
fn status_move(saw: &str) -> Option<ChangeKind> {
    let (_, rest) = saw.split_once(" to ")?;
    let (to, by) = rest.split_once(" by ")?;
    ChangeKind::all().find(|kind| match kind {
        ChangeKind::StatusExceptCh(status) => {
            by == Trigger::UpdateStatusExceptCh.as_str() && SmiStatus::from(*status).as_str() == to
        }
        ChangeKind::StatusCh(status) => {
            by == Trigger::UpdateStatusCh.as_str() && SmiStatus::from(*status).as_str() == to
        }
        ChangeKind::Variant
        | ChangeKind::Model
        | ChangeKind::Details
        | ChangeKind::NoDetail
        | ChangeKind::Delete
        | ChangeKind::Mpxn => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{CodeOverrides, Now, Timestamp},
        rules::{
            RuleSettings,
            what_if::{ANY_OTHER_USER, Relation, WhatIf},
        },
    };

    /// Every question that can be asked of a SMETS2+ or SMETS1 Device.
    fn questions() -> Vec<(DeviceType, Option<SmiStatus>, Relation, WhatIf)> {
        let mut all = Vec::new();
        for device_type in DeviceType::ALL.iter().copied() {
            let statuses = SmiStatus::ALL.iter().copied().map(Some);
            let statuses =
                statuses.chain([None]).filter(|status| status.is_none() == device_type.is_type_2());
            for status in statuses {
                for relation in Relation::ALL.iter().copied() {
                    for change in ChangeKind::all() {
                        let asked = WhatIf::new(device_type, status, relation, change).unwrap();
                        let mut smets1 = asked;
                        smets1.smets1 = true;
                        all.extend([asked, smets1].map(|asked| (device_type, status, relation, asked)));
                    }
                }
            }
        }
        all
    }

    #[test]
    fn a_question_is_read_back_from_its_checks() {
        let mut unknown = 0;
        for (device_type, status, relation, mut asked) in questions() {
            asked.resulting_model = CplFacts::Absent;
            let settings =
                RuleSettings { responsible_supplier_while_pending: true, ..RuleSettings::default() };
            let decision =
                asked.decide(Now(Timestamp::UNIX_EPOCH), settings, &CodeOverrides::default()).unwrap();
            let steps = decision.steps.iter().map(|step| (step.rule.id, step.saw.as_str()));
            let recalled = recall(steps, ANY_OTHER_USER);
            assert_eq!((recalled.device_type, recalled.status), (Some(device_type), status), "{asked}");
            let is_either = |known: Option<bool>, is: bool| known.is_none_or(|known| known == is);
            let (pre_notified, responsible) = (
                matches!(relation, Relation::PreNotifier | Relation::Both),
                matches!(relation, Relation::Responsible | Relation::Both),
            );
            assert!(is_either(recalled.pre_notified, pre_notified), "{asked}: {recalled:?}");
            assert!(is_either(recalled.responsible, responsible), "{asked}: {recalled:?}");
            assert!(is_either(recalled.smets1, asked.smets1), "{asked}: {recalled:?}");
            assert!(recalled.resulting_model.is_none_or(|model| model == CplFacts::Absent), "{asked}");
            match recalled.change {
                Some(change) => assert_eq!(change, asked.change, "{asked}"),
                None => {
                    let by = decision.decided_by();
                    let early = [rules::STATUS_ELEMENT, rules::STATUS_BY];
                    assert!(by.is_some_and(|rule| early.contains(&rule)), "{asked}: {by:?}");
                    unknown += 1;
                }
            }
        }
        assert!(unknown > 0);
    }

    #[test]
    fn other_texts_say_nothing() {
        let texts = ["", "x", "names", "names x", "a to b", "a to b by c", ", ", "sender", "\u{e9} \u{e9}"];
        let rules = crate::rules::rulebook::all_rules().map(|rule| rule.id);
        let all = rules.flat_map(|rule| texts.iter().map(move |text| (rule, *text)));
        let recalled = recall(all, ANY_OTHER_USER);
        assert_eq!((recalled.device_type, recalled.status), (None, None));
        assert_eq!((recalled.pre_notified, recalled.responsible), (None, None));
    }
}
