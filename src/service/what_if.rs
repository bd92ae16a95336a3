//! What-if questions: `smi explain --what-if` and the console ask them here, and nothing is read or stored.

use super::{App, Fault};
use crate::{
    domain::{
        CodeOverrides, CplFacts, Decision, DeviceField, DeviceType, Eui64, Now, ServiceRequest, SmiStatus,
        Timestamp,
    },
    rules::{
        RuleSettings,
        recall::{Recalled, recall},
        what_if::{ChangeKind, Relation, WhatIf, WhatIfFault},
    },
    store::{self, DecisionRecord, Session},
};

/// Decides a question under these settings. It needs no store, so that a question can be asked where there is none.
///
/// # Errors
/// When an invented value is malformed.
pub fn decide_what_if(
    question: &WhatIf,
    now: Now,
    settings: RuleSettings,
    codes: &CodeOverrides,
) -> Result<Decision, WhatIfFault> {
    question.decide(now, settings, codes)
}

/// A question as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartialQuestion {
    /// The Device Type.
    pub device_type: Option<DeviceType>,
    /// The SMI Status; none for Type 2 too.
    pub status: Option<SmiStatus>,
    /// The sender's relation to the Device.
    pub sender: Option<Relation>,
    /// The change.
    pub change: Option<ChangeKind>,
    /// Whether it is a SMETS1 Device.
    pub smets1: bool,
    /// The entry of the resulting Device Model.
    pub resulting_model: Option<CplFacts>,
}

impl App {
    /// Decides a question by this service's settings.
    ///
    /// # Errors
    /// When an invented value is malformed.
    pub fn what_if(&self, question: &WhatIf) -> Result<Decision, WhatIfFault> {
        let choices = self.choices();
        decide_what_if(question, self.clock().now(), choices.rules, &choices.codes)
    }

    /// The question of a recorded SR 8.4, as its checks say it; where they do not, as the Device stood then. None of any other
    /// request.
    ///
    /// # Errors
    /// When the store fails.
    pub fn question_of(&self, record: &DecisionRecord) -> Result<Option<PartialQuestion>, Fault> {
        let is_update =
            record.variant.is_some_and(|variant| variant == ServiceRequest::UpdateInventory.variant());
        let Some(device) = record.device.filter(|_| is_update) else { return Ok(None) };
        let steps = record.steps.iter().map(|step| (step.rule.as_str(), step.saw.as_str()));
        let recalled = recall(steps, record.user);
        let stood = self.stood(device, record.user, record.at)?;
        let Recalled { device_type, status, smets1, pre_notified, responsible, change, resulting_model } =
            recalled;
        let relation = pre_notified.or(stood.pre_notified).zip(responsible.or(stood.responsible));
        Ok(Some(PartialQuestion {
            device_type,
            status,
            // Of a Device that was not in the SMI nothing is known.
            sender: relation.map(|(pre_notified, responsible)| Relation::of(pre_notified, responsible)),
            change,
            smets1: smets1.unwrap_or(stood.smets1),
            resulting_model,
        }))
    }

    /// What a User was to a Device at an instant.
    fn stood(&self, device: Eui64, user: Eui64, at: Timestamp) -> Result<Stood, Fault> {
        self.store().read(|connection| {
            let past = store::record_as_at(connection, device, at)?;
            let value = |field| past.as_ref().and_then(|past| past.value(field)).map(str::to_owned);
            let facts = store::device_facts(&mut Session::new(connection), device, Now(at))?;
            let is_responsible = |facts: &crate::domain::DeviceFacts| {
                facts.responsible.iter().any(|supplier| supplier.user == user)
            };
            Ok(Stood {
                pre_notified: value(DeviceField::PreNotifiedBy).map(|by| by == user.to_string()),
                responsible: facts.as_deref().map(is_responsible),
                smets1: facts.is_some_and(|facts| facts.device.is_smets1()),
            })
        })
    }
}

/// What a User was to a Device, where it is known.
struct Stood {
    pre_notified: Option<bool>,
    responsible: Option<bool>,
    smets1: bool,
}
