//! The command line: a file for each subcommand.

mod as_at;
mod audit;
mod backup;
mod bench;
mod calendar;
mod check;
mod conform;
mod correct;
mod csp_stub;
mod demo;
mod explain;
mod export;
mod firmware;
mod health;
mod https;
mod hubs;
mod import;
mod log;
mod log_buffer;
mod maintenance;
mod manage;
mod notices;
mod open;
mod output;
mod pki;
mod privacy;
mod recorded;
mod reflash;
mod reload;
mod report;
pub mod rulebook;
mod rules;
mod say;
mod send;
mod serve;
mod sign;
mod ssmi;
mod stop_signals;
mod terminal;
mod tsat;
mod user;
mod variants;

use std::{path::PathBuf, process::ExitCode, str::FromStr};

use clap::{CommandFactory as _, Parser, Subcommand, error::ErrorKind};

pub use self::say::tell_reason;
use crate::{
    cli::rulebook::Format,
    domain::Malformed,
    settings::{Overrides, Settings, environment},
    store::Kind,
};

/// The open Smart Metering Inventory: a rules engine behind a DUIS XML API.
#[derive(Debug, Parser)]
#[command(name = "smi", version, after_help = EXIT_CODES)]
pub struct CommandLine {
    /// Settings file (TOML); docs/SETTINGS.md lists its keys.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 refused or failed, with the reason on standard error; 2 wrong usage; \
     141 the reader of standard output left.";

/// Ends the command as clap does where an option says nothing about what is asked, with the usage of that subcommand; exit code 2.
fn end_for_misplaced(subcommand: &[&str], reason: &str) -> ! {
    let mut command = CommandLine::command();
    command.build();
    for name in subcommand {
        command = command.find_subcommand(name).cloned().unwrap_or(command);
    }
    command.error(ErrorKind::ArgumentConflict, reason).exit()
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the service; makes a test PKI on first start where no certificates are set.
    Serve(serve::ServeArguments),
    /// Tells the story of MP125 and MP106 over real HTTP with signed requests, on a throw-away database.
    Demo(demo::DemoArguments),
    /// Imports a CSV file: all of it, or nothing.
    Import(import::ImportArguments),
    /// Exports what the store holds as CSV.
    Export {
        /// What to export.
        #[arg(value_enum)]
        kind: Kind,
        /// Where to; standard output by default.
        file: Option<PathBuf>,
    },
    /// Signs requests, sends them, verifies the answers and prints them.
    Send(send::SendArguments),
    /// Signs a message as the originator of its RequestID; prints it.
    Sign {
        /// The message.
        file: PathBuf,
    },
    /// Verifies a message's signature; prints the message without it.
    Verify {
        /// The message.
        file: PathBuf,
    },
    /// Decides a request against the store without changing anything; prints every check with its source.
    Explain(explain::ExplainArguments),
    /// Prints the rulebook in force: checks, codes, roles, moves and decision tables, each with its source.
    Rules {
        /// For people or for programs.
        #[arg(long, default_value = "md", value_parser = parsed::<Format>)]
        format: Format,
    },
    /// Prints the bank holidays of a year, or the day so many Working Days before or after another.
    Calendar(calendar::CalendarArguments),
    /// Reports and lists hubs in stock and installed: until when they are of use, what is at risk, what a re-flash would save.
    Hubs(hubs::HubsArguments),
    /// Prints the TS Applicability Tables, answers from them, compares versions of them.
    Tsat {
        #[command(subcommand)]
        command: tsat::TsatCommand,
    },
    /// The DCC's way of updating the firmware of hubs in the SMI, option B of MP155.
    Ssmi {
        #[command(subcommand)]
        command: ssmi::SsmiCommand,
    },
    /// Lists notices: who is told what, how and when; writes them as mail files, or marks one as told.
    Notices(notices::NoticesArguments),
    /// Planned maintenance: months are checked and published, windows announced, extended and closed; what is in force, and the feed.
    Maintenance {
        #[command(subcommand)]
        command: maintenance::MaintenanceCommand,
    },
    /// Privacy assessments of Other Users: their activity, the assessments that it raises, and who pays.
    Privacy {
        #[command(subcommand)]
        command: privacy::PrivacyCommand,
    },
    /// Delivery schedules of large SMETS1 firmware images: what fits a day, what is asked for, agreed and sent.
    Firmware {
        #[command(subcommand)]
        command: firmware::FirmwareCommand,
    },
    /// Prints a report, of the whole inventory or of a London month, as CSV or JSON, some as at any instant; and bulk reads.
    Report(report::ReportArguments),
    /// Re-flash orders of Communications Hubs: requests, orders, what happens to them.
    Reflash {
        #[command(subcommand)]
        command: reflash::ReflashCommand,
    },
    /// Asks a running service whether it can answer; for containers, which have no other program to ask with.
    Health {
        /// Its management listener, instead of `manage.listen`.
        #[arg(long)]
        url: Option<String>,
    },
    /// Plays conformance scenarios against a DUIS endpoint, this one or another.
    Conform(conform::ConformArguments),
    /// Corrects ESME Variants in bulk: signs and sends one SR 8.4 for each line of a file, and reports on each.
    Correct(correct::CorrectArguments),
    /// ESMEs that are recorded under a wrong variant: suspects with the evidence, and what was corrected.
    Variants {
        #[command(subcommand)]
        command: variants::VariantsCommand,
    },
    /// Measures this machine, and the service against it.
    Bench(bench::BenchArguments),
    /// Plays a CSP, for tests: answers CSPM-S1 and CSPM-S2 from a coverage extract.
    CspStub(csp_stub::CspStubArguments),
    /// Looks at settings, keys, certificates and the database, and changes nothing.
    Check {
        /// Verifies the chain of decisions too, which reads all of them.
        #[arg(long)]
        audit: bool,
    },
    /// Writes everything the store holds into a new file, as it stands at one moment; the service may run.
    Backup {
        /// A file that is not there yet.
        file: PathBuf,
    },
    /// Puts a backup into an empty store, whole or not at all; the service must be stopped.
    Restore {
        /// What `smi backup` wrote.
        file: PathBuf,
        /// Puts it in the place of everything the store holds.
        #[arg(long)]
        replace: bool,
    },
    /// The chain of decisions.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// The people who sign in at the console with a password.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// The test PKI.
    Pki {
        #[command(subcommand)]
        command: PkiCommand,
    },
}

#[derive(Debug, Subcommand)]
enum PkiCommand {
    /// Makes a root, the DCC's signer, Users' signers, a TLS server and client certificates.
    Init {
        /// A folder that has none of these yet.
        dir: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Asks for a password and prints the lines of `smi.toml` for it; without a terminal it is one line of standard input.
    Add(user::AddArguments),
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Finds any decision that was changed, taken away, added or moved after it was kept, and says where.
    Verify(audit::AuditArguments),
}

/// Runs a command.
///
/// # Errors
/// With the reason, where it failed.
pub fn run(arguments: CommandLine) -> anyhow::Result<ExitCode> {
    let CommandLine { config, command } = arguments;
    let settings = |flags: Overrides| Settings::load(config.as_deref(), &environment()?, flags);
    let defaults = || settings(Overrides::default());
    match command {
        Command::Serve(arguments) => serve::run(arguments, settings),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Import(arguments) => import::run(&defaults()?, &arguments),
        Command::Export { kind, file } => export::run(&defaults()?, kind, file.as_deref()),
        Command::Send(arguments) => send::run(&defaults()?, &arguments),
        Command::Sign { file } => sign::sign(&defaults()?, &file),
        Command::Verify { file } => sign::verify(&defaults()?, &file),
        Command::Explain(arguments) => explain::run(&defaults()?, &arguments),
        Command::Rules { format } => rules::run(&defaults()?, format),
        Command::Calendar(arguments) => calendar::run(&defaults()?, &arguments),
        Command::Hubs(arguments) => hubs::run(&defaults()?, &arguments),
        Command::Tsat { command } => tsat::run(&defaults()?, command),
        Command::Maintenance { command } => maintenance::run(&defaults()?, &command),
        Command::Firmware { command } => firmware::run(&defaults()?, &command),
        Command::Report(arguments) => report::run(&defaults()?, &arguments),
        Command::Privacy { command } => privacy::run(&defaults()?, &command),
        Command::Ssmi { command } => ssmi::run(&defaults()?, &command),
        Command::Notices(arguments) => notices::run(&defaults()?, arguments),
        Command::Reflash { command } => reflash::run(&defaults()?, command),
        Command::Health { url } => health::run(&defaults()?, url),
        Command::Conform(arguments) => conform::run(&defaults()?, &arguments),
        Command::Correct(arguments) => correct::run(&defaults()?, &arguments),
        Command::Variants { command } => variants::run(&defaults()?, &command),
        Command::Bench(arguments) => bench::run(arguments),
        Command::CspStub(arguments) => csp_stub::run(&arguments),
        Command::Check { audit } => check::run(defaults(), audit),
        Command::Backup { file } => backup::backup(&defaults()?, &file),
        Command::Restore { file, replace } => backup::restore(&defaults()?, &file, replace),
        Command::Audit { command: AuditCommand::Verify(arguments) } => audit::run(&defaults()?, &arguments),
        Command::User { command: UserCommand::Add(arguments) } => user::add(&arguments),
        Command::Pki { command: PkiCommand::Init { dir } } => pki::init(&dir),
    }
}

/// A value of the domain on the command line.
fn parsed<T: FromStr<Err = Malformed>>(text: &str) -> Result<T, Malformed> {
    text.parse()
}
