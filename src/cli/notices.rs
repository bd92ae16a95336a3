//! `smi notices`: the list; `spool`, which writes mail files; `told`, which marks a recipient as told.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{
    manage::{ByArguments, ManageArguments},
    open, parsed,
    say::{StandardOutput, say, tell},
};
use crate::{
    domain::{ActorName, Audience, NoticeChannel, RecipientName},
    settings::Settings,
    store::{self, ListOrder, NoticeFilter, PageRequest},
    tools::{
        mail_file::{mail, write_whole},
        management::Management,
    },
    web::{ListedNotices, ShownNotice, ShownRecipient},
};

/// The notices that are read at once.
const PAGE: u16 = 500;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct NoticesArguments {
    #[command(subcommand)]
    command: Option<NoticesCommand>,
    #[command(flatten)]
    list: ListArguments,
}

#[derive(Debug, Subcommand)]
enum NoticesCommand {
    /// Writes each notice to each recipient by mail who was not told yet into a file of its own, and marks them told.
    Spool {
        /// The folder, which is there.
        dir: PathBuf,
        #[command(flatten)]
        by: ByArguments,
        #[command(flatten)]
        manage: ManageArguments,
    },
    /// Marks a recipient of a notice as told by hand, now.
    Told {
        /// The number of the notice.
        id: i64,
        /// The name of the recipient.
        #[arg(long, value_parser = parsed::<RecipientName>)]
        name: RecipientName,
        #[command(flatten)]
        by: ByArguments,
        #[command(flatten)]
        manage: ManageArguments,
    },
}

#[derive(Debug, Args)]
struct ListArguments {
    /// Only notices with a recipient of this audience.
    #[arg(long, value_parser = parsed::<Audience>)]
    audience: Option<Audience>,
    /// Only notices about this: the number of an order, the reference of a window.
    #[arg(long)]
    about: Option<String>,
    /// Only notices with a recipient by this channel who was not told yet.
    #[arg(long, value_name = "CHANNEL", value_parser = parsed::<NoticeChannel>)]
    pending: Option<NoticeChannel>,
    /// For people, or for programs.
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    format: ListFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ListFormat {
    Text,
    Csv,
    Json,
}

pub(super) fn run(settings: &Settings, arguments: NoticesArguments) -> anyhow::Result<ExitCode> {
    match arguments.command {
        None => list(settings, arguments.list),
        Some(NoticesCommand::Spool { dir, by, manage }) => {
            spool(&manage.client(settings)?, settings, &dir, &by.name()?)
        }
        Some(NoticesCommand::Told { id, name, by, manage }) => {
            let body = json!({ "name": name.as_str(), "by": by.name()?.as_str() });
            let path = format!("/manage/notices/{id}/told");
            print(&manage.client(settings)?.post::<ShownNotice>(&path, &body)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn list(settings: &Settings, arguments: ListArguments) -> anyhow::Result<ExitCode> {
    let ListArguments { audience, about, pending, format } = arguments;
    let filter = NoticeFilter { audience, about, pending, kinds: &[] };
    let store = open::store_to_read(settings)?;
    let mut page = PageRequest::first(PAGE);
    let mut csv = csv::Writer::from_writer(StandardOutput);
    let mut all = Vec::new();
    if matches!(format, ListFormat::Csv) {
        csv.write_record(ShownNotice::COLUMNS).context("standard output")?;
    }
    loop {
        let read =
            store.read(|connection| store::notices_page(connection, &filter, ListOrder::OldestFirst, page));
        let listed = read?;
        page.after = listed.next;
        let ListedNotices { notices, next } = listed.into();
        match format {
            ListFormat::Text => notices.iter().for_each(print),
            ListFormat::Csv => notices
                .iter()
                .flat_map(ShownNotice::cells)
                .try_for_each(|line| csv.write_record(line))
                .context("standard output")?,
            ListFormat::Json => all.extend(notices),
        }
        if next.is_none() {
            break;
        }
    }
    if matches!(format, ListFormat::Json) {
        say!("{}", serde_json::to_string_pretty(&ListedNotices { notices: all, next: None })?);
    }
    csv.flush().context("standard output")?;
    Ok(ExitCode::SUCCESS)
}

fn print(notice: &ShownNotice) {
    let ShownNotice { id, kind, subject, about, created_at, recipients, .. } = notice;
    say!("{id}  {created_at}  {kind}  {about}: {subject}");
    for ShownRecipient { audience, name, channel, address, told_at, .. } in recipients {
        let address = address.as_ref().map(|address| format!(" <{address}>")).unwrap_or_default();
        let told = told_at.as_ref().map_or("not told yet".to_owned(), |at| format!("told {at}"));
        say!("    {audience}  {name}{address}  {channel}  {told}");
    }
}

/// Writes the mails. A recipient is marked after the file is there: what is broken off between the two writes the same file again.
fn spool(manage: &Management, settings: &Settings, dir: &Path, by: &ActorName) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(dir.is_dir(), "{}: there is no such folder", dir.display());
    let mail_channel = NoticeChannel::Mail.as_str();
    let mut calendar = None;
    let (mut after, mut written) = (String::new(), 0_u64);
    loop {
        let page = manage.get::<ListedNotices>(&format!("/manage/notices?pending={mail_channel}{after}"))?;
        for notice in &page.notices {
            let calendar = calendar_for(manage, notice, &mut calendar)?;
            let pending =
                notice.recipients.iter().zip(1..).filter(|(recipient, _)| {
                    recipient.told_at.is_none() && recipient.channel == mail_channel
                });
            for (recipient, number) in pending {
                let name = format!("{}-{number}.eml", notice.id);
                let text = mail(notice, (number, recipient), &settings.notices.from, calendar);
                text.and_then(|text| write_whole(dir, &name, &text))
                    .with_context(|| dir.join(&name).display().to_string())?;
                let told = json!({ "name": recipient.name, "by": by.as_str(), "channel": mail_channel });
                manage.post::<ShownNotice>(&format!("/manage/notices/{}/told", notice.id), &told)?;
                written += 1;
            }
        }
        let Some(next) = page.next else { break };
        after = format!("&after={next}");
    }
    tell!("{}: {written} mails written", dir.display());
    Ok(ExitCode::SUCCESS)
}

/// The calendar that the mails of a notice carry: for one about maintenance the forward schedule, which is asked for once.
fn calendar_for<'c>(
    manage: &Management,
    notice: &ShownNotice,
    asked: &'c mut Option<String>,
) -> anyhow::Result<Option<&'c str>> {
    if !notice.kind.starts_with("maintenance.") {
        return Ok(None);
    }
    if asked.is_none() {
        *asked = Some(manage.get_text("/manage/maintenance/feed.ics")?);
    }
    Ok(asked.as_deref())
}
