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
    domain::{
        CplFacts, CplStatus, DeviceType, Eui64, Malformed, RequestId, ServiceRequest, SmiStatus, Timestamp,
        WebService, parse_instant,
    },
    duis::{
        signature,
        xml::{self, Undecodable},
    },
    rules::{
        access,
        explain::Explanation,
        rulebook::common,
        what_if::{ChangeKind, Relation, WhatIf, WhatIfFault},
    },
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
    #[arg(long, value_name = "CPL", requires = "what_if", value_parser = cpl)]
    cpl: Option<CplFacts>,
}

fn cpl(text: &str) -> Result<CplFacts, Malformed> {
    let statuses =
        CplStatus::ALL.iter().map(|status| (status.as_str().to_lowercase(), CplFacts::Listed(*status)));
    let others = [("absent", CplFacts::Absent), ("not-loaded", CplFacts::NotLoaded)];
    let all = statuses.chain(others.map(|(name, facts)| (name.to_owned(), facts))).collect::<Vec<_>>();
    let found = all.iter().find(|(name, _)| name == text).map(|(_, facts)| *facts);
    found.ok_or_else(|| {
        let names = all.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
        Malformed::new(text, format!("a place on the Central Products List: one of {}", names.join(", ")))
    })
}

pub(super) fn run(settings: &Settings, arguments: &ExplainArguments) -> anyhow::Result<ExitCode> {
    if let (Some(device), Some(at)) = (arguments.device, arguments.as_at) {
        return as_at::run(settings, device, at);
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
    let decision =
        question.decide(now, settings.rules, &settings.codes).context("what if: a fault of this program")?;
    say!("what if: {question}");
    let service = ServiceRequest::UpdateInventory;
    show!("{}", Explanation { service, decision: &decision, codes: &settings.codes });
    Ok(if decision.code.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn a_file(settings: &Settings, file: &Path, live: bool) -> anyhow::Result<ExitCode> {
    let message = read(file)?;
    let service = open::service(settings)?;
    let now = service.clock().now();
    let decoded = match xml::decode(&message) {
        Ok(decoded) => decoded,
        Err(Undecodable::Invalid(invalid)) => {
            bail!("{} FAILED: {}: {}", common::SCHEMA.id, invalid.location, invalid.reason)
        }
        Err(Undecodable::NotXml(reason)) => bail!("SR/2 FAILED: {reason}"),
        Err(Undecodable::NotImplemented(variant)) => {
            bail!("SR/3: {variant} {} is not implemented", variant.name())
        }
    };
    let signature = match decoded.signature() {
        None => "none; the originator is taken at its word".to_owned(),
        Some(_) => match signature::verify_request(&decoded, &service.trust(), now.0) {
            Ok(_) => "holds".to_owned(),
            Err(fault) => bail!("{} FAILED: {fault}", common::SIGNATURE.id),
        },
    };
    let request = decoded.request().clone();
    // Of a message only: to which web service it was sent does not stand in it.
    let arrived_at = WebService::of(request.command_variant);
    if access::is_for_local_delivery(&request, arrived_at.into(), service.choices().dcc) {
        bail!("{}: {}", common::COMMAND_VARIANT.id, access::LOCAL_DELIVERY);
    }
    say!("request: {} {} {}", request.id, request.variant, request.variant.name());
    say!("signature: {signature}");
    let said = if live { service.live_coverage(&request, arrived_at)? } else { service.no_csp_asked() };
    let deciding = service.clone();
    let decision = service
        .store()
        .read(|connection| deciding.decide_with(connection, &request, &said, arrived_at, now))?;
    let codes = &service.choices().codes;
    show!("{}", Explanation { service: request.body.service(), decision: &decision, codes });
    Ok(if decision.code.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
