//! The rulebook as `smi rules` prints it, and `smi explain --what-if`.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

/// Exit code, standard output, standard error.
fn smi(dir: &Path, arguments: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    let output = command.args(arguments.split_whitespace()).current_dir(dir).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn printed(dir: &Path, arguments: &str) -> String {
    let (code, out, err) = smi(dir, arguments);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    out
}

fn json(dir: &Path, arguments: &str) -> Value {
    serde_json::from_str(&printed(dir, arguments)).unwrap()
}

/// The row of that value.
fn row<'a>(rows: &'a Value, key: &str, value: &str) -> &'a Value {
    rows.as_array().unwrap().iter().find(|row| row[key] == value).unwrap()
}

#[test]
fn the_rulebook_is_printed_for_people() {
    let dir = tempfile::tempdir().unwrap();
    insta::assert_snapshot!("rulebook_markdown", printed(dir.path(), "rules"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was opened");
}

#[test]
fn the_rulebook_is_printed_for_programs_under_stable_keys() {
    let dir = tempfile::tempdir().unwrap();
    let page = json(dir.path(), "rules --format json");
    let mut keys = Vec::new();
    for (key, value) in page.as_object().unwrap() {
        let of_row = value.get(0).and_then(Value::as_object);
        let columns = of_row.map(|row| row.keys().cloned().collect::<Vec<_>>().join(", "));
        keys.push(format!("{key}: {}", columns.unwrap_or_default()).trim_end().to_owned());
    }
    insta::assert_snapshot!(keys.join("\n"), @"
        decision_tables: rows, source, title
        moves: by, from, source, standing, to
        order_states: by, event, from, needs_late, rules, source, standing, to
        response_codes: before, code, meaning, rules
        roles: answered_here, eligible_roles, name, request_type, variant
        rules: code, code_standing, code_without_override, id, remedy, requires, source, standing, switched
        service_requests: checks, name, variant
        settings: bears_on, key, value
        tsat:
        version:
        wan_variants:
        ");
    assert_eq!(page["roles"].as_array().unwrap().len(), 129);
    let (code, _, err) = smi(dir.path(), "rules --format yaml");
    assert_eq!(code, Some(2));
    assert!(err.contains("`yaml` is not a format: one of md, json"), "{err}");
}

/// MP125-T2: the cells of the source, computed and not typed in.
#[test]
fn mp125_t2_the_permission_matrix_is_the_sources() {
    let dir = tempfile::tempdir().unwrap();
    let page = json(dir.path(), "rules --format json");
    let allowed = |title: &str, status: &str, sender: &str| {
        let table = row(&page["decision_tables"], "title", title);
        let cells = &row(&table["rows"], "status", status)["cells"];
        row(cells, "sender", sender)["code"] == "I99"
    };
    let (variant, other) = ("ESME: variant", "ESME: model");
    for sender in ["pre-notifier", "responsible", "both", "neither"] {
        let is_pre_notifier = matches!(sender, "pre-notifier" | "both");
        let is_responsible = matches!(sender, "responsible" | "both");
        assert_eq!(allowed(variant, "Pending", sender), is_pre_notifier, "{sender}");
        assert_eq!(allowed(other, "Pending", sender), is_pre_notifier, "{sender}");
        for status in ["Whitelisted", "InstalledNotCommissioned", "Commissioned"] {
            assert_eq!(allowed(variant, status, sender), is_responsible, "{status} {sender}");
            assert!(!allowed(other, status, sender), "{status} {sender}");
        }
        for status in ["Decommissioned", "Withdrawn", "Suspended", "Recovery", "Recovered"] {
            assert!(
                !allowed(variant, status, sender) && !allowed(other, status, sender),
                "{status} {sender}"
            );
        }
    }
}

/// MP125-C3 and codes.toml: what the operator chose is what stands on the page.
#[test]
fn the_operators_choices_stand_on_the_page() {
    let dir = tempfile::tempdir().unwrap();
    let settings = "[rules]\nresponsible_supplier_while_pending = true\npre_notifier_after_pending = true\n\
        wan_unknown = \"space\"\ncodes = \"codes.toml\"\n";
    fs::write(dir.path().join("smi.toml"), settings).unwrap();
    fs::write(dir.path().join("codes.toml"), "\"SR8.4/g\" = \"E4\"\n").unwrap();
    let page = json(dir.path(), "rules --format json --config smi.toml");
    let set = |key: &str| row(&page["settings"], "key", key)["value"].as_str().unwrap().to_owned();
    assert_eq!(set("rules.responsible_supplier_while_pending"), "true");
    assert_eq!(set("rules.pre_notifier_after_pending"), "true");
    assert_eq!(set("rules.wan_unknown"), "space");
    let rule = row(&page["rules"], "id", "SR8.4/g");
    assert_eq!((&rule["code"], &rule["code_without_override"]), (&"E4".into(), &"E080407".into()));
    let codes = &page["response_codes"];
    assert!(row(codes, "code", "E4")["rules"].as_array().unwrap().contains(&"SR8.4/g".into()));
    assert!(codes.as_array().unwrap().iter().all(|row| row["code"] != "E080407"));
    let table = row(&page["decision_tables"], "title", "ESME: variant");
    let cell = |status, sender| row(&row(&table["rows"], "status", status)["cells"], "sender", sender);
    assert_eq!(cell("Pending", "responsible")["code"], "I99");
    assert_eq!(cell("Commissioned", "pre-notifier")["code"], "I99");
    assert_eq!(cell("Commissioned", "neither")["code"], "E4");
    assert!(row(&page["rules"], "id", "SR8.4/c")["switched"].as_str().unwrap().contains("while_pending"));
    let markdown = printed(dir.path(), "rules --config smi.toml");
    assert!(markdown.contains("answers E4 (ours, changed by the operator from E080407)"), "{markdown}");
}

const COMMISSIONED: &str = "explain --what-if --device-type ESME --status Commissioned";

/// SMI.md 8.
#[test]
fn what_if_explains_a_device_that_is_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let explained = printed(dir.path(), &format!("{COMMISSIONED} --sender responsible --change variant"));
    insta::assert_snapshot!("what_if_accepted", explained);
    let refused = format!("{COMMISSIONED} --sender pre-notifier --change variant");
    let (code, out, err) = smi(dir.path(), &refused);
    assert_eq!((code, err.as_str()), (Some(1), ""));
    assert!(out.contains("outcome: E080407, decided by SR8.4/g"), "{out}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "no store, no test PKI");
}

#[test]
fn what_if_takes_every_kind_of_question() {
    let dir = tempfile::tempdir().unwrap();
    let outcome = |arguments: &str| {
        let (_, out, err) = smi(dir.path(), &format!("explain --what-if {arguments}"));
        let outcome = out.lines().find_map(|line| line.strip_prefix("outcome: ")).map(str::to_owned);
        outcome.unwrap_or_else(|| panic!("{arguments}: {err}"))
    };
    let asked = [
        "--device-type ESME --status Pending --sender pre-notifier --change details",
        "--device-type ESME --status Pending --sender pre-notifier --change model --cpl absent",
        "--device-type ESME --status Pending --sender pre-notifier --change model --cpl withdrawn",
        "--device-type ESME --status Pending --sender pre-notifier --change model --cpl active",
        "--device-type ESME --status Pending --sender pre-notifier --change delete",
        "--device-type ESME --status Commissioned --sender both --change variant --smets1",
        "--device-type ESME --status Commissioned --sender both --change details",
        "--device-type ESME --status Whitelisted --sender responsible --change status-except-ch:Pending",
        "--device-type GSME --status Whitelisted --sender responsible --change mpxn",
        "--device-type CHF --status Whitelisted --sender neither --change status-ch:Commissioned",
        "--device-type CAD --sender pre-notifier --change model",
    ];
    let answers = asked.map(|arguments| format!("{arguments}: {}", outcome(arguments)));
    insta::assert_snapshot!(answers.join("\n"), @r#"
        --device-type ESME --status Pending --sender pre-notifier --change details: I99, decided by SR8.4/h
        --device-type ESME --status Pending --sender pre-notifier --change model --cpl absent: E080410, decided by SR8.4/h
        --device-type ESME --status Pending --sender pre-notifier --change model --cpl withdrawn: E080410, decided by SR8.4/h
        --device-type ESME --status Pending --sender pre-notifier --change model --cpl active: I99, decided by SR8.4/h
        --device-type ESME --status Pending --sender pre-notifier --change delete: I99, decided by SR8.4/l
        --device-type ESME --status Commissioned --sender both --change variant --smets1: E080409, decided by SR8.4/f
        --device-type ESME --status Commissioned --sender both --change details: E080406, decided by SR8.4/d
        --device-type ESME --status Whitelisted --sender responsible --change status-except-ch:Pending: I99, decided by SR8.4/k
        --device-type GSME --status Whitelisted --sender responsible --change mpxn: I99, decided by SR8.4/m
        --device-type CHF --status Whitelisted --sender neither --change status-ch:Commissioned: E4, decided by SR8.4/j
        --device-type CAD --sender pre-notifier --change model: I99, decided by SR8.4/h
        "#);
}

#[test]
fn a_question_that_makes_no_sense_is_wrong_usage() {
    let dir = tempfile::tempdir().unwrap();
    let wrong = |arguments: &str| {
        let (code, _, err) = smi(dir.path(), &format!("explain {arguments}"));
        assert_eq!(code, Some(2), "{arguments}: {err}");
        err.lines().take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    };
    let asked = [
        "",
        "--what-if",
        "request.xml --what-if --device-type ESME --sender both --change delete",
        "--device-type ESME request.xml",
        "--what-if --device-type IHD --status Pending --sender both --change delete",
        "--what-if --device-type ESME --sender both --change delete",
        "--what-if --device-type TV --sender both --change delete",
        "--what-if --device-type ESME --status Commissioned --sender both --change status-ch:Pending",
        "--what-if --device-type ESME --status Commissioned --sender both --change model --cpl gone",
    ];
    let answers = asked.map(|arguments| format!("{arguments}\n{}\n", wrong(arguments)));
    insta::assert_snapshot!(answers.join("\n"), @r#"
        error: the following required arguments were not provided:
          <FILE>

        --what-if
        error: the following required arguments were not provided:
          --device-type <TYPE>
          --sender <RELATION>
          --change <CHANGE>

        request.xml --what-if --device-type ESME --sender both --change delete
        error: the argument '[FILE]' cannot be used with '--what-if'

        --device-type ESME request.xml
        error: the following required arguments were not provided:
          --sender <RELATION>
          --change <CHANGE>
          --what-if

        --what-if --device-type IHD --status Pending --sender both --change delete
        error: Device Type IHD is of Type 2: it has no SMI Status

        --what-if --device-type ESME --sender both --change delete
        error: Device Type ESME has an SMI Status: name one

        --what-if --device-type TV --sender both --change delete
        error: invalid value 'TV' for '--device-type <TYPE>': `TV` is not a DeviceType: one of ESME, GSME, GPF, CHF, HCALCS, PPMID, IHD, CAD

        --what-if --device-type ESME --status Commissioned --sender both --change status-ch:Pending
        error: invalid value 'status-ch:Pending' for '--change <CHANGE>': `status-ch:Pending` is not a change: one of variant, model, details, no-detail, delete, mpxn, status-except-ch:Pending, status-except-ch:InstalledNotCommissioned, status-ch:Commissioned, status-ch:Withdrawn, status-ch:InstalledNotCommissioned

        --what-if --device-type ESME --status Commissioned --sender both --change model --cpl gone
        error: invalid value 'gone' for '--cpl <CPL>': `gone` is not a place on the Central Products List: one of active, cancelled, expired, withdrawn, absent, not-loaded
        "#);
}
