//! The routing table.

use std::collections::BTreeMap;

use actix_web::{Route, web};

use super::{
    acts, calendar, changes, clock, coverage, decisions, device_history, devices, events, faults, firmware,
    hub_reports, hubs, import, journal, maintenance, maintenance_feed, metrics, notices, openapi, outbox,
    privacy, reflash, refusals, reply, reports, ssmi, states, tallies, tsat, variants,
};
use crate::web::health::{ALLOW, get};

/// A method, a path and its handler. A path may have several methods, and HEAD where one is GET.
type RouteEntry = (&'static str, &'static str, fn() -> Route);

const TABLE: [RouteEntry; 86] = [
    ("GET", "/manage/devices/{id}", || get().to(devices::show)),
    ("GET", "/manage/devices/{id}/history", || get().to(device_history::list)),
    ("POST", "/manage/devices/{id}/events", || web::post().to(events::report)),
    ("GET", "/manage/decisions", || get().to(decisions::list)),
    ("GET", "/manage/refusals", || get().to(refusals::list)),
    ("GET", "/manage/tallies", || get().to(tallies::list)),
    ("PUT", "/manage/import/{kind}", || web::put().to(import::put)),
    ("GET", "/manage/coverage", || get().to(coverage::list)),
    ("GET", "/manage/calendar", || get().to(calendar::list)),
    ("GET", "/manage/tsat", || get().to(tsat::show)),
    ("GET", "/manage/tsat/ask", || get().to(tsat::ask)),
    ("GET", "/manage/tsat/diff", || get().to(tsat::diff)),
    ("GET", "/manage/tsat/review", || get().to(tsat::list_review)),
    ("GET", "/manage/tsat/effective", || get().to(tsat::effective)),
    ("GET", "/manage/tsat/compatibility", || get().to(tsat::compatibility)),
    ("GET", "/manage/firmware/images", || get().to(firmware::images)),
    ("GET", "/manage/firmware/scope", || get().to(firmware::scope)),
    ("GET", "/manage/firmware/days", || get().to(firmware::days)),
    ("POST", "/manage/firmware/check", || web::post().to(firmware::check)),
    ("POST", "/manage/firmware/plan", || web::post().to(firmware::plan)),
    ("GET", "/manage/firmware/schedules", || get().to(firmware::list)),
    ("POST", "/manage/firmware/schedules", || web::post().to(firmware::ask)),
    ("GET", "/manage/firmware/schedules/{id}", || get().to(firmware::show)),
    ("POST", "/manage/firmware/schedules/{id}/agree", || web::post().to(firmware::agree)),
    ("POST", "/manage/firmware/schedules/{id}/withdraw", || web::post().to(firmware::withdraw)),
    ("GET", "/manage/reports/{name}", || get().to(reports::show)),
    ("GET", "/manage/hubs", || get().to(hubs::list)),
    ("GET", "/manage/hubs/reports/{name}", || get().to(hub_reports::show)),
    ("GET", "/manage/hubs/{id}", || get().to(hubs::show)),
    ("GET", "/manage/acts", || get().to(acts::list)),
    ("GET", "/manage/notices", || get().to(notices::list)),
    ("POST", "/manage/notices/{id}/told", || web::post().to(notices::told)),
    ("POST", "/manage/reflash/requests", || web::post().to(reflash::request)),
    ("GET", "/manage/reflash/orders", || get().to(reflash::orders)),
    ("GET", "/manage/reflash/orders/{order}", || get().to(reflash::show)),
    ("GET", "/manage/reflash/orders/{order}/hubs", || get().to(reflash::hubs)),
    ("POST", "/manage/reflash/orders/{order}/events", || web::post().to(reflash::event)),
    ("PUT", "/manage/reflash/orders/{order}/received", || web::put().to(reflash::received)),
    ("PUT", "/manage/reflash/orders/{order}/outcomes", || web::put().to(reflash::outcomes)),
    ("POST", "/manage/reflash/orders/{order}/batches", || web::post().to(reflash::batch)),
    ("GET", "/manage/reflash/orders/{order}/labels", || get().to(reflash::labels)),
    ("GET", "/manage/reflash/orders/{order}/despatch-note", || get().to(reflash::despatch_note)),
    ("GET", "/manage/reflash/orders/{order}/statement", || get().to(reflash::statement)),
    ("GET", "/manage/reflash/slots", || get().to(reflash::slots)),
    ("GET", "/manage/reflash/capacity", || get().to(reflash::capacity)),
    ("PUT", "/manage/ssmi/firmware", || web::put().to(ssmi::put)),
    ("GET", "/manage/maintenance", || get().to(maintenance::list)),
    ("GET", "/manage/maintenance/check", || get().to(maintenance::check)),
    ("POST", "/manage/maintenance/publish", || web::post().to(maintenance::publish)),
    ("GET", "/manage/maintenance/windows/{reference}", || get().to(maintenance::show)),
    ("PUT", "/manage/maintenance/windows/{reference}", || web::put().to(maintenance::save)),
    ("POST", "/manage/maintenance/windows/{reference}/announce", || web::post().to(maintenance::announce)),
    ("POST", "/manage/maintenance/windows/{reference}/extend", || web::post().to(maintenance::extend)),
    ("POST", "/manage/maintenance/windows/{reference}/close", || web::post().to(maintenance::close)),
    ("POST", "/manage/maintenance/windows/{reference}/withdraw", || web::post().to(maintenance::withdraw)),
    ("POST", "/manage/maintenance/windows/{reference}/cases", || web::post().to(maintenance::open_case)),
    ("POST", "/manage/maintenance/cases/{id}/close", || web::post().to(maintenance::close_case)),
    ("GET", "/manage/privacy/activity", || get().to(privacy::activity)),
    ("GET", "/manage/privacy/report", || get().to(privacy::report)),
    ("GET", "/manage/privacy/review", || get().to(privacy::review)),
    ("POST", "/manage/privacy/evaluate", || web::post().to(privacy::evaluate)),
    ("GET", "/manage/maintenance/now", || get().to(maintenance_feed::now)),
    ("GET", "/manage/maintenance/feed.ics", || get().to(maintenance_feed::ics)),
    ("GET", "/manage/maintenance/feed.csv", || get().to(maintenance_feed::csv)),
    ("GET", "/manage/maintenance/feed.json", || get().to(maintenance_feed::json)),
    ("GET", "/manage/variants/suspects", || get().to(variants::suspects)),
    ("GET", "/manage/variants/report", || get().to(variants::report)),
    ("GET", "/manage/changes", || get().to(changes::list)),
    ("GET", "/manage/outbox", || get().to(outbox::list)),
    ("POST", "/manage/outbox/{id}/retry", || web::post().to(outbox::retry)),
    ("POST", "/manage/outbox/{id}/give-up", || web::post().to(outbox::abandon)),
    ("PUT", "/manage/clock", || web::put().to(clock::set)),
    ("POST", "/manage/reset", || web::post().to(clock::reset)),
    ("PUT", "/manage/faults", || web::put().to(faults::replace)),
    ("GET", "/manage/faults", || get().to(faults::list)),
    ("DELETE", "/manage/faults", || web::delete().to(faults::remove)),
    ("GET", "/manage/journal", || get().to(journal::list)),
    ("DELETE", "/manage/journal", || web::delete().to(journal::clear)),
    ("GET", "/manage/journal/{n}/request.xml", || get().to(journal::request)),
    ("GET", "/manage/journal/{n}/answer.xml", || get().to(journal::answer)),
    ("GET", "/manage/states", || get().to(states::list)),
    ("PUT", "/manage/states/{name}", || web::put().to(states::keep)),
    ("DELETE", "/manage/states/{name}", || web::delete().to(states::remove)),
    ("POST", "/manage/states/{name}/restore", || web::post().to(states::restore)),
    ("GET", "/metrics", || get().to(metrics::show)),
    ("GET", "/openapi.json", || get().to(openapi::show)),
];

/// Every method and path of the management listener.
pub fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.iter().map(|(method, path, _)| (*method, *path))
}

/// Whether a path is of the API, and not of the console.
pub(super) fn is_of_api(path: &str) -> bool {
    let is_manage = path.strip_prefix("/manage").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    is_manage || path == "/metrics" || path == "/openapi.json"
}

/// Registers the routes. Another method gets 405, another path of the API 404.
pub(in crate::web) fn configure(config: &mut web::ServiceConfig) {
    let mut paths = BTreeMap::<&str, Vec<RouteEntry>>::new();
    for entry in TABLE {
        paths.entry(entry.1).or_default().push(entry);
    }
    // In the order of the table, as a path with a parameter fits others too.
    for (_, path, _) in TABLE {
        let Some(entries) = paths.remove(path) else { continue };
        let allowed = entries.iter().map(|(method, ..)| if *method == "GET" { ALLOW } else { method });
        let allowed = allowed.collect::<Vec<_>>().join(", ");
        let routes = entries.into_iter().map(|(.., route)| route());
        let resource = routes.fold(web::resource(path), |resource, route| resource.route(route));
        // On the resource: the default service of the listener would answer 404 for another method.
        let other = move || {
            let allowed = allowed.clone();
            async move { reply::no_such_method(&allowed) }
        };
        config.service(resource.default_service(web::to(other)));
    }
    config.service(web::resource("/manage/states/{tail:.*}").route(web::route().to(states::with_slash)));
    // Only what is of the API: the rest of the listener is the console's.
    let others = web::resource(["/manage", "/manage/{tail:.*}"]);
    config.service(others.default_service(web::to(reply::no_such_path)));
}
