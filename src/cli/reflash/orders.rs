//! `smi reflash list`, `show`, `event` and `slots`.

use std::process::ExitCode;

use anyhow::Context as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::{
    arguments::{ChangeArguments, EventArguments, ListArguments},
    print,
};
use crate::{
    cli::{manage::ManageArguments, open, say::say},
    domain::{LocationId, reflash::OrderNumber},
    service::{ListedOrder, ShownOrder},
    settings::Settings,
    store::{ListOrder, OrderFilter, PageRequest},
    web::{ListedOrders, OpenSlots, OrderBody},
};

/// The orders that are read at once.
const PAGE: u16 = 500;

pub(super) fn list(settings: &Settings, arguments: &ListArguments) -> anyhow::Result<ExitCode> {
    let ListArguments { state, party, site, json } = arguments;
    let filter = OrderFilter { state: *state, party: party.clone(), site: site.clone() };
    let store = open::store_to_read(settings)?;
    let mut page = PageRequest::first(PAGE);
    let mut all = Vec::new();
    loop {
        let oldest_first = ListOrder::OldestFirst;
        let listed = store.read(|connection| ListedOrder::page(connection, &filter, oldest_first, page))?;
        page.after = listed.next;
        let ListedOrders { orders, next } = listed.into();
        if *json {
            all.extend(orders);
        } else {
            orders.iter().for_each(print::summary);
        }
        if next.is_none() {
            break;
        }
    }
    if *json {
        say!("{}", serde_json::to_string_pretty(&ListedOrders { orders: all, next: None })?);
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn show(settings: &Settings, order: OrderNumber, json: bool) -> anyhow::Result<ExitCode> {
    let shown = open::store_to_read(settings)?.read(|connection| ShownOrder::load(connection, order))?;
    let body = OrderBody::from(&shown.with_context(|| format!("there is no order {order}"))?);
    if json {
        say!("{}", serde_json::to_string_pretty(&body)?);
    } else {
        print::order(&body);
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn event(settings: &Settings, arguments: &EventArguments) -> anyhow::Result<ExitCode> {
    let EventArguments { change: ChangeArguments { order, by, manage }, event, details } = arguments;
    let mut body = Map::new();
    body.insert("event".to_owned(), event.as_str().into());
    body.insert("by".to_owned(), by.name()?.as_str().into());
    for detail in details {
        let (key, value) = detail.split_once('=').with_context(|| format!("`{detail}` is not KEY=VALUE"))?;
        let value: Value = match key {
            "reasons" => value.split(',').collect::<Vec<_>>().into(),
            _ => value.into(),
        };
        anyhow::ensure!(body.insert(key.to_owned(), value).is_none(), "`{key}` is given already");
    }
    let path = format!("/manage/reflash/orders/{order}/events");
    print::order(&manage.client(settings)?.post::<OrderBody>(&path, &Value::Object(body))?);
    Ok(ExitCode::SUCCESS)
}

pub(super) fn slots(
    settings: &Settings,
    site: &LocationId,
    manage: &ManageArguments,
) -> anyhow::Result<ExitCode> {
    let site = utf8_percent_encode(site.as_str(), NON_ALPHANUMERIC);
    let open = manage.client(settings)?.get::<OpenSlots>(&format!("/manage/reflash/slots?site={site}"))?;
    for slot in open.slots {
        say!("{} {}", slot.on, slot.window);
    }
    Ok(ExitCode::SUCCESS)
}
