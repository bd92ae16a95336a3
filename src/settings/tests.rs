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
    insta::assert_snapshot!(settings, @r#"
        [server]
        instance = "smi"
        listen = "127.0.0.1:8079"
        max_body_bytes = 20000000
        max_in_flight = 256
        max_in_flight_per_user = 128
        explain_headers = true
        head_seconds = 5
        body_seconds = 30
        idle_seconds = 30
        max_connections = 400
        max_held_bytes = 200000000

        [store]
        url = "sqlite://smi.db"
        timeout_seconds = 2
        readers = 4
        retention_days = 30
        decision_retention_days = 0

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

        [simulate]
        csp_unavailable = []

        [manage]
        listen = "127.0.0.1:8080"

        [log]
        format = "text"
        level = "info"
        "#);
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
fn an_unknown_key_is_refused_with_its_line() {
    insta::assert_snapshot!(load("[server]\nlissten = \"127.0.0.1:1\"", &[]).unwrap_err(), @r#"
        smi.toml: TOML parse error at line 2, column 1
          |
        2 | lissten = "127.0.0.1:1"
          | ^^^^^^^
        unknown field `lissten`, expected one of `instance`, `listen`, `max_body_bytes`, `max_in_flight`, `max_in_flight_per_user`, `head_seconds`, `body_seconds`, `idle_seconds`, `max_connections`, `max_held_bytes`, `explain_headers`, `tls`
        "#);
}

#[test]
fn a_wrong_value_is_refused_with_its_line_and_what_is_allowed() {
    insta::assert_snapshot!(load("[rules]\n\nwan_unknown = \"Space\"", &[]).unwrap_err(), @r#"
        smi.toml: TOML parse error at line 3, column 15
          |
        3 | wan_unknown = "Space"
          |               ^^^^^^^
        `Space` is not a wan_unknown: one of Unknown, space
        "#);
    insta::assert_snapshot!(load("[trust]\ndcc_id = \"90\"", &[]).unwrap_err(), @r#"
        smi.toml: TOML parse error at line 2, column 10
          |
        2 | dcc_id = "90"
          |          ^^^^
        `90` is not an EUI-64: 16 hex digits in pairs joined by `-`
        "#);
    insta::assert_snapshot!(load("[simulate]\ncsp_unavailable = [\"East\"]", &[]).unwrap_err(), @r#"
        smi.toml: TOML parse error at line 2, column 19
          |
        2 | csp_unavailable = ["East"]
          |                   ^^^^^^^^
        `East` is not a CSPRegion: one of North, Central, South, 4G North, 4G Central, 4G South, Unknown, SMETS1
        `csp_unavailable` is a list of CSP Regions, `["North"]`
        "#);
}

#[test]
fn a_wrong_environment_is_refused_by_name() {
    insta::assert_snapshot!(load("", &[("SMI_SERVER_LISTEN", "here")]).unwrap_err(), @"environment variable SMI_SERVER_LISTEN: `here` is not an IP address and a port like `127.0.0.1:8079`, or `localhost:8079`");
    insta::assert_snapshot!(load("", &[("SMI_STORE_TIMEOUT_SECONDS", "0")]).unwrap_err(), @"store.timeout_seconds: `0` is not from 1 to 3600");
    insta::assert_snapshot!(load("", &[("SMI_STORE", "x")]).unwrap_err(), @"environment variable SMI_STORE: no such setting; there are SMI_SERVER_INSTANCE, SMI_SERVER_LISTEN, SMI_SERVER_MAX_BODY_BYTES, SMI_SERVER_MAX_IN_FLIGHT, SMI_SERVER_MAX_IN_FLIGHT_PER_USER, SMI_SERVER_HEAD_SECONDS, SMI_SERVER_BODY_SECONDS, SMI_SERVER_IDLE_SECONDS, SMI_SERVER_MAX_CONNECTIONS, SMI_SERVER_MAX_HELD_BYTES, SMI_SERVER_EXPLAIN_HEADERS, SMI_SERVER_TLS_CERTIFICATE, SMI_SERVER_TLS_KEY, SMI_SERVER_TLS_CLIENT_CA, SMI_SERVER_TLS_BIND_ORIGINATOR, SMI_STORE_URL, SMI_STORE_RETENTION_DAYS, SMI_STORE_DECISION_RETENTION_DAYS, SMI_STORE_TIMEOUT_SECONDS, SMI_STORE_READERS, SMI_TRUST_KEYSTORE, SMI_TRUST_PEM_DIR, SMI_TRUST_DCC_ID, SMI_TRUST_CHECK_VALIDITY, SMI_RULES_WAN_UNKNOWN, SMI_RULES_CSP_RELEASE, SMI_RULES_RESPONSIBLE_SUPPLIER_WHILE_PENDING, SMI_RULES_PRE_NOTIFIER_AFTER_PENDING, SMI_RULES_CONFIRM_VARIANT, SMI_RULES_GPF_WITH_CHF, SMI_RULES_CODES, SMI_ANSWERS_VERSION, SMI_ALERTS_HAN_LOG_RESULT, SMI_ALERTS_METER_DECOMMISSIONED, SMI_ALERTS_METER_IDENTITY, SMI_ALERTS_DEVICE_SUSPENDED, SMI_ALERTS_DEVICE_RESTORED, SMI_ALERTS_DEVICE_REMOVED, SMI_ALERTS_CHF_DECOMMISSIONED, SMI_ALERTS_FIRMWARE_MISMATCH, SMI_ALERTS_VERSION_MISMATCH, SMI_ALERTS_CODES, SMI_SIMULATE_CSP_UNAVAILABLE, SMI_SIMULATE_DEVICES, SMI_SIMULATE_DELAY_MS, SMI_SIMULATE_JITTER_MS, SMI_SIMULATE_FAIL_PERCENT, SMI_SIMULATE_SEED, SMI_CSP_TIMEOUT_MS, SMI_CSP_MAX_IN_FLIGHT, SMI_CSP_CACHE_SECONDS, SMI_CSP_BREAKER_FAILURES, SMI_CSP_BREAKER_SECONDS, SMI_CSP_CA, SMI_CSP_CERTIFICATE, SMI_CSP_KEY, SMI_CSP_URLS_NORTH, SMI_CSP_URLS_CENTRAL, SMI_CSP_URLS_SOUTH, SMI_CSP_URLS_4G_NORTH, SMI_CSP_URLS_4G_CENTRAL, SMI_CSP_URLS_4G_SOUTH, SMI_OUTBOX_CA, SMI_OUTBOX_CERTIFICATE, SMI_OUTBOX_KEY, SMI_MANAGE_LISTEN, SMI_MANAGE_TOKEN, SMI_MANAGE_TOKEN_FILE, SMI_CSP_GATEWAY_LISTEN, SMI_CSP_GATEWAY_CERTIFICATE, SMI_CSP_GATEWAY_KEY, SMI_CSP_GATEWAY_CLIENT_CA, SMI_CSP_GATEWAY_UPDATE_KNOWN_HUBS, SMI_CSP_GATEWAY_CSPS_NORTH, SMI_CSP_GATEWAY_CSPS_CENTRAL, SMI_CSP_GATEWAY_CSPS_SOUTH, SMI_CSP_GATEWAY_CSPS_4G_NORTH, SMI_CSP_GATEWAY_CSPS_4G_CENTRAL, SMI_CSP_GATEWAY_CSPS_4G_SOUTH, SMI_LOG_FORMAT, SMI_LOG_LEVEL, SMI_TEST_CLOCK");
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
fn files_of_tls_belong_together() {
    let (certificate, key, client_ca) = ("certificate = 'a'\n", "key = 'b'\n", "client_ca = 'c'\n");
    for wrong in [certificate, key, client_ca, &[certificate, client_ca].concat()] {
        let fault = load(&format!("[server.tls]\n{wrong}"), &[]).unwrap_err();
        assert_eq!(fault, "server.tls: set certificate and key, both or neither; client_ca needs them");
    }
    let unasked = format!("[server.tls]\n{certificate}{key}bind_originator = true");
    insta::assert_snapshot!(load(&unasked, &[]).unwrap_err(), @"server.tls: bind_originator needs client_ca, which asks clients for a certificate");
    for wrong in [certificate, key, &[certificate, key].concat()] {
        let fault = load(&format!("[outbox]\n{wrong}"), &[]).unwrap_err();
        assert_eq!(fault, "outbox: set certificate and key, both or neither; they need ca");
    }
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
fn plain_http_is_for_loopback_alone() {
    insta::assert_snapshot!(load("[server]\nlisten = \"0.0.0.0:8079\"", &[]).unwrap_err(), @"server.listen: `0.0.0.0:8079` is not a loopback address, and plain HTTP is served on no other: set server.tls");
}

#[test]
fn codes_are_checked_against_the_rulebook_and_the_schema() {
    let read = |text: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let path = file.path().display().to_string();
        codes::read(file.path()).map_err(|fault| fault.to_string().replace(&path, "codes.toml"))
    };
    let rule = crate::rules::rulebook::sr_8_4::VARIANT_BY_RESPONSIBLE_SUPPLIER;
    assert_eq!(read("\"SR8.4/g\" = \"E4\"").unwrap().code_of(rule).as_str(), "E4");
    insta::assert_snapshot!(read("\n\"SR8.4/z\" = \"E4\"").unwrap_err(), @"codes.toml: line 2: there is no rule `SR8.4/z`");
    insta::assert_snapshot!(read("\"SR8.4/g\" = \"E9999\"").unwrap_err(), @"codes.toml: line 1: SR8.4/g: `E9999` is not a response code of the DUIS schema");
    insta::assert_snapshot!(read("\"SR/9\" = \"E2\"").unwrap_err(), @"codes.toml: line 1: SR/9: its code E1 stands as it is (public), or `E2` is no refusal");
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

#[test]
fn half_a_csp_gateway_is_refused() {
    let without = |line: &str| {
        let file =
            CSP_GATEWAY.lines().filter(|known| !known.starts_with(line)).collect::<Vec<_>>().join("\n");
        load(&file, &[]).unwrap_err()
    };
    let files =
        "csp_gateway: set certificate, key and client_ca: a CSP is known by its client certificate alone";
    for line in ["certificate", "key", "client_ca"] {
        assert_eq!(without(line), files);
    }
    let listen = "csp_gateway: without `listen` there is no such listener, and nothing else of it is of use";
    assert_eq!(without("listen"), listen);
    assert_eq!(load("[csp_gateway.csps]\nSouth = '90-B3-D5-1F-30-0A-00-02'", &[]).unwrap_err(), listen);
    let nobody = CSP_GATEWAY.split("[csp_gateway.csps]").next().unwrap();
    let told = "csp_gateway: set csps: the EUI-64 of the CSP of each CSP Region, `North = \"90-B3-...\"`";
    assert_eq!(load(nobody, &[]).unwrap_err(), told);
    let dcc = CSP_GATEWAY.replace("0A-00-02", "00-00-02");
    let told = "csp_gateway: csps: `90-B3-D5-1F-30-00-00-02` is the DCC's, trust.dcc_id";
    assert_eq!(load(&dcc, &[]).unwrap_err(), told);
    let odd = CSP_GATEWAY.replace("Central", "SMETS1");
    assert!(
        load(&odd, &[]).unwrap_err().contains("unknown field `SMETS1`, expected one of `North`, `Central`")
    );
}
