//! The routing table of the console.

use actix_web::{HttpRequest, HttpResponse, Route, middleware::from_fn, web};

use super::{
    acts, assets, audit, bench_faults, bench_journal, bench_message, bench_states, coverage,
    coverage_download, decision, decisions, device, device_event, firmware_ask, firmware_days,
    firmware_images, firmware_schedule, firmware_schedules, frame::Frame, guard, headers, hub, import, jobs,
    maintenance, maintenance_acts, maintenance_edit, maintenance_window, maintenance_year, notices, order,
    order_acts, order_hubs, order_papers, order_request, orders, outbox, overview, page_error::PageError,
    privacy, privacy_download, refusals, reply, reports, rulebook, search, sign_in, sites, stock,
    supply_point, test_bench, time_line, users, validity, validity_download, variants, what_if,
};
use crate::web::health::get;

/// A path of the pages and its handler.
type PageRoute = (&'static str, fn() -> Route);

/// The pages, which are read.
const PAGES: [PageRoute; 106] = [
    ("/", || get().to(overview::show)),
    ("/overview/decisions", || get().to(overview::newest_decisions)),
    ("/decisions", || get().to(decisions::list)),
    ("/decisions.csv", || get().to(decisions::download)),
    ("/decisions.json", || get().to(decisions::download)),
    ("/decisions/{key}", || get().to(decision::show)),
    ("/search", || get().to(search::show)),
    ("/devices/{id}", || get().to(device::show)),
    ("/mpxns/{mpxn}", || get().to(supply_point::show)),
    ("/mpxns/{mpxn}/registrations.csv", || get().to(supply_point::download)),
    ("/mpxns/{mpxn}/registrations.json", || get().to(supply_point::download)),
    ("/devices/{id}/history.csv", || get().to(time_line::download)),
    ("/devices/{id}/history.json", || get().to(time_line::download)),
    ("/users", || get().to(users::list)),
    ("/users.csv", || get().to(users::download)),
    ("/users.json", || get().to(users::download)),
    ("/users/{id}", || get().to(users::show)),
    ("/coverage", || get().to(coverage::show)),
    ("/coverage.csv", || get().to(coverage_download::download)),
    ("/coverage.json", || get().to(coverage_download::download)),
    (validity::PATH, || get().to(validity::show)),
    ("/validity.csv", || get().to(validity_download::tables)),
    ("/validity.json", || get().to(validity_download::tables)),
    ("/validity/review.csv", || get().to(validity_download::review)),
    ("/validity/review.json", || get().to(validity_download::review)),
    ("/validity/difference.csv", || get().to(validity_download::difference)),
    ("/validity/difference.json", || get().to(validity_download::difference)),
    ("/refusals", || get().to(refusals::list)),
    ("/refusals/{number}", || get().to(refusals::show)),
    ("/what-if", || get().to(what_if::show)),
    ("/rulebook", || get().to(rulebook::show)),
    (test_bench::PATH, || get().to(test_bench::show)),
    (bench_faults::PATH, || get().to(bench_faults::show)),
    (bench_journal::PATH, || get().to(bench_journal::list)),
    ("/journal/{number}", || get().to(bench_message::show)),
    (bench_states::PATH, || get().to(bench_states::show)),
    ("/audit", || get().to(audit::show)),
    ("/acts", || get().to(acts::list)),
    ("/acts.csv", || get().to(acts::download)),
    ("/acts.json", || get().to(acts::download)),
    ("/notices", || get().to(notices::list)),
    ("/notices.csv", || get().to(notices::download)),
    ("/notices.json", || get().to(notices::download)),
    ("/notices/{number}", || get().to(notices::show)),
    (stock::PATH, || get().to(stock::show)),
    ("/stock.csv", || get().to(stock::download)),
    ("/stock.json", || get().to(stock::download)),
    ("/hubs.csv", || get().to(hub::download)),
    ("/hubs.json", || get().to(hub::download)),
    ("/hubs/{id}", || get().to(hub::show)),
    // Before `/orders/{number}`, which would take them.
    (order_request::PATH, || get().to(order_request::show)),
    ("/orders/tried/{number}", || get().to(order_request::show_tried)),
    ("/orders/tried/{number}/good.csv", || get().to(order_request::good)),
    (orders::PATH, || get().to(orders::list)),
    ("/orders.csv", || get().to(orders::download)),
    ("/orders.json", || get().to(orders::download)),
    ("/orders/{number}", || get().to(order::show)),
    ("/orders/{number}/hubs.csv", || get().to(order_hubs::download)),
    ("/orders/{number}/hubs.json", || get().to(order_hubs::download)),
    ("/orders/{number}/labels", || get().to(order_papers::labels)),
    ("/orders/{number}/despatch-note", || get().to(order_papers::despatch_note)),
    ("/orders/{number}/statement", || get().to(order_papers::statement)),
    (sites::PATH, || get().to(sites::list)),
    ("/sites.csv", || get().to(sites::download)),
    ("/sites.json", || get().to(sites::download)),
    ("/sites/{id}", || get().to(sites::show)),
    (firmware_days::PATH, || get().to(firmware_days::show)),
    ("/firmware/days.csv", || get().to(firmware_days::download)),
    ("/firmware/days.json", || get().to(firmware_days::download)),
    (firmware_schedules::PATH, || get().to(firmware_schedules::list)),
    ("/firmware/schedules.csv", || get().to(firmware_schedules::download)),
    ("/firmware/schedules.json", || get().to(firmware_schedules::download)),
    // Before `/firmware/schedules/{number}`, which would take it.
    (firmware_ask::PATH, || get().to(firmware_ask::show)),
    ("/firmware/schedules/{number}", || get().to(firmware_schedule::show)),
    (firmware_images::PATH, || get().to(firmware_images::show)),
    (maintenance::PATH, || get().to(maintenance::show)),
    (maintenance_year::PATH, || get().to(maintenance_year::months)),
    (maintenance_year::NOW, || get().to(maintenance_year::now)),
    (maintenance_edit::NEW, || get().to(maintenance_edit::new)),
    ("/maintenance/windows/{reference}", || get().to(maintenance_window::show)),
    ("/maintenance/windows/{reference}/edit", || get().to(maintenance_edit::edit)),
    (privacy::PATH, || get().to(privacy::show)),
    ("/privacy.csv", || get().to(privacy_download::report)),
    ("/privacy.json", || get().to(privacy_download::report)),
    ("/privacy/shares.csv", || get().to(privacy_download::shares)),
    ("/privacy/shares.json", || get().to(privacy_download::shares)),
    ("/privacy/assessments.csv", || get().to(privacy_download::assessments)),
    ("/privacy/assessments.json", || get().to(privacy_download::assessments)),
    ("/privacy/review.csv", || get().to(privacy_download::review)),
    ("/privacy/review.json", || get().to(privacy_download::review)),
    (variants::PATH, || get().to(variants::show)),
    ("/variants.csv", || get().to(variants::download_all)),
    ("/variants.json", || get().to(variants::download)),
    ("/variants/report.csv", || get().to(variants::download_report)),
    ("/variants/report.json", || get().to(variants::download_report)),
    (reports::PATH, || get().to(reports::show)),
    ("/reports.csv", || get().to(reports::download)),
    ("/reports.json", || get().to(reports::download)),
    (import::PATH, || get().to(import::show)),
    ("/outbox", || get().to(outbox::list)),
    ("/outbox.csv", || get().to(outbox::download)),
    ("/outbox.json", || get().to(outbox::download)),
    ("/outbox/{number}", || get().to(outbox::show)),
    ("/jobs", || get().to(jobs::list)),
    ("/jobs/{number}", || get().to(jobs::show)),
    ("/jobs/{number}/progress", || get().to(jobs::progress)),
];

/// The forms, which are sent.
const FORMS: [PageRoute; 40] = [
    (guard::SIGN_OUT, || web::post().to(sign_in::end)),
    (test_bench::CLOCK, || web::post().to(test_bench::move_clock)),
    (test_bench::RESET, || web::post().to(test_bench::reset)),
    (bench_faults::ADD, || web::post().to(bench_faults::add)),
    (bench_faults::REMOVE, || web::post().to(bench_faults::remove)),
    (bench_faults::REMOVE_ALL, || web::post().to(bench_faults::remove_all)),
    (bench_journal::CLEAR, || web::post().to(bench_journal::clear)),
    (bench_states::KEEP, || web::post().to(bench_states::keep)),
    (bench_states::RESTORE, || web::post().to(bench_states::restore)),
    (bench_states::DELETE, || web::post().to(bench_states::delete)),
    (audit::VERIFY, || web::post().to(audit::verify)),
    (what_if::MESSAGE, || web::post().to(what_if::message)),
    (import::UPLOAD, || web::post().to(import::upload)),
    ("/import/{number}/check", || web::post().to(import::check)),
    ("/import/{number}/run", || web::post().to(import::run)),
    ("/devices/{id}/events", || web::post().to(device_event::report)),
    (order_request::UPLOAD, || web::post().to(order_request::upload)),
    ("/orders/tried/{number}/good", || web::post().to(order_request::try_good)),
    ("/orders/tried/{number}/send", || web::post().to(order_request::send)),
    ("/orders/{number}/events", || web::post().to(order_acts::event)),
    ("/orders/{number}/received", || web::post().to(order_acts::received)),
    ("/orders/{number}/outcomes", || web::post().to(order_acts::outcomes)),
    ("/orders/{number}/batches", || web::post().to(order_acts::batch)),
    ("/notices/{number}/told", || web::post().to(notices::told)),
    ("/firmware/schedules/new/send", || web::post().to(firmware_ask::send)),
    ("/firmware/schedules/{number}/agree", || web::post().to(firmware_schedule::agree)),
    ("/firmware/schedules/{number}/withdraw", || web::post().to(firmware_schedule::withdraw)),
    ("/maintenance/publish", || web::post().to(maintenance::publish)),
    (maintenance_edit::SAVE, || web::post().to(maintenance_edit::create)),
    ("/maintenance/windows/{reference}/save", || web::post().to(maintenance_edit::change)),
    ("/maintenance/windows/{reference}/announce", || web::post().to(maintenance_acts::announce)),
    ("/maintenance/windows/{reference}/extend", || web::post().to(maintenance_acts::extend)),
    ("/maintenance/windows/{reference}/close", || web::post().to(maintenance_acts::close)),
    ("/maintenance/windows/{reference}/withdraw", || web::post().to(maintenance_acts::withdraw)),
    ("/maintenance/windows/{reference}/cases", || web::post().to(maintenance_acts::open_case)),
    ("/maintenance/cases/{id}/close", || web::post().to(maintenance_acts::close_case)),
    (privacy::COUNT, || web::post().to(privacy::count)),
    (privacy::EVALUATE, || web::post().to(privacy::evaluate)),
    ("/outbox/{number}/retry", || web::post().to(outbox::retry)),
    ("/outbox/{number}/give-up", || web::post().to(outbox::abandon)),
];

/// Registers the console: everything that no path before it took. Only the sign-in page and the assets are answered without a
/// session.
pub(in crate::web) fn configure(config: &mut web::ServiceConfig) {
    let sign_in = web::resource(sign_in::PATH)
        .wrap(from_fn(headers::add))
        .route(get().to(sign_in::show))
        .route(web::post().to(sign_in::submit))
        .default_service(web::to(other_method));
    let assets =
        web::resource("/console/{version}/{name}").wrap(from_fn(headers::add)).route(get().to(assets::show));
    let mut pages = web::scope("");
    for (path, route) in PAGES.into_iter().chain(FORMS) {
        pages = pages.service(web::resource(path).route(route()).default_service(web::to(other_method)));
    }
    let pages =
        pages.default_service(web::to(no_such_page)).wrap(from_fn(guard::admit)).wrap(from_fn(headers::add));
    config.service(sign_in).service(assets).service(pages);
}

async fn no_such_page(frame: Frame, request: HttpRequest) -> HttpResponse {
    let path = request.path().chars().take(200).collect::<String>();
    reply::error(frame, &PageError::not_found(format!("Nothing is at {path}.")))
}

async fn other_method(frame: Frame) -> HttpResponse {
    reply::error(frame, &PageError::method())
}
