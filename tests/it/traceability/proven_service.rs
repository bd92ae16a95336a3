//! The rules of what stands around the inventory, run over made-up facts until each held and was broken.

use jiff::civil::date;
use smi::{
    domain::{
        AuxiliaryLoad, ChangeEffect, ChangeOutcome, ChangeRecord, EsmeGroup, EsmeModel, EsmePeers,
        EsmeVariant, ModelVariants, Pence, RegulatoryYear, Role, User, UserStatus, YesNo,
        maintenance::MaintenanceProvider,
        privacy::{AssessmentId, AssessmentKind, AssessmentTrigger, PrivacyAssessment},
    },
    rules::{
        change_record::failure_explained,
        privacy,
        variants::{VariantReference, VariantSettings, judge},
    },
};

use super::proven::Seen;
use crate::support::SUPPLIER;

fn user(role: Role) -> User {
    User {
        id: SUPPLIER,
        party_signifier: String::new(),
        party_name: String::new(),
        roles: vec![role],
        status: UserStatus::Active,
        receive_response_url: None,
        answer_version: None,
    }
}

/// PA/a, PA/b, PA/c, PA/e, PA/h.
pub(super) fn privacy(seen: &mut Seen) {
    let year = RegulatoryYear::of(date(2026, 4, 1));
    let assessment = |reasonable, completed_on| PrivacyAssessment {
        id: AssessmentId::of_threshold(year, SUPPLIER),
        user: SUPPLIER,
        kind: AssessmentKind::RandomSample,
        trigger: AssessmentTrigger::Panel,
        for_year: year,
        auditor: None,
        raised_on: date(2026, 4, 1),
        started_on: None,
        completed_on: Some(completed_on),
        findings: None,
        cost: Some(Pence::new(1).into()),
        reasonable: Some(reasonable),
    };
    let (good, bad) = (assessment(YesNo::Yes, date(2027, 3, 31)), assessment(YesNo::No, date(2027, 4, 1)));
    let other = user(Role::OU);
    seen.steps(&[
        privacy::other_user(&other),
        privacy::other_user(&user(Role::IS)),
        privacy::activity_kept(Some(366)),
        privacy::activity_kept(Some(365)),
        privacy::threshold_passed(year, 4, 3),
        privacy::threshold_passed(year, 3, 3),
        privacy::cost_reasonable(&good),
        privacy::cost_reasonable(&bad),
        privacy::assessed_in(year, &other, &[good]),
        privacy::assessed_in(year, &other, &[bad]),
    ]);
}

/// PM/z.
pub(super) fn changes(seen: &mut Seen) {
    let failed = |effect| ChangeRecord {
        id: "C-1".parse().unwrap(),
        window: None,
        implemented_on: None,
        title: "Release".parse().unwrap(),
        provider: MaintenanceProvider::Dsp,
        outcome: Some(ChangeOutcome::Failed),
        incident: None,
        effect,
        lesson: "Back up first".parse().ok(),
    };
    seen.steps(&[failure_explained(&failed(Some(ChangeEffect::Minimal))), failure_explained(&failed(None))]);
}

/// EV/a to EV/e.
pub(super) fn variants(seen: &mut Seen) {
    let model =
        |model: &str| EsmeModel { manufacturer: "AB01".parse().unwrap(), model: model.parse().unwrap() };
    let line = |name: &str, firmware: &str, variants: &[EsmeVariant]| ModelVariants {
        model: model(name),
        firmware: firmware.parse().ok(),
        variants: variants.to_vec(),
        source: None,
    };
    let (a, ade) = (EsmeVariant::A, EsmeVariant::Ade);
    let mut peers = EsmePeers::default();
    peers.add(&model("M 1"), ade, 99);
    peers.add(&model("M 1"), EsmeVariant::B, 1);
    let settings = VariantSettings { hcalcs: true, ..VariantSettings::default() };
    let agreed = vec![line("M 1", "01", &[a]), line("M 1", "", &[a, ade])];
    let disputed = vec![line("M 1", "01", &[a]), line("M 1", "", &[ade])];
    for lines in [agreed, disputed] {
        let reference = VariantReference::new(lines);
        for (name, variant) in [("M 1", a), ("M 1", EsmeVariant::B), ("M 1", ade), ("m1", ade)] {
            let group = EsmeGroup { model: model(name), firmware: "01".parse().ok(), variant };
            let judged = judge(&group, AuxiliaryLoad::Some, &reference, &peers, settings);
            seen.steps(&judged.findings.into_iter().map(|finding| finding.step).collect::<Vec<_>>());
        }
    }
}
