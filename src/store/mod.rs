//! The store: tables, queries and changes of every subject, on the database of [`crate::db`].
//!
//! Its functions take and return domain values; row structs are private. It decides no rule and reads no clock.

mod keyed_staging;
mod last_id;
mod page;
mod staging;
mod stored;
mod table;
mod tables;

mod act;
mod audit;
mod backup;
mod change_record;
mod contact;
mod counter;
mod coverage;
mod cpl;
mod csv;
mod decision;
mod device;
mod firmware;
mod han_log;
mod hub;
mod hub_stock;
mod maintenance;
mod notice;
mod outbox;
mod privacy;
mod reflash;
mod registration;
mod request;
mod retention;
mod tally;
mod tsat;
mod user;
mod variants;

mod alert;
mod apply;
mod cause;
mod change_feed;
mod device_history;
mod device_range;
mod facts;
mod feed_place;
mod field_changes;
mod kept;
mod record_after;
mod session;

mod export;
mod import;
mod imports;
mod inventory;
mod kind;
mod lookup;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use act::{
    ActFilter, KeyedAct, about as acts_about, page as acts_page, record as record_act,
    record_all as record_acts,
};
pub use alert::{device_now, devices_beside, responsible_suppliers, users_registered};
pub use apply::apply;
pub use audit::{
    ChainSummary, Finding, Head, InstanceDecisions, Point, PointFault, RecordPlace, chain_legacy_decisions,
    chains as audit_chains, head as audit_head, heads as audit_heads, last_decided,
    unchained as audit_unchained, unnamed as audit_unnamed, verify as audit_verify,
    verify_with_progress as audit_verify_with_progress,
};
pub use backup::{
    BackedUp, BackupFault, Restored, backup, check_backup, restore, restore_into, taken_at as backup_taken_at,
};
pub use cause::Cause;
pub use change_feed::{FeedEnd, FeedPart, FeedStretch, PlacedChange, devices_of_user, feed_after};
pub use change_record::{all as all_changes, of_windows as changes_of_windows};
pub use contact::{all as all_contacts, notice_recipients_of, notice_recipients_of_user};
pub use counter::{Counter, next as next_number, probe_writing, read as counter_value, set as set_counter};
pub use coverage::{
    CoverageExtract, ExtractFile, LoadFault, extracts as coverage_extracts, remove_coverage_leftovers,
};
pub use csv::{
    Affected, Changes, Consequences, ExportFault, ImportFault, Imported, NearMiss, NearMisses,
    NormaliseFault, Origin, Quotation, Regions, ReplacedExtract, RowChange, RowChangeKind, RowFault,
    STRAY_QUOTATION, ValueChange, Warnings,
};
pub use decision::{
    DecisionFilter, DecisionOutcome, DecisionPage, KeyedDecision, find as find_decision,
    keyed_of_request as keyed_decisions_of_request, search as search_decisions,
};
pub use decision::{
    DecisionRecord, NewDecision, RecordedStep, of_device as decisions_of_device,
    of_request as decisions_of_request, page_of_device as decisions_page_of_device,
    page_of_request as decisions_page_of_request, record as record_decision, record_all as record_decisions,
};
pub use device::{
    DeviceColumns, Joining, find as find_device, find_all as find_devices, gpf_of_meter, last_joined,
    model_facts, page_after as devices_after,
};
pub use device::{
    StatusChange, imported_suspensions, last_suspension, page_of_device as history_of_device, status_before,
};
pub use device_history::{
    ChangeKey, HistoryPage, HistoryPlace, last_place as last_history_place, page as device_history,
    record_as_at,
};
pub use device_range::{DeviceRange, next_range};
pub use export::export;
pub use facts::{
    coverage_of as coverage_facts, load as load_facts, load_validity, of_device as device_facts,
    of_premises as premises_facts,
};
pub use feed_place::{FeedPlace, LostPlace};
pub use firmware::{
    BatchTotals, CountedDay, FreeActivation, ImageTarget, IncompleteSet, ScheduleFilter, SuppliedDevices,
    UsedImages, activation_of_device, agree_schedule, agreed_between as agreed_batches,
    agreed_from as agreed_images, all_awaited as all_awaited_activations, all_images as firmware_images,
    batch_totals_of, batches_of as batches_of_schedules, count_supplied as count_supplied_smets1,
    counted_between as counted_firmware_days, delivery_schedules_page, displace_batch, each_free_activation,
    find_agreed_batch, find_delivery_schedule, firmware_capacities, firmware_day_of, firmware_days_of,
    image_of, images_of, images_page, incomplete as incomplete_part_sets, insert_delivery_schedule,
    recipients_facts, targets_of as targets_of_image, used_images, withdraw_schedule,
};
pub use han_log::{AwaitedOf, all as all_awaited, of_chf as awaited_of_chf, of_device as awaited_of_device};
pub use hub::load_facts as load_hub_facts;
pub use hub::{
    HubNotice, NotedUpdate, apply as apply_hubs, apply_ssmi, load_ssmi_facts,
    page_of_device as hub_notices_of_device, read_ssmi,
};
pub use hub_stock::{
    InstalledHub, StockPlace, StockedHub, drop_stock_indexes, each_stocked, find_location, firmware_list,
    hub_charges, installed_after, installed_groups, installed_on, parties, place_of as stock_place_of,
    save_stock_rows, site_forecasts, stock_groups, stock_locations, stocked_after,
};
pub use import::{coverage_rows, import, import_from, normalised};
pub use imports::{ImportCounts, KindImports, LastImport, of_kind as imports_of_kind};
pub use inventory::{
    ChangedPoints, PastReach, devices_of_points, history_begins, left_since, past_records, points_after,
    points_changed_since, registered_suppliers, suppliers_of_devices,
};
pub use kept::changes_kept_since;
pub use kind::Kind;
pub use lookup::{
    MAX_OF_PREMISES, devices_of_postcode, devices_with_mpxn, devices_with_uprn, premises_of_device,
};
pub use maintenance::{
    KeyedCase, PlanColumns, all_derogations, cases_of as cases_of_windows, close_case, find_case,
    find_window, insert_case, insert_published, insert_schedule, last_schedule,
    mark_published as mark_windows_published, newest_of as newest_published,
    newest_of_month as newest_published_of_month, published_after, read_window_plan,
    save_plans as save_window_plans, save_window, schedules_of_month,
    standing_after as standing_windows_after, versions_of_all as versions_of_windows,
    versions_of_month as window_versions_of_month, windows_after, windows_of_references, windows_within,
};
pub use notice::{
    KeyedNotice, NoticeFilter, count_by_kind as count_notices, find as find_notice,
    mark_told as mark_notice_told, page as notices_page, record as record_notice,
};
pub use outbox::{
    ActOutcome, DELIVERY_LOCK, DueMessage, ListedMessage, MessageAct, MessageKind, MessageState, NewMessage,
    OutboxAct, OutboxSchedule, Unfit, abandon as abandon_message, acts_of_message, count as count_outbox,
    enqueue as enqueue_message, find as find_message, mark_delivered as mark_message_delivered,
    mark_failed as mark_message_failed, mark_refused as mark_message_refused,
    next_of_user as next_message_of_user, page as outbox_page, resend as resend_message,
    schedule as outbox_schedule,
};
pub use page::{ListOrder, PageRequest, Paged};
pub use privacy::{accepted_requests, all as privacy_assessments, insert as insert_privacy_assessment};
pub use record_after::{KnownRecord, records_after};
pub use reflash::{
    HubDetails, HubStates, OrderFilter, amended_by as reflash_order_amending,
    find_order as find_reflash_order, hub_details as reflash_hub_details, hub_states as reflash_hub_states,
    hubs_of_order as reflash_hubs_of_order, hubs_page as reflash_hubs_page,
    insert_hubs as insert_reflash_hubs, insert_order as insert_reflash_order, next_asn as next_reflash_asn,
    open_batches as open_reflash_batches, open_orders as reflash_open_orders,
    order_of_reference as reflash_order_of_reference, orders_of_hub as reflash_orders_of_hub,
    orders_page as reflash_orders_page, read_outcomes as read_reflash_outcomes,
    read_received as read_reflash_received, read_request as read_reflash_request,
    reasons_of_lines as reflash_reasons_of_lines, release_hubs as release_reflash_hubs,
    request_facts as reflash_request_facts, save_hubs as save_reflash_hubs, save_order as save_reflash_order,
    site_load as reflash_site_load, taken_slots as reflash_taken_slots, units_in_use as reflash_units_in_use,
    write_request as write_reflash_request,
};
pub use registration::{
    SupplierChange, mark_notified as mark_supplier_notified, of_mpxn as registrations_of,
    pending_notices as pending_supplier_notices,
};
pub use request::{FirstAnswer, NewAnswer, first_answer, insert_first_answers};
pub use retention::{Purged, purge_answers, purge_decisions, purge_messages, purge_tallies};
pub use session::Session;
pub use tables::{reset, table_names};
pub use tally::{
    AnswerTally, CodeTally, CountedAnswers, DeviceCount, DeviceTallies, DeviceTally, TALLY_LOCK,
    add_answers as add_answer_tallies, answers_by_code, answers_of_hours, count_answers,
    devices as device_tallies, newest_decision, replace_devices as replace_device_tallies,
    uncounted_decisions,
};
pub use tsat::{compatibility_records, tsat_tables};
pub use user::{
    after as users_after, all as all_users, find as find_user, with_signifier as user_with_signifier,
};
pub use variants::{
    Correction, CountedEsmes, DivideBy, SuspectFilter, all as model_variants, auxiliary_loads,
    corrections_between, count_esmes, decisions_kept, esme_facts, esmes_of_range,
};
