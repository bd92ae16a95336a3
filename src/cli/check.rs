//! `smi check`: checks settings, keys, certificates and the database, without changing anything.

use std::process::ExitCode;

use super::{audit, open, say::say};
use crate::{
    db::ReadOnlyStore,
    domain::{AlertKind, Now, Timestamp, instant_text},
    duis::signature::{Certificate, Expiry, TrustStore, ValidityCheck},
    rules::{alert::AlertSettings, privacy::activity_kept},
    settings::{Settings, SettingsFault, TrustSource},
    store,
    tls::{ServerFiles, ServerTls},
};

/// Certificates that expire within so many days get a warning.
const SOON: i64 = 30;

/// The outcome of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CheckOutcome {
    Ok,
    Warning,
    Failed,
}

/// Prints the outcomes, and keeps whether a check failed.
#[derive(Default)]
struct CheckReport {
    failed: bool,
}

impl CheckReport {
    fn line(&mut self, outcome: CheckOutcome, what: &str, found: &dyn std::fmt::Display) {
        let word = match outcome {
            CheckOutcome::Ok => "ok",
            CheckOutcome::Warning => "warning",
            CheckOutcome::Failed => {
                self.failed = true;
                "failed"
            }
        };
        say!("{word:8} {what}: {found}");
    }
}

pub(super) fn run(settings: Result<Settings, SettingsFault>, with_audit: bool) -> anyhow::Result<ExitCode> {
    let mut report = CheckReport::default();
    match settings {
        Err(fault) => report.line(CheckOutcome::Failed, "settings", &fault),
        Ok(settings) => {
            report.line(CheckOutcome::Ok, "settings", &format!("instance `{}`", settings.instance));
            keys(&mut report, &settings);
            tls(&mut report, &settings);
            csps(&mut report, &settings);
            alerts(&mut report, &settings);
            privacy(&mut report, &settings);
            database(&mut report, &settings, with_audit);
        }
    }
    Ok(if report.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn keys(report: &mut CheckReport, settings: &Settings) {
    if let TrustSource::DefaultPemDir(dir) = &settings.trust.source
        && !dir.exists()
    {
        let found = format!("there are none yet; `smi serve` makes a test PKI in `{}`", dir.display());
        return report.line(CheckOutcome::Warning, "keys", &found);
    }
    let trust = match open::existing_trust(settings) {
        Ok(trust) => trust,
        Err(fault) => return report.line(CheckOutcome::Failed, "keys", &format!("{fault:#}")),
    };
    for warning in trust.warnings() {
        report.line(CheckOutcome::Warning, "keys", warning);
    }
    if trust.validity() == ValidityCheck::Off {
        let found = "certificates are taken whatever their validity: trust.check_validity is false";
        report.line(CheckOutcome::Warning, "keys", &found);
    }
    let now = open::clock(settings).now();
    signer(report, settings, &trust, now);
    certificates(report, &trust, now);
}

fn signer(report: &mut CheckReport, settings: &Settings, trust: &TrustStore, now: Now) {
    let dcc = settings.trust.dcc_id;
    match trust.signer_for(dcc, now.0) {
        Some(signer) => {
            let certificate = signer.certificate();
            let found = format!("answers are signed for the DCC, {dcc}, by {}", named(certificate));
            report.line(CheckOutcome::Ok, "keys", &found);
        }
        None => {
            let found = format!("there is no valid certificate with a private key for the DCC, {dcc}");
            report.line(CheckOutcome::Failed, "keys", &found);
        }
    }
}

fn certificates(report: &mut CheckReport, trust: &TrustStore, now: Now) {
    let mut certificates = trust.certificates().collect::<Vec<_>>();
    certificates
        .sort_by_key(|certificate| (certificate.not_after(), certificate.eui(), certificate.serial()));
    for certificate in certificates {
        let (outcome, found) = validity(certificate.not_before(), certificate.not_after(), now);
        report.line(outcome, &format!("certificate {}", named(certificate)), &found);
    }
}

/// Checks the TLS files of the listeners: readable, a pair of certificate and key, and not about to expire.
fn tls(report: &mut CheckReport, settings: &Settings) {
    let listener = settings.tls.as_ref().map(|tls| &tls.files);
    let csp_gateway = settings.csp_gateway.as_ref().map(|gateway| &gateway.files);
    listener.into_iter().chain(csp_gateway).for_each(|files| tls_files(report, settings, files));
}

fn tls_files(report: &mut CheckReport, settings: &Settings, files: &ServerFiles) {
    let clock = open::clock(settings);
    let now = clock.now();
    match ServerTls::load(files.clone(), clock) {
        Err(fault) => report.line(CheckOutcome::Failed, "TLS", &fault),
        Ok(tls) => {
            for Expiry { certificate, not_after } in tls.expiries() {
                let (outcome, found) = validity(Timestamp::MIN, not_after, now);
                report.line(outcome, &format!("TLS certificate {certificate}"), &found);
            }
        }
    }
}

/// Checks that CSPs with https URLs have CA certificates. No CSP is asked.
fn csps(report: &mut CheckReport, settings: &Settings) {
    let regions = settings.csp.urls.iter().map(|(region, _)| region.as_str()).collect::<Vec<_>>();
    match open::csps(settings, &open::clock(settings)) {
        Ok(None) => {}
        Ok(Some(_)) => {
            report.line(CheckOutcome::Ok, "CSPs", &format!("asked for coverage: {}", regions.join(", ")))
        }
        Err(fault) => report.line(CheckOutcome::Failed, "CSPs", &format!("{fault:#}")),
    }
}

/// Warns where decisions are not kept for a whole financial year although a threshold counts them (PA/b).
fn privacy(report: &mut CheckReport, settings: &Settings) {
    let kept = activity_kept(settings.retention.decision_days());
    if settings.privacy.threshold.is_some() && !kept.holds {
        let found = format!(
            "privacy.threshold counts the decisions of a financial year: {}; {}",
            kept.rule.id, kept.saw
        );
        report.line(CheckOutcome::Warning, "privacy", &found);
    }
}

/// Checks that every alert that is switched on has a code; tells where the code comes from.
fn alerts(report: &mut CheckReport, settings: &Settings) {
    let alerts = &settings.alerts.settings;
    let is_on = |kind: &AlertKind| {
        if *kind == AlertKind::GainedMeter { settings.rules.confirm_variant } else { alerts.is_on(*kind) }
    };
    for kind in AlertKind::ALL.iter().filter(|kind| is_on(kind)) {
        match alerts.code(*kind) {
            Some((code, source)) => {
                report.line(
                    CheckOutcome::Ok,
                    &format!("alert {kind}"),
                    &format!("sent as {code} ({source})"),
                );
            }
            None => {
                // What nobody switched on is no reason for a warning.
                let is_default = AlertSettings::default().is_on(*kind);
                let outcome = if is_default { CheckOutcome::Ok } else { CheckOutcome::Warning };
                let found = "not sent: no public source names its code; the file of alerts.codes may";
                report.line(outcome, &format!("alert {kind}"), &found);
            }
        }
    }
}

fn named(certificate: &Certificate) -> String {
    format!("{}, serial {}", certificate.eui(), certificate.serial())
}

fn validity(from: Timestamp, to: Timestamp, now: Now) -> (CheckOutcome, String) {
    let day = |instant: Timestamp| instant_text(instant).chars().take(10).collect::<String>();
    if now.0 < from {
        return (CheckOutcome::Warning, format!("it holds from {} on, not yet", day(from)));
    }
    if now.0 > to {
        return (CheckOutcome::Warning, format!("it expired on {}", day(to)));
    }
    let days = to.duration_since(now.0).as_hours() / 24;
    let outcome = if days < SOON { CheckOutcome::Warning } else { CheckOutcome::Ok };
    (outcome, format!("{days} days left, until {}", day(to)))
}

fn database(report: &mut CheckReport, settings: &Settings, with_audit: bool) {
    if let Err(fault) = ReadOnlyStore::check_usable(&settings.store_url, settings.store_timeout) {
        return report.line(CheckOutcome::Failed, "database", &fault);
    }
    let mut store = match ReadOnlyStore::open(&settings.store_url, settings.store_timeout) {
        Ok(Some(store)) => store,
        Ok(None) => {
            return report.line(
                CheckOutcome::Warning,
                "database",
                &"there is none yet; `smi serve` makes it",
            );
        }
        Err(fault) => return report.line(CheckOutcome::Failed, "database", &fault),
    };
    match store.version() {
        Ok(version) => {
            report.line(CheckOutcome::Ok, "database", &format!("it has migration {version}, the newest"))
        }
        Err(fault) => report.line(CheckOutcome::Failed, "database", &fault),
    }
    writing(report, settings);
    match store.integrity(&store::table_names()) {
        Ok(faults) if faults.is_empty() => {
            report.line(
                CheckOutcome::Ok,
                "database",
                &"every table can be read, and its own checks find nothing",
            );
        }
        Ok(faults) => faults.iter().for_each(|fault| report.line(CheckOutcome::Failed, "database", fault)),
        Err(fault) => report.line(CheckOutcome::Failed, "database", &fault),
    }
    coverage(report, &mut store, open::clock(settings).now());
    if with_audit {
        chains(report, &mut store);
    }
}

/// Tries what a message needs: a write, which is rolled back.
fn writing(report: &mut CheckReport, settings: &Settings) {
    let (url, timeout) = (&settings.store_url, settings.store_timeout);
    match ReadOnlyStore::try_writing(url, timeout, store::probe_writing) {
        Ok(()) => report.line(CheckOutcome::Ok, "database", &"it can be written to"),
        Err(fault) if fault.is_transient() => {
            let found = format!("not known whether it can be written to: {fault}");
            report.line(CheckOutcome::Warning, "database", &found);
        }
        Err(fault) => {
            report.line(CheckOutcome::Failed, "database", &format!("it cannot be written to: {fault}"));
        }
    }
}

fn coverage(report: &mut CheckReport, store: &mut ReadOnlyStore, now: Now) {
    match store.read(store::coverage_extracts) {
        Ok(extracts) => {
            for extract in extracts {
                let (rows, source) = (extract.rows, extract.source().describe(now));
                report.line(
                    CheckOutcome::Ok,
                    &format!("coverage {}", extract.region),
                    &format!("{source}: {rows} rows"),
                );
            }
        }
        Err(fault) => report.line(CheckOutcome::Failed, "coverage", &fault),
    }
}

fn chains(report: &mut CheckReport, store: &mut ReadOnlyStore) {
    let mut records = 0;
    match audit::verify(store, None, None, &mut |_, verified| records += verified.records) {
        Ok(0) => {
            report.line(CheckOutcome::Ok, "audit", &format!("{records} decisions stand as they were kept"))
        }
        Ok(number) => {
            let found = format!("{number} faults, named on standard error");
            report.line(CheckOutcome::Failed, "audit", &found);
        }
        Err(fault) => report.line(CheckOutcome::Failed, "audit", &format!("{fault:#}")),
    }
}
