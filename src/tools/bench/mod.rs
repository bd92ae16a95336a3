//! `smi bench`: measures the service against the lower bound that this machine's cryptography sets (the floor).
//!
//! All is measured in one run, so that the ratios hold although a machine's speed changes from run to run. The floor is
//! one ECDSA verification and one signature for each request, on every core: no service of this kind can do without. It is
//! measured again before and after each round of a case of the service, whose ratio is to the mean of the two.

// The tools of measuring.
mod child;
mod cores;
mod instances;
mod load;
mod median;
mod messages;
mod network;
mod plan;
mod population;
mod process;
mod relay;
mod setup;

// What is measured.
mod console;
mod console_reader;
mod coverage;
mod firmware;
mod firmware_meters;
mod floor;
mod hub_files;
mod hub_indexes;
mod hub_plan;
mod hub_sample;
mod hubs;
mod import;
mod peer;
mod reference;
mod service;
mod stages;
mod variants;
mod variants_commands;
mod variants_corrections;
mod variants_plan;
mod variants_report;
mod variants_sample;

// The report.
mod case;
mod report;

mod run;

pub use case::{CaseRound, LoadCase};
pub use console::{ConsolePlan, ConsoleReport, PageTime, console};
pub use coverage::{CoveragePlan, CoverageReport, CoverageSize, coverage};
pub use firmware::{FirmwarePlan, FirmwareReport, firmware};
pub use hub_files::HubsFile;
pub use hub_indexes::HubsIndexCost;
pub use hub_plan::HubsPlan;
pub use hubs::{HubsLine, HubsReport, hubs};
pub use import::{ImportCost, ImportPlan, ImportReport, ImportSize, import};
pub use peer::SigningTool;
pub use plan::BenchPlan;
pub use report::{BenchReport, Floor, Machine, PeerReport, PeerRow, RoundTrip, StageTime};
pub use run::run;
pub use variants::variants;
pub use variants_plan::VariantsPlan;
pub use variants_report::{VariantsLine, VariantsReport};
