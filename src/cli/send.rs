//! `smi send`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, ensure};

use super::{
    https::HttpsArguments,
    open, parsed,
    say::{tell, write_bytes},
    sign::read,
    terminal::Shown,
};
use crate::{
    domain::{Eui64, WebService},
    duis::xml,
    settings::Settings,
    tools::{
        client::{Client, with_originator},
        service_url::ServiceUrl,
    },
};

#[derive(Debug, clap::Args)]
pub(super) struct SendArguments {
    /// The requests, signed or not; each is signed anew.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where the service is.
    #[arg(long, default_value = "http://127.0.0.1:8079")]
    url: ServiceUrl,
    /// Sends as this User: it becomes the originator of the RequestID.
    #[arg(long = "as", value_name = "EUI64", value_parser = parsed::<Eui64>)]
    originator: Option<Eui64>,
    /// The web service to send to; by default the one whose path the URL has, or else that of the request's Command Variant.
    #[arg(long, value_parser = parsed::<WebService>)]
    service: Option<WebService>,
    /// Prints answers as they came on a terminal too, where they are else laid out for people.
    #[arg(long)]
    raw: bool,
    #[command(flatten)]
    https: HttpsArguments,
}

pub(super) fn run(settings: &Settings, arguments: &SendArguments) -> anyhow::Result<ExitCode> {
    let ServiceUrl { base: url, service: named } = &arguments.url;
    if let (Some(asked), Some(named)) = (arguments.service, named) {
        ensure!(asked == *named, "--service is {asked}, and --url names {named}: give one of them");
    }
    let tls = arguments.https.for_urls([url])?;
    let trust = open::trust(settings)?;
    let client = Client::over_tls(url, &tls, &trust, open::clock(settings), settings.trust.dcc_id);
    let shown = Shown::on_standard_output(arguments.raw);
    let mut success = true;
    for file in &arguments.files {
        let message = read(file)?;
        let message = match arguments.originator {
            None => message,
            Some(user) => with_originator(&message, user).with_context(|| file.display().to_string())?,
        };
        let service = arguments.service.or(*named).unwrap_or_else(|| service_of(&message));
        let answer = client.send(&message, service).with_context(|| file.display().to_string())?;
        write_bytes(shown.text_of(&answer.text).as_bytes());
        tell!("{}: {}", file.display(), answer.code);
        for region in &answer.unknown_wan_variants {
            // The answer above shows a space, which people do not see (MP106-R3).
            tell!("{}: {region}: WAN Variant Unknown (one space)", file.display());
        }
        success &= answer.is_success();
    }
    Ok(if success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The web service of a request's Command Variant; serviceD where it cannot be read, as the service is to say why.
fn service_of(message: &[u8]) -> WebService {
    let decoded = xml::decode(message);
    decoded.map_or(WebService::NonDevice, |decoded| WebService::of(decoded.request().command_variant))
}
