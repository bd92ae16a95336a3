//! `smi explain`.

use std::{path::Path, process::ExitCode};

use anyhow::bail;

use super::{open, sign::read};
use crate::{
    domain::{WebService, rulebook::common},
    explanation::Explanation,
    settings::Settings,
    signature,
    xml::{self, Undecodable},
};

pub(super) fn run(settings: &Settings, file: &Path) -> anyhow::Result<ExitCode> {
    let message = read(file)?;
    let service = open::service(settings)?;
    let now = service.clock().now();
    let decoded = match xml::decode(&message) {
        Ok(decoded) => decoded,
        Err(Undecodable::Invalid(invalid)) => {
            bail!("{} FAILED: {}: {}", common::SCHEMA.id, invalid.place, invalid.reason)
        }
        Err(Undecodable::NotXml(reason)) => bail!("SR/2 FAILED: {reason}"),
        Err(Undecodable::NotImplemented(variant)) => {
            bail!("SR/3: {variant} {} is not implemented", variant.name())
        }
    };
    let signature = match decoded.signature() {
        None => "none; the originator is taken at its word".to_owned(),
        Some(_) => match signature::verify_request(&decoded, service.trust(), now.0) {
            Ok(_) => "holds".to_owned(),
            Err(fault) => bail!("{} FAILED: {fault}", common::SIGNATURE.id),
        },
    };
    let request = decoded.request().clone();
    let arrived_at = WebService::of(request.variant.request_type());
    println!("request: {} {} {}", request.id, request.variant, request.variant.name());
    println!("signature: {signature}");
    let deciding = service.clone();
    let decision =
        service.store().read(|connection| deciding.decide(connection, &request, arrived_at, now))?;
    let codes = &service.choices().codes;
    print!("{}", Explanation { service: request.body.service(), decision: &decision, codes });
    Ok(if decision.code.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
