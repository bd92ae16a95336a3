//! Evidence against a variant, as VARIANTS.md decides it.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    AuxiliaryLoad, Device, DeviceDetails, DeviceType, EsmeGroup, EsmeModel, EsmePeers, EsmeVariant, Eui64,
    EvidenceKind, EvidenceStrength, ModelVariants,
};

use EsmeVariant::{A, Ad, Ade, B};

fn model(name: &str) -> EsmeModel {
    EsmeModel { manufacturer: "AB01".parse().unwrap(), model: name.parse().unwrap() }
}

fn line(name: &str, firmware: &str, variants: &[EsmeVariant]) -> ModelVariants {
    ModelVariants {
        model: model(name),
        firmware: firmware.parse().ok(),
        variants: variants.to_vec(),
        source: Some("letter of 1 May".parse().unwrap()),
    }
}

fn group(name: &str, firmware: &str, variant: EsmeVariant) -> EsmeGroup {
    EsmeGroup { model: model(name), firmware: firmware.parse().ok(), variant }
}

fn peers(counts: &[(EsmeVariant, u64)]) -> EsmePeers {
    let mut peers = EsmePeers::default();
    counts.iter().for_each(|(variant, esmes)| peers.add(&model("M 1"), *variant, *esmes));
    peers
}

fn by_peers(variant: EsmeVariant, counts: &[(EsmeVariant, u64)], lines: &[ModelVariants]) -> Judgement {
    let reference = VariantReference::new(lines.to_vec());
    judge(
        &group("M 1", "01", variant),
        AuxiliaryLoad::None,
        &reference,
        &peers(counts),
        VariantSettings::default(),
    )
}

fn by_lines(group: &EsmeGroup, lines: &[ModelVariants]) -> Judgement {
    let reference = VariantReference::new(lines.to_vec());
    judge(group, AuxiliaryLoad::None, &reference, &EsmePeers::default(), VariantSettings::default())
}

/// VARIANTS.md 6/1, EV/b.
#[test]
fn ev_b_fewer_than_2_percent_of_at_least_100_are_outliers() {
    let outlier = by_peers(A, &[(Ade, 985), (A, 15)], &[]);
    assert_eq!((outlier.kind(), outlier.suggested()), (Some(EvidenceKind::Outlier), Some(Ade)));
    assert_eq!(outlier.strength(), Some(EvidenceStrength::Weak));
    let proof = "EV/b: 15 of 1000 ESMEs of `AB01` `M 1` hold A, 985 hold ADE (counted in the SMI)";
    assert_eq!(outlier.proof(), proof);
    assert_eq!(by_peers(Ade, &[(Ade, 985), (A, 15)], &[]).kind(), None, "the others are none");
    assert_eq!(by_peers(A, &[(Ade, 980), (A, 20)], &[]).kind(), None, "2.0%");
    assert_eq!(by_peers(A, &[(Ade, 98), (A, 1)], &[]).kind(), None, "99 in all");
    assert_eq!(by_peers(A, &[(Ade, 99), (A, 1)], &[]).kind(), Some(EvidenceKind::Outlier), "100 in all");
}

/// EV/b: one variant is held by at least 90%.
#[test]
fn ev_b_without_a_variant_that_90_percent_hold_none_is_an_outlier() {
    assert_eq!(by_peers(A, &[(Ade, 899), (Ad, 90), (A, 11)], &[]).kind(), None);
    assert_eq!(by_peers(A, &[(Ade, 900), (Ad, 89), (A, 11)], &[]).suggested(), Some(Ade));
}

/// VARIANTS.md 6/2.
#[test]
fn ev_a_a_variant_of_the_list_stays_an_outlier() {
    let judged = by_peers(A, &[(Ade, 985), (A, 15)], &[line("M 1", "", &[A, Ade])]);
    assert_eq!(judged.kind(), Some(EvidenceKind::Outlier));
    assert!(!judged.has(EvidenceKind::Contradicted));
}

/// EV/a, VARIANTS.md 6/3.
#[test]
fn ev_a_a_variant_that_is_not_in_the_list_is_contradicted() {
    let judged = by_lines(&group("M 1", "01", A), &[line("M 1", "", &[Ade])]);
    assert_eq!((judged.kind(), judged.suggested()), (Some(EvidenceKind::Contradicted), Some(Ade)));
    assert_eq!(judged.strength(), Some(EvidenceStrength::Strong));
    assert_eq!(judged.proof(), "EV/a: A; model-variants has ADE for `AB01` `M 1` (letter of 1 May)");
    let several = by_lines(&group("M 1", "01", A), &[line("M 1", "", &[Ade, Ad])]);
    assert_eq!((several.kind(), several.suggested()), (Some(EvidenceKind::Contradicted), None));
}

/// VARIANTS.md 6/4: the line with the firmware version wins.
#[test]
fn ev_a_the_line_of_the_firmware_version_wins() {
    let lines = [line("M 1", "01", &[A]), line("M 1", "", &[Ade])];
    assert_eq!(by_lines(&group("M 1", "01", A), &lines).kind(), None);
    assert_eq!(by_lines(&group("M 1", "02", A), &lines).suggested(), Some(Ade));
    assert_eq!(by_lines(&group("M 1", "", A), &lines).suggested(), Some(Ade), "no version is known");
    assert_eq!(by_lines(&group("M 1", "01", Ade), &lines).suggested(), Some(A), "one line alone contradicts");
}

/// EV/d, ours: both lines contradict the variant.
#[test]
fn ev_d_two_lines_that_disagree_are_a_dispute_without_a_suggestion() {
    let disputed = by_lines(&group("M 1", "01", B), &[line("M 1", "01", &[A]), line("M 1", "", &[Ade])]);
    assert_eq!((disputed.kind(), disputed.suggested()), (Some(EvidenceKind::Disputed), None));
    assert!(disputed.has(EvidenceKind::Contradicted), "all of it is shown");
    let agreed = by_lines(&group("M 1", "01", B), &[line("M 1", "01", &[A]), line("M 1", "", &[A, Ade])]);
    assert_eq!((agreed.kind(), agreed.suggested()), (Some(EvidenceKind::Contradicted), Some(A)));
}

/// EV/c, O7: off by default.
#[test]
fn ev_c_an_hcalcs_beside_a_variant_without_d_is_a_hint_where_it_is_asked_for() {
    let judged = |variant, load, hcalcs| {
        let settings = VariantSettings { hcalcs, ..VariantSettings::default() };
        let reference = VariantReference::default();
        judge(&group("M 1", "", variant), load, &reference, &EsmePeers::default(), settings)
    };
    let hcalcs = AuxiliaryLoad::Device(Eui64::from_octets([1; 8]));
    let hint = judged(A, hcalcs, true);
    assert_eq!((hint.kind(), hint.suggested()), (Some(EvidenceKind::Hint), None));
    assert_eq!(hint.proof(), "EV/c: A; HCALCS 01-01-01-01-01-01-01-01 on the Communications Hub (the SMI)");
    assert_eq!(judged(A, AuxiliaryLoad::Some, true).kind(), Some(EvidenceKind::Hint));
    assert_eq!(judged(A, AuxiliaryLoad::None, true).kind(), None);
    assert_eq!(judged(Ade, hcalcs, true).kind(), None, "it has a D");
    assert_eq!(judged(A, hcalcs, false).kind(), None);
}

/// MP125-R13.
#[test]
fn ev_e_the_model_that_is_written_otherwise_is_shown_as_such() {
    let lines = [line("M 1", "", &[Ade])];
    let judged = by_lines(&group("m1", "01", A), &lines);
    assert_eq!((judged.kind(), judged.suggested()), (Some(EvidenceKind::Model), None));
    assert_eq!(judged.proof(), "EV/e: `AB01` `m1`; model-variants has `AB01` `M 1`");
    assert_eq!(by_lines(&group("M 2", "01", A), &lines).kind(), None);
    let both = [line("M 1", "", &[Ade]), line("m1", "02", &[Ade])];
    assert_eq!(by_lines(&group("m1", "01", A), &both).kind(), None, "the model has a line of its own");
}

fn device(s1sp: Option<&str>) -> Device {
    let details = DeviceDetails {
        manufacturer: "AB01".parse().unwrap(),
        model: "M 1".parse().unwrap(),
        smets_chts_version: None,
        firmware_version: Some("01".parse().unwrap()),
        esme_variant: Some(A),
    };
    let id = Eui64::from_octets([2; 8]);
    let device = Device::pre_notified(id, DeviceType::Esme, details, id);
    Device { s1sp: s1sp.map(|name| name.parse().unwrap()), ..device }
}

/// MP125-R6, R11.
#[test]
fn ev_d_smets1_esmes_are_not_judged() {
    let reference = VariantReference::new(vec![line("M 1", "", &[Ade])]);
    let warning = firmware_warning(&device(None), &reference).unwrap();
    let saw = "02-02-02-02-02-02-02-02: contradicted, suggested ADE; EV/a: A; model-variants has ADE for `AB01` `M 1` (letter of 1 May)";
    assert_eq!((warning.rule.id, warning.holds, warning.saw.as_str()), ("EV/a", false, saw));
    assert_eq!(firmware_warning(&device(Some("S1SP")), &reference), None);
    assert_eq!(EsmeGroup::of(&device(Some("S1SP"))), None);
    assert_eq!(firmware_warning(&device(None), &VariantReference::default()), None);
}

fn variant() -> impl Strategy<Value = EsmeVariant> {
    proptest::sample::select(EsmeVariant::ALL)
}

fn lines() -> impl Strategy<Value = Vec<ModelVariants>> {
    let of =
        (proptest::sample::select(&["", "01", "02"][..]), proptest::collection::btree_set(variant(), 1..4));
    let line = of.prop_map(|(firmware, variants)| line("M 1", firmware, &Vec::from_iter(variants)));
    proptest::collection::vec(line, 0..4)
}

proptest! {
    #[test]
    fn what_is_suggested_is_another_variant_that_the_evidence_has(
        held in variant(),
        lines in lines(),
        counts in proptest::collection::vec((variant(), 1..2000_u64), 0..4),
    ) {
        let judged = by_peers(held, &counts, &lines);
        if let Some(suggested) = judged.suggested() {
            prop_assert_ne!(suggested, held);
            let is_of_a_line = lines.iter().any(|line| line.variants == [suggested]);
            let is_of_peers = counts.iter().any(|(variant, _)| *variant == suggested);
            prop_assert!(is_of_a_line || is_of_peers);
        }
        let kinds = judged.findings.iter().filter_map(|finding| finding.evidence);
        prop_assert_eq!(kinds.map(EvidenceKind::strength).min(), judged.strength());
        for finding in &judged.findings {
            prop_assert_eq!(finding.step.holds, finding.evidence.is_none());
        }
    }
}
