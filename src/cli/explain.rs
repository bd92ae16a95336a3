//! `smi explain`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::{CommandFactory as _, error::ErrorKind};

use super::{
    as_at, open, parsed,
    recorded::{self, DecisionsOf},
    say::{say, show, tell},
    sign::read,
};
use crate::{
    domain::{CplFacts, DeviceType, Eui64, RequestId, ServiceRequest, SmiStatus, Timestamp, parse_instant},
    rules::{
        access,
        explain::Explanation,
        rulebook::common,
        what_if::{ChangeKind, Relation, WhatIf, WhatIfFault, parse_cpl},
    },
    service::{ExplainedMessage, Explaining, NotExplained, SignatureVerdict, decide_what_if},
    settings::Settings,
};

#[derive(Debug, clap::Args)]
pub(super) struct ExplainArguments {
    /// The request, signed or not.
    #[arg(required_unless_present_any = ["what_if", "request_id", "device"])]
    #[arg(conflicts_with_all = ["what_if", "request_id", "device"])]
    file: Option<PathBuf>,
    /// Asks the CSPs of `[csp.urls]` about an SR 12.1, as the service would.
    #[arg(long, requires = "file")]
    live: bool,
    /// Prints what was decided under this RequestID instead.
    #[arg(long, value_name = "REQUESTID", conflicts_with_all = ["what_if", "device"], value_parser = parsed::<RequestId>)]
    request_id: Option<RequestId>,
    /// Prints what was decided about this Device instead.
    #[arg(long, value_name = "EUI64", conflicts_with = "what_if", value_parser = parsed::<Eui64>)]
    device: Option<Eui64>,
    /// Prints the record of that Device as it stood at this instant instead: a date, or a UTC time like 2026-01-31T09:30:00Z.
    #[arg(long, value_name = "INSTANT", requires = "device", value_parser = parse_instant)]
    as_at: Option<Timestamp>,
    /// Decides an SR 8.4 about a made-up Device instead: no file and no store is read.
    #[arg(long, requires_all = ["device_type", "sender", "change"])]
    what_if: bool,
    #[command(flatten)]
    question: WhatIfArguments,
}

/// The arguments of `--what-if`: a made-up Device, a sender and a change.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "With --what-if")]
struct WhatIfArguments {
    /// ESME, GSME, GPF, CHF, HCALCS, PPMID, IHD or CAD.
    #[arg(long, value_name = "TYPE", requires = "what_if", value_parser = parsed::<DeviceType>)]
    device_type: Option<DeviceType>,
    /// Its SMI Status; an IHD and a CAD have none.
    #[arg(long, value_name = "STATUS", requires = "what_if", value_parser = parsed::<SmiStatus>)]
    status: Option<SmiStatus>,
    /// Who asks: its responsible Supplier, its pre-notifier, both in one, or neither.
    #[arg(long, value_name = "RELATION", requires = "what_if", value_parser = parsed::<Relation>)]
    sender: Option<Relation>,
    /// variant, model, details (both at once), no-detail, status-except-ch:STATUS, status-ch:STATUS, delete or mpxn.
    #[arg(long, value_name = "CHANGE", requires = "what_if", value_parser = parsed::<ChangeKind>)]
    change: Option<ChangeKind>,
    /// It is a SMETS1 Device.
    #[arg(long, requires = "what_if")]
    smets1: bool,
    /// Where the resulting Device Model stands on the Central Products List: active, cancelled, expired, withdrawn,
    /// absent, or not-loaded where there is no list.
    #[arg(long, value_name = "CPL", requires = "what_if", value_parser = parse_cpl)]
    cpl: Option<CplFacts>,
}

pub(super) fn run(settings: &Settings, arguments: &ExplainArguments) -> anyhow::Result<ExitCode> {
    if let (Some(device), Some(at)) = (arguments.device, arguments.as_at) {
        return match open::clock(settings).now().reached(at) {
            Ok(at) => as_at::run(settings, device, at),
            Err(reason) => Ok(wrong_usage(ErrorKind::ValueValidation, &format!("--as-at: {reason}"))),
        };
    }
    let by_request = arguments.request_id.map(DecisionsOf::Request);
    if let Some(of) = by_request.or(arguments.device.map(DecisionsOf::Device)) {
        return recorded::run(settings, of);
    }
    match (&arguments.file, arguments.question.asked()) {
        (Some(file), _) => a_file(settings, file, arguments.live),
        (None, Some(Ok(question))) => what_if(settings, question),
        (None, Some(Err(reason))) => Ok(wrong_usage(ErrorKind::ValueValidation, &reason.to_string())),
        // Unreachable by the command line: clap requires these arguments.
        (None, None) => Ok(wrong_usage(
            ErrorKind::MissingRequiredArgument,
            "--device-type, --sender and --change are needed",
        )),
    }
}

/// Prints a usage error as clap does; exit code 2.
fn wrong_usage(kind: ErrorKind, reason: &str) -> ExitCode {
    let mut command = super::CommandLine::command();
    command.build();
    let explain = command.find_subcommand_mut("explain").map(|command| command.error(kind, reason));
    match explain.map(|fault| fault.print()) {
        Some(Ok(())) => {}
        Some(Err(_)) | None => tell!("smi: {reason}"),
    }
    ExitCode::from(2)
}

impl WhatIfArguments {
    /// The question to the engine, if all its arguments are there.
    fn asked(&self) -> Option<Result<WhatIf, WhatIfFault>> {
        let asked = WhatIf::new(self.device_type?, self.status, self.sender?, self.change?);
        Some(asked.map(|mut asked| {
            asked.smets1 = self.smets1;
            asked.resulting_model = self.cpl.unwrap_or(asked.resulting_model);
            asked
        }))
    }
}

fn what_if(settings: &Settings, question: WhatIf) -> anyhow::Result<ExitCode> {
    let now = open::clock(settings).now();
    let decision = decide_what_if(&question, now, settings.rules, &settings.codes);
    let decision = decision.context("what if: a fault of this program")?;
    say!("what if: {question}");
    let service = ServiceRequest::UpdateInventory;
    show!("{}", Explanation { service, decision: &decision, codes: &settings.codes });
    Ok(if decision.code.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn a_file(settings: &Settings, file: &Path, live: bool) -> anyhow::Result<ExitCode> {
    let message = read(file)?;
    let service = open::service(settings)?;
    let how = Explaining { asks_csps: live, takes_id_as_new: false };
    let explained = match service.explain_message(&message, how)? {
        Ok(explained) => explained,
        Err(NotExplained::Invalid(reason)) => bail!("{} FAILED: {reason}", common::SCHEMA.id),
        Err(NotExplained::NotXml(reason)) => bail!("SR/2 FAILED: {reason}"),
        Err(NotExplained::NotImplemented(variant)) => {
            bail!("SR/3: {variant} {} is not implemented", variant.name())
        }
        Err(NotExplained::LocalDelivery) => {
            bail!("{}: {}", common::COMMAND_VARIANT.id, access::LOCAL_DELIVERY)
        }
    };
    let ExplainedMessage { request, signature, decision, .. } = explained;
    let signature = match signature {
        SignatureVerdict::Absent => "none; the originator is taken at its word",
        SignatureVerdict::Holds => "holds",
        SignatureVerdict::Fails(fault) => bail!("{} FAILED: {fault}", common::SIGNATURE.id),
    };
    say!("request: {} {} {}", request.id, request.variant, request.variant.name());
    say!("signature: {signature}");
    let codes = &service.choices().codes;
    show!("{}", Explanation { service: request.body.service(), decision: &decision, codes });
    Ok(if decision.code.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
