//! The checks EV/a to EV/e of an ESME's variant.

use super::{Finding, Judgement, ReferenceLines, VariantReference, VariantSettings};
use crate::{
    domain::{
        AuxiliaryLoad, Device, EsmeGroup, EsmePeers, EsmeVariant, EvidenceKind, ModelVariants, Rule, Step,
    },
    rules::rulebook::variants as rules,
};

/// A variant that so many of a hundred hold is that of the Device Model (EV/b).
const MOST_PERCENT: u64 = 90;

/// Judges the ESMEs of a group: by the list, by their peers, and by the auxiliary load on their Communications Hub.
pub fn judge(
    group: &EsmeGroup,
    load: AuxiliaryLoad,
    reference: &VariantReference,
    peers: &EsmePeers,
    settings: VariantSettings,
) -> Judgement {
    let mut findings = Vec::new();
    if let Some(lines) = reference.of(group) {
        by_reference(group.variant, lines, &mut findings);
    }
    findings.extend(by_peers(group, peers, settings));
    findings.extend(by_auxiliary_load(group.variant, load, settings));
    if !reference.is_empty() {
        findings.push(by_name(group, reference));
    }
    Judgement { findings }
}

fn finding(rule: &'static Rule, evidence: Option<EvidenceKind>, saw: String) -> Finding {
    Finding { step: Step { rule, holds: evidence.is_none(), saw }, evidence, suggested: None }
}

/// EV/a and EV/d: the line that decides, and the one without a firmware version where that contradicts the variant too.
fn by_reference(variant: EsmeVariant, lines: ReferenceLines<'_>, findings: &mut Vec<Finding>) {
    let ReferenceLines { line, general } = lines;
    let is_contradicted = !line.variants.contains(&variant);
    let evidence = is_contradicted.then_some(EvidenceKind::Contradicted);
    let suggested = line.only().filter(|_| is_contradicted);
    findings.push(Finding { suggested, ..finding(rules::REFERENCE, evidence, saw_line(variant, line)) });
    let general = general.filter(|general| is_contradicted && !general.variants.contains(&variant));
    if let Some(general) = general {
        let agrees = general.variants.iter().any(|one| line.variants.contains(one));
        let evidence = (!agrees).then_some(EvidenceKind::Disputed);
        findings.push(finding(rules::AGREEMENT, evidence, saw_line(variant, general)));
    }
}

fn saw_line(variant: EsmeVariant, line: &ModelVariants) -> String {
    let ModelVariants { model, firmware, variants, source } = line;
    let firmware = firmware.as_ref().map_or_else(String::new, |firmware| format!(", firmware {firmware}"));
    let variants = variants.iter().map(|variant| variant.as_str()).collect::<Vec<_>>().join(", ");
    let source = source.as_ref().map_or("no source", |source| source.as_str());
    format!("{variant}; model-variants has {variants} for {model}{firmware} ({source})")
}

/// EV/b: the peers. Nothing where there are too few of them.
fn by_peers(group: &EsmeGroup, peers: &EsmePeers, settings: VariantSettings) -> Option<Finding> {
    let count = peers.of(&group.model)?;
    if count.all < settings.min_peers {
        return None;
    }
    let holding = count.holding(group.variant);
    let is_rare = times(holding, 100) < times(count.all, settings.outlier_percent.into());
    let is_settled = times(count.held, 100) >= times(count.all, MOST_PERCENT);
    let is_outlier = is_rare && is_settled && count.most != group.variant;
    let saw = format!(
        "{holding} of {} ESMEs of {} hold {}, {} hold {} (counted in the SMI)",
        count.all, group.model, group.variant, count.held, count.most
    );
    let evidence = is_outlier.then_some(EvidenceKind::Outlier);
    let suggested = is_outlier.then_some(count.most);
    Some(Finding { suggested, ..finding(rules::PEERS, evidence, saw) })
}

/// A product that cannot overflow.
fn times(number: u64, by: u64) -> u128 {
    u128::from(number) * u128::from(by)
}

/// EV/c: an HCALCS beside a variant without D.
fn by_auxiliary_load(
    variant: EsmeVariant,
    load: AuxiliaryLoad,
    settings: VariantSettings,
) -> Option<Finding> {
    let saw = match load {
        AuxiliaryLoad::None => return None,
        AuxiliaryLoad::Some => format!("{variant}; an HCALCS on the Communications Hub (the SMI)"),
        AuxiliaryLoad::Device(id) => format!("{variant}; HCALCS {id} on the Communications Hub (the SMI)"),
    };
    let has_load = variant.as_str().contains('D');
    let evidence = (!has_load).then_some(EvidenceKind::Hint);
    settings.hcalcs.then(|| finding(rules::AUXILIARY_LOAD, evidence, saw))
}

/// EV/e: how the Device Model is written.
fn by_name(group: &EsmeGroup, reference: &VariantReference) -> Finding {
    let alike = reference.written_otherwise(&group.model);
    let evidence = (!alike.is_empty()).then_some(EvidenceKind::Model);
    let others = alike.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let saw = if alike.is_empty() {
        format!("{}", group.model)
    } else {
        format!("{}; model-variants has {others}", group.model)
    };
    finding(rules::MODEL, evidence, saw)
}

/// What SR 11.1 notes of a Device that it names, where the operator asks for it (MP125-R11): the strong evidence against its variant,
/// which is that of the list. None where there is none.
pub fn firmware_warning(device: &Device, reference: &VariantReference) -> Option<Step> {
    let group = EsmeGroup::of(device)?;
    let mut findings = Vec::new();
    by_reference(group.variant, reference.of(&group)?, &mut findings);
    let judgement = Judgement { findings };
    let kind = judgement.kind()?;
    let suggested = judgement.suggested().map_or_else(String::new, |to| format!(", suggested {to}"));
    let saw = format!("{}: {kind}{suggested}; {}", device.id, judgement.proof());
    Some(Step { rule: rules::REFERENCE, holds: false, saw })
}
