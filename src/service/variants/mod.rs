//! Wrong ESME Variants: suspects, who may correct them, and the report (VARIANTS.md 3). The command opens the store to read and calls
//! these functions; the service calls them through [`App`](super::App). Nothing is written.

mod app;
mod basis;
mod check;
mod correctable;
mod corrections;
mod count;
mod fault;
mod judgements;
mod kept_count;
mod pace;
mod report;
mod suspects;

pub use app::StillAsked;
pub use basis::VariantBasis;
pub use check::check_suspect_question;
pub use correctable::Correctable;
pub use corrections::{AgainstEvidence, CorrectionCount, VariantPair};
pub use count::EsmeCount;
pub use fault::VariantFault;
pub(super) use kept_count::KeptCount;
pub use report::{ReportLine, SuspectCounts, VariantQuestion, VariantReport, report};
pub use suspects::{
    SUSPECT_COLUMNS, Suspect, SuspectPage, SuspectQuestion, each_suspect, suspect_cells, suspect_page,
};
