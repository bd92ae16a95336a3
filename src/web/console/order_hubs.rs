//! The hubs of an order as a download.

use actix_web::{HttpResponse, web};

use super::{
    download::File,
    order::number_of,
    order_refusal::unreadable,
    page_error::PageError,
    query::DOWNLOAD,
    wanted::{Download, Format, Wanted},
};
use crate::{
    service::console::PageRequestValue,
    web::manage::{ListedOrderHubs, ORDER_HUB_COLUMNS, ShownOrderHub},
};

pub(super) async fn download(wanted: Wanted, number: web::Path<String>) -> HttpResponse {
    let work = move |asked: &Download| {
        let number = number_of(&number)?;
        let page = PageRequestValue { after: asked.parameters.key("after")?, limit: DOWNLOAD };
        let found = asked.app.reflash_hubs(number, false, page).map_err(unreadable)?;
        let missing = || PageError::not_found(format!("There is no re-flash order {number}."));
        let found = found.ok_or_else(missing)?;
        let next = asked.next("after", found.next);
        let hubs = found.rows.iter().map(ShownOrderHub::from);
        let file = match asked.format {
            Format::Csv => File::csv("order-hubs", ORDER_HUB_COLUMNS, hubs.map(ShownOrderHub::cells))?,
            Format::Json => {
                File::json("order-hubs", &ListedOrderHubs { hubs: hubs.collect(), next: next.clone() })?
            }
        };
        Ok(file.followed_by(next))
    };
    wanted.answer(&["after"], work).await
}
