//! Which hubs are refused, by which rule, and what the CSP is told.

use smi::{
    domain::{Body, DeviceDetails, DevicePrenotification, DeviceType},
    store::Kind,
};

use super::{Gated, Hub, hub};
use crate::support::{SUPPLIER, Smi};

const CPL: &str = "\
device_manufacturer,device_model,device_type,firmware_version,smets_chts_version,gbcs_version,status
Sample Hubs,SH-C1,CHF,02000000,CHTS V1.4,4.1,Active
Sample Hubs,SH-C1,CHF,03000000,CHTS V1.4,4.1,Withdrawn
";

const COLUMNS: &str = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,\
    firmware_version,pre_notified_by,associated_gpf_device_id,chf_device_id,csp_region,gbcs_version,han_variant\n";

/// Rows of devices.csv for a hub that stands so.
fn rows(hub: &Hub, status: &str, region: &str) -> String {
    let row = |id: String, kind: &str, gpf: String, chf: String| {
        let details = "Sample Hubs,SH-C1,CHTS V1.4,02000000";
        format!("{id},{kind},{status},{details},{SUPPLIER},{gpf},{chf},{region},4.1,Dual Band\n")
    };
    row(hub.chf(), "CHF", hub.gpf(), String::new()) + &row(hub.gpf(), "GPF", String::new(), hub.chf())
}

fn import(smi: &Smi, rows: &str) {
    smi.import(Kind::Devices, &format!("{COLUMNS}{rows}"));
}

#[test]
fn n3_a_a_region_of_another_csp_is_refused() {
    let gated = Gated::new();
    let mut hub = Hub::new(1);
    for (batch, region) in (1..).zip(["Central", "South", "4G Central", "4G South"]) {
        hub.set("cspRegion", region);
        let reason = gated.reason("csp-north", batch, &hub);
        assert!(
            reason.starts_with("\"N3/a\" code=\"E4\" reason=\"required: the CSP Region is one of the CSP"),
            "{reason}"
        );
        assert!(reason.contains(&format!("CSP Region {region};")), "{reason}");
    }
    hub.set("cspRegion", "North");
    assert!(gated.reason("csp-central-south", 1, &hub).starts_with("\"N3/a\""));
    hub.set("cspRegion", "South");
    assert_eq!(gated.reason("csp-central-south", 2, &hub), "accepted");
    gated.server.stop().unwrap();
}

#[test]
fn n3_b_an_id_that_stands_twice_is_refused_wherever_it_stands() {
    let gated = Gated::new();
    let hub = Hub::new;
    assert_eq!(gated.north(1, &[Hub::with_ids(&hub(1).chf(), &hub(1).chf())]), ["refused N3/b"]);
    // The same hub twice, another's CHF, another's GPF, a CHF that is another's GPF; hub 9 has nothing to do with it.
    for (batch, first, second) in [
        (2, hub(1), hub(1)),
        (3, hub(1), Hub::with_ids(&hub(1).chf(), &hub(2).gpf())),
        (4, hub(1), Hub::with_ids(&hub(2).chf(), &hub(1).gpf())),
        (5, hub(1), Hub::with_ids(&hub(1).gpf(), &hub(2).gpf())),
    ] {
        let innocent = hub(u32::try_from(batch).unwrap() + 90);
        assert_eq!(gated.north(batch, &[first, innocent, second]), ["refused N3/b", "new", "refused N3/b"]);
    }
    assert_eq!(gated.device(&hub(1).chf()), None);
    gated.server.stop().unwrap();
}

#[test]
fn n3_c_an_unknown_receiving_user_is_refused() {
    let gated = Gated::new();
    let mut hub = Hub::new(1);
    hub.set("receivingUser", "90-B3-D5-1F-30-FF-00-00");
    let reason = gated.reason("csp-north", 1, &hub);
    assert!(reason.starts_with("\"N3/c\" code=\"E1\""), "{reason}");
    assert!(reason.ends_with("User 90-B3-D5-1F-30-FF-00-00 is not known\""), "{reason}");
    gated.server.stop().unwrap();
}

#[test]
fn n3_d_a_model_that_is_not_active_on_the_cpl_is_refused_where_one_is_loaded() {
    let gated = Gated::with_updates();
    let hub = |number, firmware| {
        let mut hub = Hub::new(number);
        hub.set("firmwareVersion", firmware);
        hub
    };
    assert_eq!(gated.north(1, &[hub(1, "09000000")]), ["new"], "no list is loaded");
    gated.smi.import(Kind::Cpl, CPL);
    let hubs = [hub(1, "09000001"), hub(2, "02000000"), hub(3, "03000000"), hub(1, "02000000")];
    assert_eq!(gated.north(2, &hubs[..3]), ["refused N3/d", "new", "refused N3/d"]);
    assert_eq!(gated.north(3, &hubs[3..]), ["updated"], "to a firmware that is on the list");
    gated.server.stop().unwrap();
}

#[test]
fn n3_e_two_ids_that_are_not_those_of_one_hub_are_refused() {
    let gated = Gated::with_updates();
    let (first, second, free) = (Hub::new(1), Hub::new(2), Hub::new(3));
    assert_eq!(gated.north(1, &[first.clone(), second.clone()]), ["new", "new"]);
    let esme = "00-DB-12-34-56-78-90-A0";
    import(&gated.smi, &format!("{esme},ESME,Pending,Acme,M1,SMETS2 V5.1,1,,,,,,\n"));
    // A CHF whose GPF is named and is not in the SMI.
    let half = Hub::new(4);
    let row = rows(&half, "Pending", "North");
    import(&gated.smi, row.split_inclusive('\n').next().unwrap());
    for (batch, chf, gpf, saw) in [
        (2, first.chf(), second.gpf(), "the GPF's in the SMI as GPF of CHF 00-DB-12-C0-00-00-00-02"),
        (
            3,
            first.chf(),
            free.gpf(),
            "the CHF's ID is in the SMI as CHF with GPF 00-DB-12-60-00-00-00-01, the GPF's new",
        ),
        (
            4,
            free.chf(),
            first.gpf(),
            "the CHF's ID is new, the GPF's in the SMI as GPF of CHF 00-DB-12-C0-00-00-00-01",
        ),
        (5, first.gpf(), first.chf(), "the CHF's ID is in the SMI as GPF of CHF"),
        (6, esme.to_owned(), free.gpf(), "the CHF's ID is in the SMI as ESME, the GPF's new"),
        (7, free.chf(), esme.to_owned(), "the GPF's in the SMI as ESME"),
        (8, free.chf(), half.gpf(), "the GPF's new, which CHF 00-DB-12-C0-00-00-00-04 has"),
        (9, half.chf(), half.gpf(), "the CHF's ID is in the SMI as CHF with GPF"),
    ] {
        let reason = gated.reason("csp-north", batch, &Hub::with_ids(&chf, &gpf));
        assert!(reason.starts_with("\"N3/e\" code=\"E120201\""), "{batch}: {reason}");
        assert!(reason.contains(saw), "{batch}: {reason}");
    }
    gated.server.stop().unwrap();
}

/// MP155-R2, R3, R29: only hubs that are Pending; one of the two is enough to refuse.
#[test]
fn n3_f_a_hub_that_is_not_pending_is_refused_and_unchanged() {
    let gated = Gated::with_updates();
    let hub = Hub::new(1);
    gated.north(1, std::slice::from_ref(&hub));
    let mut updated = hub.clone();
    updated.set("firmwareVersion", "02000001");
    let statuses = [
        "Whitelisted",
        "InstalledNotCommissioned",
        "Commissioned",
        "Decommissioned",
        "Withdrawn",
        "Suspended",
        "Recovery",
        "Recovered",
    ];
    for (batch, status) in (2..).zip(statuses) {
        import(&gated.smi, &rows(&hub, status, "North"));
        let before = gated.device(&hub.chf());
        let reason = gated.reason("csp-north", batch, &updated);
        assert!(reason.starts_with("\"N3/f\" code=\"E5\""), "{reason}");
        assert!(reason.ends_with(&format!("CHF {status}, GPF {status}\"")), "{reason}");
        assert_eq!(gated.device(&hub.chf()), before);
    }
    let half = rows(&hub, "Pending", "North").replacen("GPF,Pending", "GPF,Commissioned", 1);
    import(&gated.smi, &half);
    let reason = gated.reason("csp-north", 20, &updated);
    assert!(reason.ends_with("CHF Pending, GPF Commissioned\""), "{reason}");
    import(&gated.smi, &rows(&hub, "Pending", "North"));
    assert_eq!(gated.reason("csp-north", 21, &updated), "accepted", "Pending again");
    gated.server.stop().unwrap();
}

#[test]
fn n3_g_a_hub_that_another_brought_is_refused() {
    let gated = Gated::with_updates();
    let mut hub = Hub::new(1);
    gated.north(1, std::slice::from_ref(&hub));
    // Another CSP, under a region of its own.
    hub.set("cspRegion", "Central");
    let reason = gated.reason("csp-central-south", 1, &hub);
    assert!(reason.starts_with("\"N3/g\" code=\"E4\""), "{reason}");
    assert!(reason.ends_with("it joined by CSPM-N3, its CSP Region is North\""), "{reason}");
    // A User, by SR 12.2.
    let by_user = Hub::new(2);
    let details = DeviceDetails {
        manufacturer: "Sample Hubs".parse().unwrap(),
        model: "SH-C1".parse().unwrap(),
        smets_chts_version: Some("CHTS V1.4".parse().unwrap()),
        firmware_version: Some("02000000".parse().unwrap()),
        esme_variant: None,
    };
    let body = Body::DevicePrenotification(DevicePrenotification {
        device_id: by_user.chf().parse().unwrap(),
        device_type: DeviceType::Chf,
        details,
        associated_gpf: Some(by_user.gpf().parse().unwrap()),
    });
    assert_eq!(gated.smi.ask(SUPPLIER, body).code, "I99");
    let reason = gated.reason("csp-north", 2, &by_user);
    assert!(reason.ends_with("it joined by SR 12.2, its CSP Region is none\""), "{reason}");
    // The operator, by an import: the CSP Region says whose it is.
    let [ours, theirs, nobodys] = [3, 4, 5].map(Hub::new);
    let imported = [(&ours, "North"), (&theirs, "South"), (&nobodys, "")];
    import(&gated.smi, &imported.map(|(hub, region)| rows(hub, "Pending", region)).concat());
    let expected = ["unchanged", "refused N3/g", "refused N3/g"];
    assert_eq!(gated.north(3, &[ours, theirs, nobodys]), expected);
    gated.server.stop().unwrap();
}

/// A hub that left and came back by SR 12.2 is no longer the CSP's; the CSP's again once it notified of it anew.
#[test]
fn n3_g_asks_how_a_hub_joined_last() {
    let gated = Gated::with_updates();
    let hub = Hub::new(1);
    let delete = |gated: &Gated| {
        let change = smi::domain::InventoryChange::Delete;
        let device_id = hub.chf().parse().unwrap();
        let body = Body::UpdateInventory(smi::domain::UpdateInventory { device_id, change });
        assert_eq!(gated.smi.ask(SUPPLIER, body).code, "I99");
    };
    assert_eq!(gated.north(1, std::slice::from_ref(&hub)), ["new"]);
    // The receiving User looks after it while Pending, as its pre-notifier (SR8.4/l).
    delete(&gated);
    assert_eq!(gated.device(&hub.gpf()), None);
    import(&gated.smi, &rows(&hub, "Pending", "South"));
    assert_eq!(gated.north(2, std::slice::from_ref(&hub)), ["refused N3/g"]);
    delete(&gated);
    assert_eq!(gated.north(3, std::slice::from_ref(&hub)), ["new"]);
    assert_eq!(gated.north(4, std::slice::from_ref(&hub)), ["unchanged"]);
    let outcomes = gated.notices(&hub.chf()).iter().map(|notice| notice.outcome.as_str()).collect::<Vec<_>>();
    assert_eq!(outcomes, ["new", "new", "unchanged"]);
    gated.server.stop().unwrap();
}

/// MP155-C29: off unless the operator says otherwise.
#[test]
fn n3_h_a_known_hub_is_not_updated_unless_that_is_switched_on() {
    let gated = Gated::new();
    let mut hub = Hub::new(1);
    assert_eq!(gated.north(1, std::slice::from_ref(&hub)), ["new"]);
    assert_eq!(gated.north(2, std::slice::from_ref(&hub)), ["unchanged"]);
    hub.set("firmwareVersion", "02000001");
    hub.set("hanVariant", "Single Band");
    let before = gated.device(&hub.chf());
    let reason = gated.reason("csp-north", 3, &hub);
    assert!(reason.starts_with("\"N3/h\" code=\"E120201\""), "{reason}");
    assert!(reason.ends_with("different: firmwareVersion, hanVariant; updates are off\""), "{reason}");
    assert_eq!(gated.device(&hub.chf()), before);
    let notices = gated.notices(&hub.chf());
    assert_eq!(
        notices.iter().map(|notice| notice.outcome.as_str()).collect::<Vec<_>>(),
        ["new", "unchanged"]
    );
    gated.server.stop().unwrap();
}

/// MP155-R27: a message that lacks any parameter of any hub is refused whole; MP155-T1: an empty one is missing.
#[test]
fn mp155_r27_a_batch_that_lacks_a_parameter_is_refused_whole() {
    let gated = Gated::new();
    let before = gated.everything();
    for name in Hub::names() {
        let mut empty = Hub::new(2);
        empty.set(name, "");
        for (hub, what) in [(Hub::new(2).without(name), "missing"), (empty, "empty")] {
            let (status, reason) = gated.post("csp-north", &hub::message(1, &[Hub::new(1), hub]));
            let told = format!(
                "hub 2, HubNotifications/Hub (line 3): `{name}` is {what}: every parameter is mandatory (MP155-R27)\n"
            );
            assert_eq!((status, reason), (422, told));
        }
    }
    assert_eq!(gated.everything(), before);
    // Nothing of it was taken: its number is free.
    assert_eq!(gated.north(1, &[Hub::new(1)]), ["new"]);
    gated.server.stop().unwrap();
}
