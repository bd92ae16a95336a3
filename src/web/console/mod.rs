//! The console: pages for people, beside the JSON of [`super::manage`] on the management listener.
//!
//! A page shows what the service's reads return, and decides nothing. Its handlers never use the store: the table of imports
//! forbids it. Everything works without scripts; the one script refreshes live parts and copies IDs.

// Who may see a page, and what every answer carries.
mod assets;
mod cookie;
mod firmware_ask;
mod firmware_days;
mod firmware_images;
mod firmware_refusal;
mod firmware_schedule;
mod firmware_schedules;
mod form;
mod guard;
mod headers;
mod multipart;
mod origin;
mod sent;
mod session;
mod sign_in;

// How a page is made.
mod bar;
mod bench_faults;
mod bench_journal;
mod bench_message;
mod bench_states;
mod bench_tools;
mod capacity_picture;
mod diagram;
mod download;
mod frame;
mod navigation;
mod night_picture;
mod page_error;
mod query;
mod question;
mod reply;
mod routes;
mod rule_text;
mod shown;
mod verdict;
mod wanted;
mod xml;

// The pages.
mod about;
mod act_form;
mod act_row;
mod acts;
mod audit;
mod awaited;
mod coverage;
mod coverage_download;
mod coverage_rows;
mod decision;
mod decisions;
mod device;
mod device_event;
mod device_fields;
mod device_history;
mod extracts;
mod hub;
mod import;
mod jobs;
mod maintenance;
mod maintenance_acts;
mod maintenance_edit;
mod maintenance_fields;
mod maintenance_forms;
mod maintenance_refusal;
mod maintenance_window;
mod maintenance_year;
mod message_events;
mod notice_link;
mod notices;
mod order;
mod order_acts;
mod order_fields;
mod order_forms;
mod order_hubs;
mod order_papers;
mod order_picture;
mod order_refusal;
mod order_request;
mod order_states;
mod order_way;
mod orders;
mod outbox;
mod overview;
mod premises;
mod privacy;
mod privacy_download;
mod refusals;
mod refused;
mod reports;
mod rights;
mod rulebook;
mod search;
mod sites;
mod slots;
mod state_picture;
mod stock;
mod stock_picture;
mod supply_point;
mod tallies;
mod test_bench;
mod time_line;
mod timeline;
mod users;
mod validity;
mod validity_download;
mod variants;
mod what_if;

pub(super) use routes::configure;
pub(super) use sign_in::HashingPermits;
