//! The arguments of `smi maintenance`.

use clap::Args;

use crate::{
    cli::{
        manage::{ByArguments, ManageArguments},
        parsed,
    },
    domain::{
        LondonMonth, Timestamp, YesNo,
        maintenance::{CaseId, CaseKind, CaseOutcome, WindowReference},
        parse_instant, parse_london_or_utc_minute,
    },
};

fn minute(text: &str) -> Result<Timestamp, String> {
    parse_london_or_utc_minute(text).map_err(|reason| reason.to_string())
}

fn instant(text: &str) -> Result<Timestamp, String> {
    parse_instant(text).map_err(|reason| reason.to_string())
}

/// What every change needs: by whom, and where.
#[derive(Debug, Args)]
pub(super) struct ChangeArguments {
    #[command(flatten)]
    pub(super) by: ByArguments,
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) manage: ManageArguments,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArguments {
    /// The London month, `2026-03`.
    #[arg(long, value_parser = parsed::<LondonMonth>)]
    pub(super) month: LondonMonth,
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PublishArguments {
    /// The London month, `2026-03`.
    #[arg(long, value_parser = parsed::<LondonMonth>)]
    pub(super) month: LondonMonth,
    /// What is said beside it.
    #[arg(long, value_name = "TEXT")]
    pub(super) note: Option<String>,
    #[command(flatten)]
    pub(super) change: ChangeArguments,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArguments {
    /// The window; without one, all windows of a month.
    #[arg(value_parser = parsed::<WindowReference>)]
    pub(super) reference: Option<WindowReference>,
    /// The London month; by default that of now.
    #[arg(long, value_parser = parsed::<LondonMonth>, conflicts_with = "reference")]
    pub(super) month: Option<LondonMonth>,
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AnnounceArguments {
    /// The window.
    #[arg(value_parser = parsed::<WindowReference>)]
    pub(super) reference: WindowReference,
    /// Since when the DCC knew of it; by default since now.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub(super) aware: Option<Timestamp>,
    /// It does not concern Registration Data Providers.
    #[arg(long)]
    pub(super) not_rdp: bool,
    #[command(flatten)]
    pub(super) change: ChangeArguments,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ExtendArguments {
    /// The window.
    #[arg(value_parser = parsed::<WindowReference>)]
    pub(super) reference: WindowReference,
    /// Its new end, in UTC or by London's clock.
    #[arg(long, value_name = "TIME", value_parser = minute)]
    pub(super) ends: Timestamp,
    /// What is said to those who are told.
    #[arg(long, value_name = "TEXT")]
    pub(super) note: String,
    #[command(flatten)]
    pub(super) change: ChangeArguments,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CloseArguments {
    /// The window.
    #[arg(value_parser = parsed::<WindowReference>)]
    pub(super) reference: WindowReference,
    /// When work began; by default as it was told.
    #[arg(long, value_name = "TIME", value_parser = minute)]
    pub(super) actual_start: Option<Timestamp>,
    /// When it was done; by default as it was told, or now where that is ahead.
    #[arg(long, value_name = "TIME", value_parser = minute)]
    pub(super) actual_end: Option<Timestamp>,
    /// Whether end-to-end communications were disrupted unexpectedly: yes or no.
    #[arg(long, value_parser = parsed::<YesNo>)]
    pub(super) disrupted: YesNo,
    #[command(flatten)]
    pub(super) change: ChangeArguments,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct WithdrawArguments {
    /// The window.
    #[arg(value_parser = parsed::<WindowReference>)]
    pub(super) reference: WindowReference,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
    #[command(flatten)]
    pub(super) change: ChangeArguments,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CaseArguments {
    /// The window that a new case is about.
    #[arg(value_parser = parsed::<WindowReference>, required_unless_present = "close", conflicts_with = "close")]
    pub(super) reference: Option<WindowReference>,
    /// What it is about: panel_request, challenge or replacement.
    #[arg(long, value_parser = parsed::<CaseKind>, required_unless_present = "close", conflicts_with = "close")]
    pub(super) kind: Option<CaseKind>,
    /// Who brings it.
    #[arg(long, value_name = "NAME", required_unless_present = "close", conflicts_with = "close")]
    pub(super) party: Option<String>,
    /// Why; a request of the Panel needs them.
    #[arg(long, value_name = "TEXT", conflicts_with = "close")]
    pub(super) reasons: Option<String>,
    /// Closes the case with this number instead.
    #[arg(long, value_name = "ID", value_parser = parsed::<CaseId>)]
    pub(super) close: Option<CaseId>,
    /// What came of it: moved, kept, reclassified, replaced or dropped.
    #[arg(long, value_parser = parsed::<CaseOutcome>, requires = "close")]
    pub(super) outcome: Option<CaseOutcome>,
    /// Why.
    #[arg(long, value_name = "TEXT", requires = "close")]
    pub(super) reason: Option<String>,
    #[command(flatten)]
    pub(super) change: ChangeArguments,
}
