//! The chapter about evidence against ESME Variants, as Markdown.

use std::fmt::{self, Formatter};

use super::{
    markdown_parts::{write_rule, write_table},
    page::Page,
};
use crate::{
    domain::{EvidenceKind, Rule},
    rules::rulebook::variants,
};

const fn found_by(kind: EvidenceKind) -> &'static Rule {
    match kind {
        EvidenceKind::Disputed => variants::AGREEMENT,
        EvidenceKind::Contradicted => variants::REFERENCE,
        EvidenceKind::Outlier => variants::PEERS,
        EvidenceKind::Model => variants::MODEL,
        EvidenceKind::Hint => variants::AUXILIARY_LOAD,
    }
}

const fn suggests(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Contradicted => "the variant of the line, where it has one alone",
        EvidenceKind::Outlier => "the variant that 90% hold",
        EvidenceKind::Disputed | EvidenceKind::Model | EvidenceKind::Hint => "nothing",
    }
}

pub(super) fn write_variants(f: &mut Formatter<'_>, page: &Page) -> fmt::Result {
    writeln!(f, "\n## Evidence against an ESME Variant (MP125-R11)\n")?;
    writeln!(
        f,
        "It refuses no Service Request: an ESME that breaks one of these is a suspect (`smi variants`). With `variants.warn_firmware`, SR 11.1"
    )?;
    writeln!(f, "notes EV/a of each Device whose variant the list contradicts.\n")?;
    let is_its = |id: &str| variants::ALL.iter().any(|rule| rule.id == id);
    page.rules.iter().filter(|rule| is_its(rule.id)).try_for_each(|rule| write_rule(f, rule))?;
    writeln!(f, "\n### Evidence, the strongest first; it names the suspect (EV/d, *ours*)\n")?;
    let row = |kind: &EvidenceKind| {
        [kind.as_str(), kind.strength().as_str(), found_by(*kind).id, suggests(*kind)].map(str::to_owned)
    };
    let rows = EvidenceKind::ALL.iter().map(|kind| row(kind).to_vec()).collect::<Vec<_>>();
    write_table(f, &["evidence", "strength", "found by", "suggests"], &rows)
}
