//! The page of the rulebook in force. Everything on it is read from the engine, or decided by it.

use serde::Serialize;

use super::{
    decisions::{self, DecisionTable},
    moves::{self, MoveRow},
    order_states::{self, OrderStateRow},
    tsat::{self, TsatChapter},
    wan_variants::{self, WanVariants},
};
use crate::{
    domain::{CodeOverrides, ResponseCode, Rule, ServiceReferenceVariant, ServiceRequest, Shape, closed_set},
    rules::{
        RuleSettings,
        n3::KnownHubs,
        rulebook::{all_rules, checks_of, sr_8_4},
        what_if::WhatIfFault,
    },
    settings::Settings,
};

closed_set!(
    /// How the rulebook is printed.
    Format, "a format", {
        Markdown => "md",
        Json => "json",
    }
);

/// The whole page.
#[derive(Debug, Serialize)]
pub struct Page {
    pub(super) version: &'static str,
    pub(super) settings: Vec<Setting>,
    pub(super) rules: Vec<RuleRow>,
    pub(super) service_requests: Vec<ServiceChecks>,
    pub(super) response_codes: Vec<CodeRow>,
    pub(super) decision_tables: Vec<DecisionTable>,
    pub(super) moves: Vec<MoveRow>,
    pub(super) order_states: Vec<OrderStateRow>,
    pub(super) wan_variants: WanVariants,
    pub(super) tsat: TsatChapter,
    pub(super) roles: Vec<RoleRow>,
}

/// A setting that changes what rules decide.
#[derive(Debug, Serialize)]
pub(super) struct Setting {
    pub(super) key: &'static str,
    pub(super) value: String,
    pub(super) bears_on: &'static str,
}

/// One check.
#[derive(Debug, Serialize)]
pub(super) struct RuleRow {
    pub(super) id: &'static str,
    pub(super) requires: &'static str,
    /// Who could do what it refuses, and how.
    pub(super) remedy: &'static str,
    pub(super) source: &'static str,
    pub(super) standing: &'static str,
    /// The code in force.
    pub(super) code: &'static str,
    pub(super) code_standing: &'static str,
    /// The code it would answer without the operator's override.
    pub(super) code_without_override: Option<&'static str>,
    /// What a setting of the operator's adds to the rule.
    pub(super) switched: Option<&'static str>,
}

/// The checks of one Service Request, in order.
#[derive(Debug, Serialize)]
pub(super) struct ServiceChecks {
    pub(super) variant: &'static str,
    pub(super) name: &'static str,
    pub(super) checks: Vec<&'static str>,
}

/// A response code, and the rules that answer it.
#[derive(Debug, Serialize)]
pub(super) struct CodeRow {
    pub(super) code: &'static str,
    pub(super) meaning: &'static str,
    pub(super) rules: Vec<&'static str>,
    /// The codes that replace it in answers of older schema versions.
    pub(super) before: Vec<OlderCode>,
}

/// The code that replaces another in answers of an older schema version.
#[derive(Debug, Serialize)]
pub(super) struct OlderCode {
    pub(super) version: &'static str,
    pub(super) code: &'static str,
}

/// A Service Request of DUIS, and the roles that may send it.
#[derive(Debug, Serialize)]
pub(super) struct RoleRow {
    pub(super) variant: &'static str,
    pub(super) name: &'static str,
    pub(super) request_type: &'static str,
    pub(super) eligible_roles: Vec<&'static str>,
    pub(super) answered_here: bool,
}

impl Page {
    /// The rulebook under these settings.
    ///
    /// # Errors
    /// When a made-up Device of a decision table is invalid, which is a mistake in this program.
    pub fn new(settings: &Settings) -> Result<Self, WhatIfFault> {
        let codes = &settings.codes;
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            settings: bearing_on_rules(settings)
                .into_iter()
                .chain(bearing_on_orders(settings))
                .chain(bearing_on_firmware(settings))
                .chain(bearing_on_privacy(settings))
                .chain(bearing_on_variants(settings))
                .chain(bearing_on_maintenance(settings))
                .collect(),
            rules: all_rules().map(|rule| rule_row(rule, settings)).collect(),
            service_requests: ServiceRequest::ALL.iter().map(|service| checks(*service)).collect(),
            response_codes: code_rows(codes),
            decision_tables: decisions::tables(settings.rules, codes)?,
            moves: moves::moves(),
            order_states: order_states::order_states(),
            wan_variants: wan_variants::at(settings.test_clock),
            tsat: tsat::chapter(),
            roles: ServiceReferenceVariant::all().map(role_row).collect(),
        })
    }
}

fn bearing_on_rules(settings: &Settings) -> Vec<Setting> {
    let rules = settings.rules;
    let setting = |key, value: &dyn ToString, bears_on| Setting { key, value: value.to_string(), bears_on };
    let codes = settings.codes_file.as_ref().map_or("none".to_owned(), |file| file.display().to_string());
    let silent = settings.csp_unavailable.iter().map(|region| region.as_str()).collect::<Vec<_>>();
    let silent = if silent.is_empty() { "none".to_owned() } else { silent.join(", ") };
    let asked = settings.csp.urls.iter().map(|(region, _)| region.as_str()).collect::<Vec<_>>();
    let asked = if asked.is_empty() { "none".to_owned() } else { asked.join(", ") };
    let devices = settings.simulated_devices.map_or("none", |devices| devices.as_str());
    let bound = settings.tls.as_ref().is_some_and(|tls| tls.bind_originator);
    let gateway = settings.csp_gateway.as_ref();
    let updates = gateway.is_some_and(|set| set.gateway.known_hubs == KnownHubs::AreUpdated);
    vec![
        setting("server.tls.bind_originator", &bound, "SR/4a"),
        setting("rules.wan_unknown", &rules.wan_unknown, "SR12.1/d"),
        setting("rules.csp_release", &rules.csp_release, "the names of CSP North's WAN Variants (MP106-R6)"),
        setting(
            "rules.responsible_supplier_while_pending",
            &rules.responsible_supplier_while_pending,
            "SR8.4/c",
        ),
        setting("rules.pre_notifier_after_pending", &rules.pre_notifier_after_pending, "SR8.4/g"),
        setting(
            "rules.confirm_variant",
            &rules.confirm_variant,
            "an alert at a change of Supplier (MP125-R12)",
        ),
        setting("rules.gpf_with_chf", &rules.gpf_with_chf, "the move of a GPF to Commissioned (SMI.md 2)"),
        setting("rules.tsat", &rules.tsat, "TSAT/e"),
        setting("rules.codes", &codes, "every rule whose code is ours"),
        setting("simulate.csp_unavailable", &silent, "SR12.1/b, SR12.1/c"),
        setting("csp.urls", &asked, "SR12.1/a, SR12.1/b"),
        setting("simulate.devices", &devices, "SR8.11/f"),
        setting("csp_gateway.update_known_hubs", &updates, "N3/h"),
    ]
}

/// The settings of large firmware images.
fn bearing_on_firmware(settings: &Settings) -> Vec<Setting> {
    let firmware = &settings.rules.firmware;
    let setting = |key, value: &dyn ToString, bears_on| Setting { key, value: value.to_string(), bears_on };
    let desk = settings.simulated_service_desk.map_or("none", |desk| desk.as_str());
    vec![
        setting("firmware.large_above_bytes", &firmware.large_above_bytes, "FW/b"),
        setting("firmware.contact_above_images", &firmware.contact_above_images, "FW/d, FW/h"),
        setting("firmware.capacity_per_day", &firmware.capacity_per_day, "FW/g, FW/i"),
        setting("firmware.response_days", &firmware.response_days, "FW/n, FW/o, FW/p"),
        setting("firmware.response_day_type", &firmware.response_day_type, "FW/o"),
        setting("firmware.mp230_from", &firmware.mp230_from, "FW/d"),
        setting("simulate.service_desk", &desk, "FW/j"),
    ]
}

/// The settings of privacy assessments.
fn bearing_on_privacy(settings: &Settings) -> [Setting; 3] {
    let privacy = &settings.privacy;
    let unset = |text: Option<String>| text.unwrap_or_else(|| "unset".to_owned());
    let setting = |key, value, bears_on| Setting { key, value, bears_on };
    [
        setting("privacy.threshold", unset(privacy.threshold.map(|number| number.to_string())), "PA/c"),
        setting("privacy.proposed_from", unset(privacy.proposed_from.map(|day| day.to_string())), "PA/d"),
        setting("privacy.random_sample_name", privacy.random_sample_name.clone(), "PA/i"),
    ]
}

/// The settings of evidence against variants.
fn bearing_on_variants(settings: &Settings) -> [Setting; 4] {
    let variants = settings.variants;
    let setting = |key, value, bears_on| Setting { key, value, bears_on };
    [
        setting("variants.min_peers", variants.min_peers.to_string(), "EV/b"),
        setting("variants.outlier_percent", variants.outlier_percent.to_string(), "EV/b"),
        setting("variants.hcalcs", variants.hcalcs.to_string(), "EV/c"),
        setting("variants.warn_firmware", variants.warn_firmware.to_string(), "EV/a in SR 11.1"),
    ]
}

/// The settings of planned maintenance.
fn bearing_on_maintenance(settings: &Settings) -> [Setting; 4] {
    let maintenance = &settings.maintenance;
    let setting = |key, value: &dyn ToString, bears_on| Setting { key, value: value.to_string(), bears_on };
    [
        setting("maintenance.limits", &maintenance.limits, "PM/e to PM/g, PM/i"),
        setting("maintenance.trial_from", &maintenance.trial_from, "PM/n"),
        setting("maintenance.mp092_from", &maintenance.mp092_from, "the rule set of a month"),
        setting("maintenance.migration_variant", &maintenance.migration_variant, "PM/q"),
    ]
}

/// The settings of the re-flash service.
fn bearing_on_orders(settings: &Settings) -> Vec<Setting> {
    let reflash = &settings.reflash;
    let setting = |key, value: &dyn ToString, bears_on| Setting { key, value: value.to_string(), bears_on };
    let windows = reflash.windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let regions = reflash.purchase_order_regions.iter().map(|region| region.as_str()).collect::<Vec<_>>();
    let carton = reflash.max_hubs_per_carton.map_or("unset".to_owned(), |limit| limit.to_string());
    let amend = reflash.amend_working_days.map_or("unset".to_owned(), |days| days.to_string());
    vec![
        setting("reflash.enabled", &reflash.enabled, "whether there are re-flash orders (MP155-C29)"),
        setting("reflash.smi_update", &reflash.smi_update, "N3/h, N3/i, SSMI/a"),
        setting("reflash.supply_chain", &reflash.supply_chain, "RF/h, RF/k"),
        setting("reflash.working_hours", &reflash.working_hours, "RF/o"),
        setting("reflash.windows", &windows, "RF/p"),
        setting("reflash.max_hubs_per_pallet", &reflash.max_hubs_per_pallet, "RF/k, DV/f"),
        setting("reflash.max_hubs_per_carton", &carton, "RF/k, DV/f"),
        setting("reflash.purchase_order_regions", &regions.join(", "), "RF/s"),
        setting("reflash.amend_working_days", &amend, "RF/v"),
    ]
}

fn rule_row(rule: &'static Rule, settings: &Settings) -> RuleRow {
    let code = settings.codes.code_of(rule);
    RuleRow {
        id: rule.id,
        requires: rule.requires,
        remedy: rule.remedy,
        source: rule.source,
        standing: rule.standing.as_str(),
        code: code.as_str(),
        code_standing: rule.code_standing.as_str(),
        code_without_override: (code != rule.code).then_some(rule.code.as_str()),
        switched: switched(rule, settings.rules),
    }
}

fn switched(rule: &Rule, settings: RuleSettings) -> Option<&'static str> {
    if rule == sr_8_4::PRE_NOTIFIER_CHANGES_PENDING && settings.responsible_supplier_while_pending {
        return Some(
            "rules.responsible_supplier_while_pending: the Responsible Supplier may correct the ESMEVariant of a \
             SMETS2+ Device too",
        );
    }
    let after_pending =
        rule == sr_8_4::VARIANT_BY_RESPONSIBLE_SUPPLIER && settings.pre_notifier_after_pending;
    after_pending.then_some("rules.pre_notifier_after_pending: the pre-notifier may too")
}

fn checks(service: ServiceRequest) -> ServiceChecks {
    let variant = service.variant();
    let checks = checks_of(service).map(|rule| rule.id).collect();
    ServiceChecks { variant: variant.as_str(), name: variant.name(), checks }
}

/// All response codes: those of success, and those of the rules.
fn code_rows(codes: &CodeOverrides) -> Vec<CodeRow> {
    let mut rows: Vec<CodeRow> = Vec::new();
    let row = |code: ResponseCode| CodeRow {
        code: code.as_str(),
        meaning: code.meaning().unwrap_or("as the operator has it"),
        rules: Vec::new(),
        before: Shape::ALL
            .iter()
            .map(|shape| OlderCode { version: shape.since(), code: code.known_to(*shape).as_str() })
            .filter(|replaced| replaced.code != code.as_str())
            .collect(),
    };
    rows.extend([ResponseCode::I0, ResponseCode::I99].map(row));
    for rule in all_rules().filter(|rule| !rule.code.is_success()) {
        let code = codes.code_of(rule);
        match rows.iter_mut().find(|known| known.code == code.as_str()) {
            Some(known) => known.rules.push(rule.id),
            None => rows.push(CodeRow { rules: vec![rule.id], ..row(code) }),
        }
    }
    rows
}

fn role_row(variant: ServiceReferenceVariant) -> RoleRow {
    RoleRow {
        variant: variant.as_str(),
        name: variant.name(),
        request_type: variant.request_type().as_str(),
        eligible_roles: variant.eligible_roles().iter().map(|role| role.as_str()).collect(),
        answered_here: ServiceRequest::ALL.iter().any(|service| service.as_str() == variant.as_str()),
    }
}
