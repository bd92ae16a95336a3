//! Lookups in the rulebook: by Service Request, and by id.

use super::{
    changes, common, cspm_n3, firmware, maintenance, privacy, reflash, sr_8_2, sr_8_4, sr_8_11, sr_11_1,
    sr_11_3, sr_12_1, sr_12_2, ssmi, tsat, variants,
};
use crate::domain::{Decision, ResponseCode, Rule, ServiceRequest, Standing};

/// The specific checks of a Service Request, which follow the common ones.
pub const fn own_rules(service: ServiceRequest) -> &'static [&'static Rule] {
    match service {
        ServiceRequest::ReadInventory => sr_8_2::ALL,
        ServiceRequest::UpdateInventory => sr_8_4::ALL,
        ServiceRequest::UpdateHanDeviceLog => sr_8_11::ALL,
        // The common checks 12 to 15 are all that these have.
        ServiceRequest::DecommissionDevice
        | ServiceRequest::HubInstallSuccess
        | ServiceRequest::HubInstallNoSmWan
        | ServiceRequest::HubFaultReturn
        | ServiceRequest::HubNoFaultReturn => &[],
        ServiceRequest::UpdateFirmware => sr_11_1::ALL,
        ServiceRequest::ActivateFirmware => sr_11_3::ALL,
        ServiceRequest::RequestWanMatrix => sr_12_1::ALL,
        ServiceRequest::DevicePrenotification => sr_12_2::ALL,
    }
}

/// Whether the checks 13 to 15 apply: not to 8.2, 8.4, 11.1 and 12.x, which have specific checks instead (SMI.md 3).
const fn acts_on_a_device(service: ServiceRequest) -> bool {
    match service {
        ServiceRequest::DecommissionDevice
        | ServiceRequest::UpdateHanDeviceLog
        | ServiceRequest::HubInstallSuccess
        | ServiceRequest::HubInstallNoSmWan
        | ServiceRequest::HubFaultReturn
        | ServiceRequest::HubNoFaultReturn
        | ServiceRequest::ActivateFirmware => true,
        ServiceRequest::ReadInventory
        | ServiceRequest::UpdateInventory
        | ServiceRequest::UpdateFirmware
        | ServiceRequest::RequestWanMatrix
        | ServiceRequest::DevicePrenotification => false,
    }
}

/// The checks that an explanation of a Service Request lists, in order.
pub fn rules_for(service: ServiceRequest) -> impl Iterator<Item = &'static Rule> {
    let applies = move |rule: &&&Rule| acts_on_a_device(service) || !common::OF_A_MOVE.contains(*rule);
    common::ALL.iter().filter(applies).chain(own_rules(service)).copied()
}

/// The checks that the engine makes for a Service Request (SMI.md 3/12 to 3/15): without those about a Device if the request
/// names none, or has specific checks instead.
pub fn checks_of(service: ServiceRequest) -> impl Iterator<Item = &'static Rule> {
    rules_for(service).filter(move |rule| {
        // SR 8.4 makes check 12, and has specific rules instead of 13 to 15.
        if *rule == common::DEVICE_KNOWN {
            acts_on_a_device(service) || service == ServiceRequest::UpdateInventory
        } else if [common::DEVICE_TYPE, common::AUTHORISED_NOW, common::STATUS_SUITS].contains(rule) {
            acts_on_a_device(service)
        } else {
            true
        }
    })
}

/// All rules of the rulebook.
pub fn all_rules() -> impl Iterator<Item = &'static Rule> {
    let own = ServiceRequest::ALL.iter().flat_map(|service| own_rules(*service));
    let others = [
        tsat::ALL,
        cspm_n3::ALL,
        reflash::ALL,
        ssmi::ALL,
        privacy::ALL,
        changes::ALL,
        variants::ALL,
        firmware::ALL,
        maintenance::ALL,
    ]
    .into_iter()
    .flatten();
    common::ALL.iter().chain(own).chain(others).copied()
}

/// The rule with that id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    all_rules().find(|rule| rule.id == id)
}

/// Whether the decision refuses a Pre-Command (SR11.3/b), which no response code says: it is answered HTTP 501 instead.
pub fn asks_pre_command(decision: &Decision) -> bool {
    decision.steps.last().is_some_and(|step| step.rule == sr_11_3::PRE_COMMAND && !step.holds)
}

/// Whether the operator may set that code for the rule: only if the rule's own code is assumed (SMI.md, opening).
pub fn may_be_overridden(rule: &Rule, code: ResponseCode) -> bool {
    // A code of success would make a refused request look accepted, though nothing was changed.
    rule.code_standing == Standing::Assumed && !code.is_success()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F31, SMI.md 8.
    #[test]
    fn every_rule_says_who_could_do_what_it_refuses() {
        for rule in all_rules() {
            let whole = rule.remedy.len() > 10 && !rule.remedy.ends_with('.');
            assert!(whole, "{}: {}", rule.id, rule.remedy);
        }
    }

    #[test]
    fn ids_are_unique_and_found() {
        for known in all_rules() {
            assert_eq!(all_rules().filter(|other| other.id == known.id).count(), 1, "{}", known.id);
            assert_eq!(rule(known.id), Some(known));
        }
    }
}
