//! Settings: loaded, merged and printed; those that are refused are in a file of their own.

mod refusals;

use super::*;

fn load(file: &str, environment: &[(&str, &str)]) -> Result<Settings, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("smi.toml");
    std::fs::write(&path, file).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let settings = Settings::load(Some(&path), &environment.collect::<Vec<_>>(), Overrides::default());
    settings.map_err(|fault| fault.to_string().replace(&path.display().to_string(), "smi.toml"))
}

#[test]
fn defaults_need_no_file() {
    let settings = Settings::load(None, &[], Overrides::default()).unwrap();
    insta::assert_snapshot!("defaults_need_no_file", settings);
}

#[test]
fn what_is_printed_reads_back_as_the_same() {
    let environment = [("SMI_SIMULATE_CSP_UNAVAILABLE", "[\"North\"]"), ("SMI_TEST_CLOCK", "2026-01-01")];
    let first =
        load("[trust]\nkeystore = 'keys\\a.json'\n[rules]\nwan_unknown = \"space\"", &environment).unwrap();
    let second = load(&first.to_string(), &[]).unwrap();
    assert_eq!(first.to_string(), second.to_string());
}

#[test]
fn the_switches_of_mp125_are_off_until_set() {
    let switches = |settings: Settings| {
        (settings.rules.responsible_supplier_while_pending, settings.rules.pre_notifier_after_pending)
    };
    assert_eq!(switches(load("", &[]).unwrap()), (false, false));
    let file = "[rules]\nresponsible_supplier_while_pending = true";
    let environment = [("SMI_RULES_PRE_NOTIFIER_AFTER_PENDING", "true")];
    let settings = load(file, &environment).unwrap();
    assert!(
        settings
            .to_string()
            .contains("responsible_supplier_while_pending = true\npre_notifier_after_pending = true")
    );
    assert_eq!(switches(settings), (true, true));
}

#[test]
fn flags_beat_the_environment_and_the_environment_beats_the_file() {
    let file = "[store]\nurl = \"sqlite://file.db\"\n[server]\nlisten = \"127.0.0.1:1\"";
    let settings = load(file, &[("SMI_STORE_URL", "sqlite://environment.db")]).unwrap();
    assert_eq!((settings.store_url.as_str(), settings.listen.port()), ("sqlite://environment.db", 1));
    let flags = Overrides { store_url: Some("sqlite://flag.db".to_owned()), ..Overrides::default() };
    let environment = [("SMI_STORE_URL".to_owned(), "sqlite://environment.db".to_owned())];
    let settings = Settings::load(None, &environment, flags).unwrap();
    assert_eq!(settings.store_url, "sqlite://flag.db");
}

#[test]
fn a_password_of_the_store_is_not_shown() {
    let shown = |url: &str| load(&format!("[store]\nurl = \"{url}\"\nreaders = 9"), &[]).unwrap().to_string();
    let file = shown("postgres://smi:s3cret@db.example:5432/smi?sslmode=verify-full&sslpassword=s3cret");
    assert!(
        file.contains("url = \"postgres://smi:***@db.example:5432/smi?sslmode=verify-full&sslpassword=***\"")
    );
    assert!(file.contains("readers = 9") && !file.contains("s3cret"));
    assert!(
        shown("postgres://smi@/smi?host=/run/postgresql")
            .contains("postgres://smi@/smi?host=/run/postgresql\"")
    );
    insta::assert_snapshot!(load("", &[("SMI_STORE_READERS", "0")]).unwrap_err(), @"store.readers: `0` is not from 1 to 100");
}

#[test]
#[expect(clippy::too_many_lines, reason = "most are those of the snapshot")]
fn tls_is_printed_as_it_is_set() {
    let server =
        "[server]\nlisten = '0.0.0.0:8079'\n[server.tls]\ncertificate = 'a'\nkey = 'b'\nclient_ca = 'c'\n";
    let file = format!(
        "{server}[outbox]\nca = 'd'\ncertificate = 'e'\nkey = 'f'\n[manage]\nlisten = '0.0.0.0:8080'"
    );
    let first = load(&file, &[("SMI_SERVER_TLS_BIND_ORIGINATOR", "true")]).unwrap();
    insta::assert_snapshot!(first, @r#"
        [server]
        instance = "smi"
        listen = "0.0.0.0:8079"
        max_body_bytes = 20000000
        max_in_flight = 256
        max_in_flight_per_user = 128
        explain_headers = false
        head_seconds = 5
        body_seconds = 30
        idle_seconds = 30
        max_connections = 400
        max_held_bytes = 200000000

        [server.tls]
        certificate = "a"
        key = "b"
        client_ca = "c"
        bind_originator = true

        [store]
        url = "sqlite://smi.db"
        timeout_seconds = 2
        readers = 4
        retention_days = 30
        decision_retention_days = 0
        tally_retention_days = 0

        [trust]
        pem_dir = "pki"
        dcc_id = "90-B3-D5-1F-30-00-00-02"
        check_validity = true

        [rules]
        wan_unknown = "Unknown"
        csp_release = "2.0"
        responsible_supplier_while_pending = false
        pre_notifier_after_pending = false
        confirm_variant = false
        gpf_with_chf = false
        tsat = "off"

        [answers]
        version = "request"

        [alerts]
        han_log_result = true
        meter_decommissioned = false
        meter_identity = false
        device_suspended = false
        device_restored = false
        device_removed = false
        chf_decommissioned = false
        firmware_mismatch = false
        version_mismatch = false

        [notices]
        from = "smi@example.invalid"

        [hubs]
        unit_cost_pence = 4000
        risk_days = 90
        review_months = 3

        [reflash]
        enabled = false
        smi_update = "n3"
        supply_chain = false
        lead_working_days = 20
        working_hours = "09:00-17:00"
        windows = ["09:00-12:00", "13:00-17:00"]
        slot_horizon = 20
        max_hubs_per_pallet = 896
        purchase_order_regions = ["Central", "South", "4G Central", "4G South"]
        credit = "charge"
        contact = ""

        [firmware]
        large_above_bytes = 750000
        contact_above_images = 500
        capacity_per_day = 12000
        response_days = 5
        response_day_type = "calendar"
        mp230_from = "2024-11-07"

        [maintenance]
        answer = "none"
        environment = "production"
        limits = "shared"
        trial_from = "2019-04-01"
        mp092_from = "2021-02-25"
        migration_variant = false

        [privacy]
        threshold = 0
        random_sample_name = "Random Sample Privacy Assessment"

        [variants]
        min_peers = 100
        outlier_percent = 2
        hcalcs = false
        warn_firmware = false

        [simulate]
        csp_unavailable = []

        [outbox]
        ca = "d"
        certificate = "e"
        key = "f"

        [manage]
        listen = "0.0.0.0:8080"

        [log]
        format = "text"
        level = "info"
        "#);
    assert_eq!(load(&first.to_string(), &[]).unwrap().to_string(), first.to_string());
}

#[test]
fn a_token_stands_in_one_place_and_the_log_has_two_formats() {
    insta::assert_snapshot!(load("[manage]\ntoken = 'a'\ntoken_file = 'b'", &[]).unwrap_err(), @"manage: set token or token_file, not both");
    insta::assert_snapshot!(load("[log]\nformat = 'xml'", &[]).unwrap_err(), @r#"
        smi.toml: TOML parse error at line 2, column 10
          |
        2 | format = 'xml'
          |          ^^^^^
        `xml` is not a log.format: one of text, json
        "#);
    insta::assert_snapshot!(load("[server]\nmax_in_flight = 0", &[]).unwrap_err(), @"
        smi.toml: TOML parse error at line 2, column 17
          |
        2 | max_in_flight = 0
          |                 ^
        invalid value: integer `0`, expected a nonzero usize
        `max_in_flight` is 1 or more
        ");
    let settings =
        load("[manage]\ntoken_file = 'b'", &[("SMI_LOG_FORMAT", "json"), ("SMI_LOG_LEVEL", "warn")]);
    let printed = settings.unwrap().to_string();
    assert!(
        printed.ends_with("token_file = \"b\"\n\n[log]\nformat = \"json\"\nlevel = \"warn\"\n"),
        "{printed}"
    );
}

const CSP_GATEWAY: &str = "\
[csp_gateway]
listen = '127.0.0.1:8081'
certificate = 'server.pem'
key = 'server.key'
client_ca = 'csps.pem'
[csp_gateway.csps]
North = '90-b3-d5-1f-30-0a-00-01'
Central = '90-B3-D5-1F-30-0A-00-02'
";

/// A certificate may speak for several regions; MP155-C29: updates are off until set.
#[test]
fn the_csps_are_known_by_their_regions() {
    let environment = [("SMI_CSP_GATEWAY_CSPS_4G_NORTH", "90-B3-D5-1F-30-0A-00-02")];
    let settings = load(CSP_GATEWAY, &environment).unwrap();
    let gateway = settings.csp_gateway.as_ref().unwrap();
    insta::assert_snapshot!(gateway, @r#"
        [csp_gateway]
        listen = "127.0.0.1:8081"
        certificate = "server.pem"
        key = "server.key"
        client_ca = "csps.pem"
        update_known_hubs = false
        [csp_gateway.csps]
        "North" = "90-B3-D5-1F-30-0A-00-01"
        "Central" = "90-B3-D5-1F-30-0A-00-02"
        "4G North" = "90-B3-D5-1F-30-0A-00-02"
        "#);
    let regions = gateway.gateway.csps.iter().map(|csp| csp.regions.len()).collect::<Vec<_>>();
    assert_eq!(regions, [1, 2]);
    assert_eq!(load(&settings.to_string(), &[]).unwrap().to_string(), settings.to_string());
    let on = load(CSP_GATEWAY, &[("SMI_CSP_GATEWAY_UPDATE_KNOWN_HUBS", "true")]).unwrap();
    assert!(on.to_string().contains("update_known_hubs = true"));
}
