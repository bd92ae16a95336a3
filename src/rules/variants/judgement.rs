//! What the checks of an ESME's variant found.

use crate::domain::{EsmeVariant, EvidenceKind, EvidenceStrength, Step};

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check, and what it saw: the proof, with its source.
    pub step: Step,
    /// The evidence, where the check does not hold.
    pub evidence: Option<EvidenceKind>,
    /// The variant that it suggests instead.
    pub suggested: Option<EsmeVariant>,
}

/// What all checks of an ESME's variant found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// In the order of the rulebook.
    pub findings: Vec<Finding>,
}

impl Judgement {
    /// The evidence that names the suspect: the strongest (EV/d). None where the ESME is no suspect.
    pub fn kind(&self) -> Option<EvidenceKind> {
        self.findings.iter().filter_map(|finding| finding.evidence).min()
    }

    /// How strong that is.
    pub fn strength(&self) -> Option<EvidenceStrength> {
        self.kind().map(EvidenceKind::strength)
    }

    /// Whether there is evidence of that kind.
    pub fn has(&self, kind: EvidenceKind) -> bool {
        self.findings.iter().any(|finding| finding.evidence == Some(kind))
    }

    /// The variant that the evidence suggests that names the suspect.
    pub fn suggested(&self) -> Option<EsmeVariant> {
        let kind = self.kind()?;
        self.findings.iter().find(|finding| finding.evidence == Some(kind))?.suggested
    }

    /// All of the evidence: each rule that does not hold, with what it saw.
    pub fn proof(&self) -> String {
        let broken = self.findings.iter().filter(|finding| finding.evidence.is_some());
        let texts = broken.map(|Finding { step, .. }| format!("{}: {}", step.rule.id, step.saw));
        texts.collect::<Vec<_>>().join("; ")
    }
}
