//! `smi send`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;

use super::{https::HttpsArguments, open, parsed, say::say, sign::read};
use crate::{
    domain::{Eui64, WebService},
    settings::Settings,
    tools::client::{Client, with_originator},
};

#[derive(Debug, clap::Args)]
pub(super) struct SendArguments {
    /// The requests, signed or not; each is signed anew.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where the service is.
    #[arg(long, default_value = "http://127.0.0.1:8079")]
    url: String,
    /// Sends as this User: it becomes the originator of the RequestID.
    #[arg(long = "as", value_name = "EUI64", value_parser = parsed::<Eui64>)]
    originator: Option<Eui64>,
    /// The web service to send to.
    #[arg(long, default_value = "serviceD", value_parser = parsed::<WebService>)]
    service: WebService,
    #[command(flatten)]
    https: HttpsArguments,
}

pub(super) fn run(settings: &Settings, arguments: &SendArguments) -> anyhow::Result<ExitCode> {
    let tls = arguments.https.for_urls([&arguments.url])?;
    let trust = open::trust(settings)?;
    let (url, dcc) = (&arguments.url, settings.trust.dcc_id);
    let client = Client::over_tls(url, &tls, &trust, open::clock(settings), dcc);
    let mut success = true;
    for file in &arguments.files {
        let message = read(file)?;
        let message = match arguments.originator {
            None => message,
            Some(user) => with_originator(&message, user).with_context(|| file.display().to_string())?,
        };
        let answer = client.send(&message, arguments.service).with_context(|| file.display().to_string())?;
        say!("{}", answer.text);
        eprintln!("{}: {}", file.display(), answer.code);
        for region in &answer.unknown_wan_variants {
            // The answer above shows a space, which people do not see (MP106-R3).
            eprintln!("{}: {region}: WAN Variant Unknown (one space)", file.display());
        }
        success &= answer.is_success();
    }
    Ok(if success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
