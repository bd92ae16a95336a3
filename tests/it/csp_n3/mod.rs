//! CSPM-N3 over real HTTPS: CSPs with client certificates notify of Communications Hubs (MP155 option A).

mod batches;
mod connections;
mod hub;
mod killed;
mod rules;
mod schema;
mod served;

use smi::{
    domain::{
        Body, Csp, CspRegion, Device, DeviceField, Eui64, InventoryChange, ReadInventory, UpdateInventory,
        instant_text,
    },
    duis::signature::pki,
    rules::n3::KnownHubs,
    service::Gateway,
    store::{self, DecisionRecord, HubNotice, Kind, PageRequest, StatusChange},
    tls::{ClientFiles, ClientTls, ServerFiles, ServerTls},
    web::{self, Bounds, Listener, ListenerTls, server_thread::ServerThread},
};

use crate::support::{OTHER_SUPPLIER, SUPPLIER, Smi, managed::Management};

/// A page that holds all that a test makes.
const ALL: PageRequest = PageRequest::first(1_000);
use hub::Hub;

pub(super) const NORTH: Eui64 = pki::CSPS[0].1;

/// A service that listens to the CSPs of the test PKI.
struct Gated {
    smi: Smi,
    server: ServerThread,
}

/// A status and a body.
type Told = (u16, String);

impl Gated {
    /// As an operator has it who sets nothing but what must be set.
    fn new() -> Self {
        Self::start(KnownHubs::Stay)
    }

    fn with_updates() -> Self {
        Self::start(KnownHubs::AreUpdated)
    }

    fn start(known_hubs: KnownHubs) -> Self {
        let smi = Smi::new();
        let server = listen(&smi, Gateway { csps: csps(), known_hubs });
        Self { smi, server }
    }

    fn agent(&self, name: &str) -> ureq::Agent {
        let tls = self.smi.folder().join("pki/tls");
        let files = ClientFiles {
            ca: Some(tls.join("ca.pem")),
            identity: Some((tls.join(format!("{name}.pem")), tls.join(format!("{name}.key")))),
        };
        let tls = ClientTls::load(&files).unwrap().config();
        let config = ureq::Agent::config_builder().http_status_as_error(false).tls_config(tls);
        config.build().into()
    }

    fn url(&self) -> String {
        format!("https://{}/csp/n3", self.server.address())
    }

    /// What a CSP sends as it stands.
    fn post(&self, csp: &str, body: &str) -> Told {
        let reply = self.agent(csp).post(self.url()).content_type("application/xml").send(body);
        let mut reply = reply.unwrap();
        // An answer about thousands of hubs is longer than the client reads unasked.
        let body = reply.body_mut().with_config().limit(100_000_000).read_to_string().unwrap();
        (reply.status().as_u16(), body)
    }

    /// A batch of North's CSP that is answered: the outcome of each hub.
    fn north(&self, batch: u64, hubs: &[Hub]) -> Vec<String> {
        self.outcomes("csp-north", batch, hubs)
    }

    /// A batch of that CSP's that is answered: for each hub its outcome, and the rule that refused it.
    fn outcomes(&self, csp: &str, batch: u64, hubs: &[Hub]) -> Vec<String> {
        let (status, answer) = self.post(csp, &hub::message(batch, hubs));
        assert_eq!(status, 200, "{answer}");
        outcomes_in(&answer)
    }

    /// The one hub of a batch: why it was refused.
    fn reason(&self, csp: &str, batch: u64, hub: &Hub) -> String {
        let (status, answer) = self.post(csp, &hub::message(batch, std::slice::from_ref(hub)));
        assert_eq!(status, 200, "{answer}");
        let reason =
            answer.split(" rule=").nth(1).map_or("accepted", |rest| rest.split("/>").next().unwrap());
        reason.to_owned()
    }

    fn device(&self, id: &str) -> Option<Device> {
        self.smi.read(|connection| store::find_device(connection, id.parse().unwrap()))
    }

    fn history(&self, id: &str) -> Vec<StatusChange> {
        self.smi.read(|connection| store::history_of_device(connection, id.parse().unwrap(), ALL)).rows
    }

    fn notices(&self, id: &str) -> Vec<HubNotice> {
        self.smi.read(|connection| store::hub_notices_of_device(connection, id.parse().unwrap(), ALL)).rows
    }

    fn decisions(&self, id: &str) -> Vec<DecisionRecord> {
        self.smi.read(|connection| store::decisions_of_device(connection, id.parse().unwrap()))
    }

    /// Everything that a batch may change, as text.
    fn everything(&self) -> String {
        let devices = self.smi.exported(Kind::Devices);
        let heads = self.smi.read(|connection| store::audit_head(connection, "smi"));
        format!("{devices}{heads:?}")
    }
}

/// The CSPs of the test PKI, as its operator would have them.
fn csps() -> Vec<Csp> {
    let [(_, north), (_, central_south)] = pki::CSPS;
    vec![
        Csp { id: north, regions: vec![CspRegion::North, CspRegion::North4G] },
        Csp { id: central_south, regions: vec![CspRegion::Central, CspRegion::South] },
    ]
}

fn listen(smi: &Smi, gateway: Gateway) -> ServerThread {
    let tls = smi.folder().join("pki/tls");
    let files = ServerFiles {
        setting: "csp_gateway",
        certificate: tls.join("server.pem"),
        key: tls.join("server.key"),
        client_ca: Some(tls.join("csp-ca.pem")),
    };
    let tls = ServerTls::load(files, smi.clock.clone()).unwrap();
    let listener = Listener {
        address: ([127, 0, 0, 1], 0).into(),
        max_body_bytes: 20_000_000,
        bounds: Bounds::default(),
        tls: None,
        kind: web::ListenerKind::CspGateway(gateway),
    };
    web::spawn(
        smi.service.clone(),
        Listener { tls: Some(ListenerTls { tls, bind_originator: false }), ..listener },
    )
    .unwrap()
}

/// For each hub of an answer its outcome, and the rule that refused it.
fn outcomes_in(answer: &str) -> Vec<String> {
    let value = |line: &str, name: &str| {
        let value = line.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
        Some(value.to_owned())
    };
    let hubs = answer.lines().filter(|line| line.starts_with("<Hub "));
    let one =
        |line: &str| [value(line, "outcome"), value(line, "rule")].into_iter().flatten().collect::<Vec<_>>();
    hubs.map(|line| one(line).join(" ")).collect()
}

/// MP155-R26, R27: a new hub joins as a Pending CHF and GPF, with all that was told of it.
#[test]
fn a_new_hub_joins_as_a_pending_chf_and_gpf() {
    let gated = Gated::new();
    let hub = Hub::new(1);
    assert_eq!(gated.north(1, std::slice::from_ref(&hub)), ["new"]);
    let (chf, gpf) = (gated.device(&hub.chf()).unwrap(), gated.device(&hub.gpf()).unwrap());
    for (device, device_type) in [(&chf, "CHF"), (&gpf, "GPF")] {
        let details = &device.details;
        let versions = [
            details.smets_chts_version.as_ref().unwrap().as_str(),
            details.firmware_version.as_ref().unwrap().as_str(),
        ];
        let told = [details.manufacturer.as_str(), details.model.as_str()];
        assert_eq!((device.device_type.as_str(), device.status_text()), (device_type, "Pending"));
        assert_eq!((told, versions), (["Sample Hubs", "SH-C1"], ["CHTS V1.4", "02000000"]));
        assert_eq!(device.gbcs_version.as_ref().unwrap().as_str(), "4.1");
        assert_eq!(device.han_variant.as_ref().unwrap().as_str(), "Dual Band");
        assert_eq!((device.csp_region, device.pre_notified_by), (Some(CspRegion::North), Some(SUPPLIER)));
        let [joined] = gated.history(&device.id.to_string()).try_into().unwrap();
        assert_eq!((joined.from, joined.to.unwrap().as_str()), (None, "Pending"));
        assert_eq!((joined.interface.as_str(), joined.by), ("CSPM-N3", Some(NORTH)));
        assert_eq!(instant_text(joined.at), "2026-06-01T12:00:00.000Z");
        assert_eq!(joined.request_id.unwrap().to_string(), format!("{NORTH}:90-B3-D5-1F-30-00-00-02:1"));
    }
    assert_eq!((chf.associated_gpf, gpf.chf), (Some(gpf.id), Some(chf.id)));
    for id in [hub.chf(), hub.gpf()] {
        let [notice] = gated.notices(&id).try_into().unwrap();
        assert_eq!((notice.csp, notice.outcome.as_str(), notice.updates.len()), (NORTH, "new", 0));
    }
    gated.server.stop().unwrap();
}

/// F37, SMI.md 1: versions are compared by their last number, and kept as they came.
#[test]
fn a_version_that_is_written_otherwise_is_no_update() {
    let gated = Gated::with_updates();
    let mut hub = Hub::new(1);
    gated.north(1, std::slice::from_ref(&hub));
    hub.set("chtsVersion", "V1.4");
    assert_eq!(gated.north(2, std::slice::from_ref(&hub)), ["unchanged"]);
    let kept = gated.device(&hub.chf()).unwrap().details.smets_chts_version;
    assert_eq!(kept.unwrap().as_str(), "CHTS V1.4");
    gated.server.stop().unwrap();
}

/// MP155-R26, option A: everything told of a known hub is updated, its firmware too, and what it was is kept.
#[test]
fn mp155_r26_everything_of_a_pending_hub_is_updated_with_history() {
    let gated = Gated::with_updates();
    let mut hub = Hub::new(1);
    gated.north(1, std::slice::from_ref(&hub));
    let changes = [
        ("firmwareVersion", "02000001"),
        ("manufacturer", "Sample Hubs II"),
        ("model", "SH-C2"),
        ("chtsVersion", "CHTS V1.5"),
        ("gbcsVersion", "4.2"),
        ("hanVariant", "Single Band"),
        ("cspRegion", "4G North"),
        ("receivingUser", "90-B3-D5-1F-30-03-00-00"),
    ];
    for (batch, (parameter, value)) in (2..).zip(changes) {
        let before = hub.get(parameter).to_owned();
        hub.set(parameter, value);
        assert_eq!(gated.north(batch, std::slice::from_ref(&hub)), ["updated"], "{parameter}");
        for id in [hub.chf(), hub.gpf()] {
            let device = gated.device(&id).unwrap();
            let now = match parameter {
                "firmwareVersion" => device.details.firmware_version.unwrap().to_string(),
                "manufacturer" => device.details.manufacturer.to_string(),
                "model" => device.details.model.to_string(),
                "chtsVersion" => device.details.smets_chts_version.unwrap().to_string(),
                "gbcsVersion" => device.gbcs_version.unwrap().to_string(),
                "hanVariant" => device.han_variant.unwrap().to_string(),
                "cspRegion" => device.csp_region.unwrap().to_string(),
                "receivingUser" => device.pre_notified_by.unwrap().to_string(),
                other => panic!("{other}"),
            };
            assert_eq!((now.as_str(), device.status.unwrap().as_str()), (value, "Pending"), "{parameter}");
            // Its status did not change, so the history of that has nothing new.
            assert_eq!(gated.history(&id).len(), 1, "{parameter}");
        }
        let notice = gated.notices(&hub.chf()).pop().unwrap();
        assert_eq!((notice.outcome.as_str(), notice.request_id.counter), ("updated", batch));
        let told = notice.updates.iter().map(|update| {
            assert_eq!(update.parameter, parameter);
            (update.device_id.clone(), update.from.clone().unwrap(), update.to.clone().unwrap())
        });
        let both = [hub.chf(), hub.gpf()].map(|id| (id, before.clone(), value.to_owned()));
        assert_eq!(told.collect::<Vec<_>>(), both, "{parameter}");
    }
    assert_eq!(gated.notices(&hub.gpf()).len(), 1 + changes.len());
    gated.server.stop().unwrap();
}

/// VARIANTS.md 4: a hub and its GPF as they stood before a CSP told of them, before it told of an update, and since.
#[test]
fn variants_4_the_record_as_it_stood_covers_hubs_that_a_csp_tells_of() {
    let gated = Gated::with_updates();
    let mut hub = Hub::new(1);
    gated.smi.move_to("2026-06-02T09:00:00Z");
    gated.north(1, std::slice::from_ref(&hub));
    gated.smi.move_to("2026-06-02T10:00:00Z");
    let before = hub.get("firmwareVersion").to_owned();
    hub.set("firmwareVersion", "02000001");
    assert_eq!(gated.north(2, std::slice::from_ref(&hub)), ["updated"]);
    for id in [hub.chf(), hub.gpf()] {
        let stood = |at| gated.smi.stood(id.parse().unwrap(), at, DeviceField::FirmwareVersion);
        let instants = ["2026-06-02T08:59:59Z", "2026-06-02T09:59:59Z", "2026-06-02T10:00:00Z"];
        assert_eq!(instants.map(stood), [None, Some(before.clone()), Some("02000001".to_owned())], "{id}");
    }
    gated.server.stop().unwrap();
}

/// An update of one field changes nothing that a notification does not tell: what else is known of the hub stays.
#[test]
fn what_a_notification_does_not_tell_stays() {
    let gated = Gated::with_updates();
    let mut hub = Hub::new(1);
    gated.north(1, std::slice::from_ref(&hub));
    let columns = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,\
        pre_notified_by,associated_gpf_device_id,chf_device_id,uprn,postcode,address_identifier,csp_region,gbcs_version,\
        han_variant,connectivity";
    let row = |id: String, kind: &str, gpf: String, chf: String| {
        format!(
            "{id},{kind},Pending,Sample Hubs,SH-C1,CHTS V1.4,02000000,{SUPPLIER},{gpf},{chf},7,ZZ1 1AA,Store,North,4.1,\
            Dual Band,Cellular\n"
        )
    };
    let chf = row(hub.chf(), "CHF", hub.gpf(), String::new());
    let gpf = row(hub.gpf(), "GPF", String::new(), hub.chf());
    gated.smi.import(Kind::Devices, &format!("{columns}\n{chf}{gpf}"));
    let before = gated.device(&hub.chf()).unwrap();
    hub.set("firmwareVersion", "02000001");
    assert_eq!(gated.north(2, std::slice::from_ref(&hub)), ["updated"]);
    let mut expected = before;
    expected.details.firmware_version = Some("02000001".parse().unwrap());
    assert_eq!(gated.device(&hub.chf()), Some(expected));
    gated.server.stop().unwrap();
}

/// SMI.md 8: each hub's decision is kept, accepted or refused, with what the rules saw.
#[test]
fn each_hub_has_its_decision() {
    let gated = Gated::new();
    let (good, mut bad) = (Hub::new(1), Hub::new(2));
    bad.set("cspRegion", "South");
    assert_eq!(gated.north(5, &[good.clone(), bad.clone()]), ["new", "refused N3/a"]);
    let [accepted] = gated.decisions(&good.chf()).try_into().unwrap();
    let [refused] = gated.decisions(&bad.chf()).try_into().unwrap();
    assert_eq!((accepted.code.as_str(), refused.code.as_str()), ("I99", "E4"));
    assert_eq!((accepted.user, refused.user), (NORTH, NORTH));
    assert_eq!(refused.rule.as_deref(), Some("N3/a"));
    let saw = "CSP Region South; CSP 90-B3-D5-1F-30-0A-00-01 speaks for North, 4G North";
    assert_eq!((refused.steps.len(), refused.steps[0].saw.as_str()), (1, saw));
    assert!(accepted.steps.iter().all(|step| step.holds));
    assert_eq!(gated.smi.decisions(accepted.request_id), [accepted, refused]);
    assert_eq!(gated.device(&bad.chf()), None);
    gated.server.stop().unwrap();
}

/// MP155-R30: the receiving User sees the hub by DUIS as one that a User pre-notified, and looks after it as its
/// pre-notifier (MP125-R2); an updated one likewise.
#[test]
fn a_user_sees_no_difference() {
    let gated = Gated::with_updates();
    let mut hub = Hub::new(1);
    gated.north(1, std::slice::from_ref(&hub));
    hub.set("firmwareVersion", "02000001");
    gated.north(2, std::slice::from_ref(&hub));
    let id = hub.chf().parse().unwrap();
    let read = gated.smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(id)));
    assert_eq!((read.code.as_str(), read.text.matches("02000001").count()), ("I0", 2), "{}", read.text);
    let delete = || Body::UpdateInventory(UpdateInventory { device_id: id, change: InventoryChange::Delete });
    assert_eq!(gated.smi.ask(OTHER_SUPPLIER, delete()).code, "E080413");
    assert_eq!(gated.smi.ask(SUPPLIER, delete()).code, "I99");
    gated.server.stop().unwrap();
}

/// Everybody who may look sees what was told of a hub, and why it was taken.
#[test]
fn what_was_told_of_a_hub_is_shown_to_people() {
    let gated = Gated::with_updates();
    let mut hub = Hub::new(1);
    gated.north(1, std::slice::from_ref(&hub));
    hub.set("firmwareVersion", "02000001");
    gated.north(2, std::slice::from_ref(&hub));
    let manage = Management::start(&gated.smi);
    let shown = manage.get(&format!("/manage/devices/{}", hub.gpf()));
    let [first, second] = shown["hub_notifications"].as_array().unwrap().as_slice() else {
        panic!("{shown}")
    };
    assert_eq!((&first["outcome"], &first["changes"]), (&"new".into(), &serde_json::json!([])));
    assert_eq!((&second["csp"], &second["csp_region"]), (&NORTH.to_string().into(), &"North".into()));
    let change = |id: String| serde_json::json!({"device_id": id, "parameter": "firmwareVersion", "from": "02000000", "to": "02000001"});
    assert_eq!(second["changes"], serde_json::json!([change(hub.chf()), change(hub.gpf())]));
    manage.stop();
    let mut explain = std::process::Command::new(env!("CARGO_BIN_EXE_smi"));
    let explain = explain.args(["explain", "--device", &hub.chf()]).env("SMI_STORE_URL", gated.smi.url());
    let explained = explain.current_dir(gated.smi.folder()).output().unwrap();
    let explained = String::from_utf8(explained.stdout).unwrap();
    // Each check has its source too, which the rulebook's page shows.
    let second = explained.split("\n\n").nth(1).unwrap();
    let second = second.lines().filter(|line| !line.contains(" source: ")).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(second, @r#"
        2026-06-01T12:00:00.000Z 90-B3-D5-1F-30-0A-00-01:90-B3-D5-1F-30-00-00-02:2 CSPM-N3 from 90-B3-D5-1F-30-0A-00-01 about 00-DB-12-C0-00-00-00-01
        N3/a     passed    the CSP Region is one of the CSP's whose certificate the connection was opened with
                           saw: CSP Region North; CSP 90-B3-D5-1F-30-0A-00-01 speaks for North, 4G North
        N3/b     passed    the CHF's and the GPF's ID differ, and neither stands in another hub of the batch: which of two holds nobody could say
                           saw: CHF 00-DB-12-C0-00-00-00-01, GPF 00-DB-12-60-00-00-00-01; no other hub has them
        N3/c     passed    the receiving User exists
                           saw: User 90-B3-D5-1F-30-01-00-00 is known
        N3/d     passed    the Device Model of the CHF is Active on the Central Products List, where one is loaded
                           saw: no Central Products List is loaded
        N3/e     passed    both IDs are new, or they are those of a CHF and its GPF
                           saw: the CHF's ID is in the SMI as CHF with GPF 00-DB-12-60-00-00-00-01, the GPF's in the SMI as GPF of CHF 00-DB-12-C0-00-00-00-01
        N3/f     passed    a known hub is Pending, CHF and GPF
                           saw: CHF Pending, GPF Pending
        N3/g     passed    a known hub joined the SMI through CSPM-N3 or by an import, for a CSP Region of this CSP
                           saw: it joined by CSPM-N3, its CSP Region is North
        N3/i     passed    with `reflash.smi_update = "ssmi"` a hub of an open order is told as it stands
                           saw: different: firmwareVersion; it is in work on no order
        N3/h     passed    a known hub is told as it stands; or the operator lets CSPs update those that are Pending; or it is accepted and not failed on an order InWork or Done, is told its target version, and nothing but its firmware, CHTS and GBCS versions differs
                           saw: different: firmwareVersion; updates are on
        outcome: I99, decided by N3/h
        "#);
    gated.server.stop().unwrap();
}
