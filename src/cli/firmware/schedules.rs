//! `smi firmware ask`, `agree` and `withdraw`: by the management listener, so that one clock and one writer judge.

use std::{path::Path, process::ExitCode};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    arguments::{AgreeArguments, AskArguments, DeskArguments, WithdrawArguments},
    print,
};
use crate::{settings::Settings, web::ShownDeliverySchedule};

/// A line of the file of batches.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchLine {
    day: String,
    images: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    update_firmware_on: Option<String>,
}

pub(super) fn ask(settings: &Settings, asked: &AskArguments) -> anyhow::Result<ExitCode> {
    let AskArguments { file, user, image, bytes, images, security, reason, json, by, manage } = asked;
    let batches = read(file).with_context(|| file.display().to_string())?;
    let mut body = json!({
        "user_id": user.to_string(),
        "firmware_hash": image.to_string(),
        "batches": batches,
        "security": security,
        "by": by.name()?.as_str(),
    });
    let more = [
        ("size_bytes", bytes.map(|size| Value::from(size.bytes()))),
        ("images", images.map(Value::from)),
        ("reason", reason.as_ref().map(|reason| Value::from(reason.as_str()))),
    ];
    for (name, value) in more {
        if let (Some(value), Some(body)) = (value, body.as_object_mut()) {
            body.insert(name.to_owned(), value);
        }
    }
    let client = manage.client(settings)?;
    show(&client.post::<ShownDeliverySchedule>("/manage/firmware/schedules", &body)?, *json)
}

fn read(file: &Path) -> anyhow::Result<Vec<BatchLine>> {
    let mut csv = csv::Reader::from_path(file)?;
    Ok(csv.deserialize().collect::<Result<Vec<BatchLine>, _>>()?)
}

pub(super) fn agree(settings: &Settings, asked: &AgreeArguments) -> anyhow::Result<ExitCode> {
    let AgreeArguments { desk, is_moved, displace } = asked;
    let mut more = Vec::new();
    if *is_moved {
        more.push(("clash", Value::from("move")));
    }
    if !displace.is_empty() {
        let numbers = displace.iter().map(|batch| batch.0).collect::<Vec<_>>();
        more.extend([("clash", Value::from("displace")), ("displace", Value::from(numbers))]);
    }
    act(settings, desk, "agree", more)
}

pub(super) fn withdraw(settings: &Settings, asked: &WithdrawArguments) -> anyhow::Result<ExitCode> {
    act(settings, &asked.desk, "withdraw", Vec::new())
}

fn act(
    settings: &Settings,
    desk: &DeskArguments,
    what: &str,
    more: Vec<(&str, Value)>,
) -> anyhow::Result<ExitCode> {
    let DeskArguments { id, reason, json, by, manage } = desk;
    let mut body = serde_json::Map::new();
    body.insert("by".to_owned(), by.name()?.as_str().into());
    body.insert("reason".to_owned(), reason.as_str().into());
    body.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    let path = format!("/manage/firmware/schedules/{id}/{what}");
    show(&manage.client(settings)?.post::<ShownDeliverySchedule>(&path, &Value::Object(body))?, *json)
}

fn show(schedule: &ShownDeliverySchedule, as_json: bool) -> anyhow::Result<ExitCode> {
    if as_json {
        print::json(schedule)?;
    } else {
        print::schedule(schedule);
    }
    Ok(ExitCode::SUCCESS)
}
