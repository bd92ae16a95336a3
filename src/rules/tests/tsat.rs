use super::*;
use crate::domain::{
    MoveRequest,
    tsat::{Baseline, Specification, Tables},
};

/// A hub of CHTS 1.0 in that status, whose Installation Validity Period ended or not.
fn hub(status: SmiStatus, day: &str) -> DeviceFacts {
    let baseline = Baseline::read(Some(Specification::Chts), Some("CHTS V1.0"), Some("1.1"));
    let validity = Tables::shipped().install_validity(baseline, parse_date(day).unwrap());
    let facts = facts(device(DeviceType::Chf, Some(status)));
    DeviceFacts { validity: Some(validity), responsible: responsible(SENDER), ..facts }
}

fn settings(tsat: TsatMode) -> RuleSettings {
    RuleSettings { tsat, ..RuleSettings::default() }
}

/// The code, the rule that decided, and whether TSAT/e held where it was asked.
fn told(decision: &Decision) -> (&'static str, &'static str, Option<bool>) {
    let step = decision.steps.iter().find(|step| step.rule.id == "TSAT/e");
    (decision.code.as_str(), decision.decided_by().unwrap().id, step.map(|step| step.holds))
}

/// HUBS.md 5; MP139-R2: every mode, before and after the last day, by SR 8.14.1 and by SR 8.4.
#[test]
fn tsat_e_is_noted_or_refuses_where_a_device_is_installed() {
    for (mode, day, installed, updated) in [
        (TsatMode::Off, "2022-02-01", ("I99", "SR/15", None), ("I99", "SR8.4/k", None)),
        (TsatMode::Note, "2022-01-31", ("I99", "SR/15", Some(true)), ("I99", "SR8.4/k", Some(true))),
        (TsatMode::Note, "2022-02-01", ("I99", "SR/15", Some(false)), ("I99", "SR8.4/k", Some(false))),
        (TsatMode::Refuse, "2022-01-31", ("I99", "SR/15", Some(true)), ("I99", "SR8.4/k", Some(true))),
        (TsatMode::Refuse, "2022-02-01", ("E5", "TSAT/e", Some(false)), ("E080411", "TSAT/e", Some(false))),
    ] {
        let facts = hub(SmiStatus::Pending, day);
        let case = Case::MoveDevice(MoveRequest::InstallSuccess, DEVICE, Some(Box::new(facts.clone())));
        // Any Body: the case is what is decided.
        let decision = decide_as(Body::DecommissionDevice(DEVICE), case, settings(mode));
        assert_eq!(told(&decision), installed, "{mode} {day}");
        let to = InventoryChange::StatusCh(StatusCh::InstalledNotCommissioned);
        let decision = update_as(to, Some(facts), settings(mode));
        assert_eq!(told(&decision), updated, "{mode} {day}");
    }
}

/// HUBS.md 5: returns, later moves and moves that the table of SMI Statuses does not have are not asked about.
#[test]
fn tsat_e_is_not_asked_where_nothing_is_installed() {
    let ask = |request, status| {
        let case = Case::MoveDevice(request, DEVICE, Some(Box::new(hub(status, "2022-02-01"))));
        told(&decide_as(Body::DecommissionDevice(DEVICE), case, settings(TsatMode::Refuse)))
    };
    assert_eq!(ask(MoveRequest::FaultReturn, SmiStatus::Pending), ("I99", "SR/15", None));
    assert_eq!(ask(MoveRequest::InstallSuccess, SmiStatus::InstalledNotCommissioned), ("I99", "SR/15", None));
    assert_eq!(ask(MoveRequest::InstallSuccess, SmiStatus::Decommissioned), ("E5", "SR/15", None));
    let withdrawn = InventoryChange::StatusCh(StatusCh::Withdrawn);
    let refused =
        update_as(withdrawn, Some(hub(SmiStatus::Pending, "2022-02-01")), settings(TsatMode::Refuse));
    assert_eq!(told(&refused), ("E080411", "SR8.4/k", None));
}
