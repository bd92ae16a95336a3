//! A client that never gives up: it repeats the very same bytes until they are answered, and knows what each answer
//! must be.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use smi::{
    domain::{
        Body, ChangedDetails, CommandVariant, DeviceDetails, DevicePrenotification, DeviceType, EsmeVariant,
        Eui64, InventoryChange, Now, ReadInventory, Request, RequestId, SchemaVersion, UpdateInventory,
    },
    duis::{
        signature::{self, TrustStore},
        xml,
    },
};

use super::{
    gate::{DEADLINE, Gate},
    model::{Answered, Digest, Effect, digest},
    random::Random,
};
use crate::support::{DCC, SUPPLIER};

/// Commissioned meters of the Supplier, which all clients change at once.
pub(super) const SHARED: [Eui64; 3] = [shared(1), shared(2), shared(3)];

const fn shared(last: u8) -> Eui64 {
    Eui64::from_octets([0x00, 0xDB, 0, 0, 0, 0, 0xFF, last])
}

/// As many messages as a client keeps to send again.
const KEPT: usize = 50;
/// As many Devices of its own as a client has at once.
const OWN: usize = 5;

/// A request, and what must come of it.
struct Step {
    id: RequestId,
    body: Body,
    device: Eui64,
    code: &'static str,
    effect: Effect,
}

/// A request that was signed and not answered yet.
pub(super) struct Begun {
    step: Step,
    message: Vec<u8>,
}

/// What a client did and met.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) answered: Vec<Answered>,
    pub(super) complaints: Vec<String>,
    /// Connections that ended without an answer.
    pub(super) unanswered: usize,
    /// HTTP 503.
    pub(super) refused: usize,
    /// Answered messages that were sent again.
    pub(super) replays: usize,
    /// From the first byte sent to the answer.
    pub(super) waits: Vec<Duration>,
}

/// A client with Devices of its own.
pub(super) struct Client<'a> {
    gate: &'a Gate,
    trust: &'a TrustStore,
    now: Now,
    number: u64,
    counter: u64,
    random: Random,
    mine: BTreeMap<Eui64, EsmeVariant>,
    gone: Vec<Eui64>,
    kept: Vec<(RequestId, Vec<u8>, Digest)>,
    agent: ureq::Agent,
    report: Report,
}

impl<'a> Client<'a> {
    pub(super) fn new(gate: &'a Gate, trust: &'a TrustStore, now: Now, number: u64, seed: u64) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(DEADLINE));
        Self {
            gate,
            trust,
            now,
            number,
            counter: number << 40,
            random: Random::new(seed ^ number.wrapping_mul(0xA076_1D64_78BD_642F)),
            mine: BTreeMap::new(),
            gone: Vec::new(),
            kept: Vec::new(),
            agent: config.build().into(),
            report: Report::default(),
        }
    }

    /// Goes on until the gate closes or something is wrong; `pace` comes before each request.
    pub(super) fn run(mut self, pace: impl Fn()) -> Report {
        while !self.gate.is_closing() && self.report.complaints.is_empty() {
            pace();
            let done = if self.random.below(20) == 0 { self.replay() } else { self.proceed() };
            if let Err(complaint) = done {
                self.report.complaints.push(complaint);
            }
        }
        self.report
    }

    /// A new request.
    pub(super) fn proceed(&mut self) -> Result<(), String> {
        let step = self.step();
        let message = self.signed(&step);
        self.finish(Begun { step, message })
    }

    /// A correction of a meter, signed and not sent.
    pub(super) fn begin(&mut self) -> Begun {
        let step = self.correct(SHARED[0]);
        let message = self.signed(&step);
        Begun { step, message }
    }

    /// A request that reads, signed and not sent.
    pub(super) fn begin_reading(&mut self) -> Begun {
        let body = Body::ReadInventory(ReadInventory::DeviceId(SHARED[0]));
        let step = self.request(SHARED[0], body, "I0", Effect::Nothing);
        let message = self.signed(&step);
        Begun { step, message }
    }

    /// Sends it once: the HTTP status.
    pub(super) fn try_once(&self, begun: &Begun) -> u16 {
        let (url, _) = self.gate.wait_until_up().unwrap();
        post(&self.agent, &url, &begun.message).unwrap().0
    }

    pub(super) fn into_report(self) -> Report {
        self.report
    }

    /// Sends it until it is answered.
    pub(super) fn finish(&mut self, begun: Begun) -> Result<(), String> {
        let Begun { step, message } = begun;
        let (answer, sends) = self.deliver(&message)?;
        let code = code_of(&answer)?;
        if code != step.code {
            return Err(format!(
                "{}: answered {code}, which should be {}: {:?}",
                step.id, step.code, step.body
            ));
        }
        self.learn(&step);
        if step.code != "E100" {
            self.kept.push((step.id, message, digest(&answer)));
        }
        if self.kept.len() > KEPT {
            let place = usize::try_from(self.random.below(KEPT as u64)).unwrap();
            self.kept.swap_remove(place);
        }
        let Step { id, device, effect, .. } = step;
        let answer = digest(&answer);
        self.report.answered.push(Answered { id, device, code, effect, answer, sends });
        Ok(())
    }

    /// A message that was answered before: the first answer again, to the byte.
    fn replay(&mut self) -> Result<(), String> {
        if self.kept.is_empty() {
            return Ok(());
        }
        let (id, message, first) = self.random.pick(&self.kept).clone();
        let (answer, _) = self.deliver(&message)?;
        self.report.replays += 1;
        if digest(&answer) == first {
            Ok(())
        } else {
            Err(format!("{id}: another answer to the same message"))
        }
    }

    /// What to ask next.
    fn step(&mut self) -> Step {
        let chance = self.random.below(100);
        let mine = self.mine.keys().copied().collect::<Vec<_>>();
        if mine.is_empty() || (chance < 30 && mine.len() < OWN) {
            return self.join();
        }
        let device = *self.random.pick(&mine);
        match chance {
            0..60 => self.correct(device),
            60..70 => self.update(device, InventoryChange::Delete, "I99", Effect::Left),
            70..75 => Step { code: "E120201", effect: Effect::Nothing, ..self.join_as(device) },
            75..80 if !self.gone.is_empty() => {
                let gone = *self.random.pick(&self.gone);
                self.update(gone, InventoryChange::Delete, "E19", Effect::Nothing)
            }
            80..85 if !self.kept.is_empty() => {
                // Another message under a used RequestID.
                let id = self.random.pick(&self.kept).0;
                Step { id, code: "E100", effect: Effect::Nothing, ..self.correct(device) }
            }
            85..90 => {
                let body = Body::ReadInventory(ReadInventory::DeviceId(device));
                self.request(device, body, "I0", Effect::Nothing)
            }
            _ => {
                let shared = *self.random.pick(&SHARED);
                self.correct(shared)
            }
        }
    }

    fn join(&mut self) -> Step {
        let number = u32::try_from(self.counter & 0xFFFF_FFFF).unwrap().to_be_bytes();
        let client = u8::try_from(self.number).unwrap();
        let [a, b, c, d] = number;
        self.join_as(Eui64::from_octets([0x00, 0xDB, client, 0, a, b, c, d]))
    }

    fn join_as(&mut self, device_id: Eui64) -> Step {
        let variant = *self.random.pick(EsmeVariant::ALL);
        let details = DeviceDetails {
            manufacturer: "Acme".parse().unwrap(),
            model: "M1".parse().unwrap(),
            smets_chts_version: "SMETS2 V5.1".parse().ok(),
            firmware_version: "01020304".parse().ok(),
            esme_variant: Some(variant),
        };
        let new =
            DevicePrenotification { device_id, device_type: DeviceType::Esme, details, associated_gpf: None };
        self.request(device_id, Body::DevicePrenotification(new), "I99", Effect::Joined(variant))
    }

    fn correct(&mut self, device: Eui64) -> Step {
        let variant = *self.random.pick(EsmeVariant::ALL);
        let changed = ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() };
        self.update(device, InventoryChange::Details(changed), "I99", Effect::Variant(variant))
    }

    fn update(
        &mut self,
        device_id: Eui64,
        change: InventoryChange,
        code: &'static str,
        effect: Effect,
    ) -> Step {
        self.request(device_id, Body::UpdateInventory(UpdateInventory { device_id, change }), code, effect)
    }

    fn request(&mut self, device: Eui64, body: Body, code: &'static str, effect: Effect) -> Step {
        self.counter += 1;
        let id = RequestId { originator: SUPPLIER, target: DCC, counter: self.counter };
        Step { id, body, device, code, effect }
    }

    fn learn(&mut self, step: &Step) {
        match step.effect {
            Effect::Nothing => {}
            Effect::Joined(variant) => {
                self.mine.insert(step.device, variant);
            }
            Effect::Variant(variant) => {
                if let Some(stands) = self.mine.get_mut(&step.device) {
                    *stands = variant;
                }
            }
            Effect::Left => {
                self.mine.remove(&step.device);
                self.gone.push(step.device);
            }
        }
    }

    fn signed(&self, step: &Step) -> Vec<u8> {
        let request = Request {
            schema_version: SchemaVersion::newest(),
            id: step.id,
            command_variant: CommandVariant::NON_DEVICE,
            variant: step.body.service().as_str().parse().unwrap(),
            body: step.body.clone(),
        };
        let signer = self.trust.signer_for(SUPPLIER, self.now.0).unwrap();
        signature::sign(xml::compose(&request).as_bytes(), signer).unwrap()
    }

    /// Sends the same bytes until they are answered; the answer, and how often they were sent.
    fn deliver(&mut self, message: &[u8]) -> Result<(Vec<u8>, usize), String> {
        let begun = Instant::now();
        let mut sends = 0;
        while begun.elapsed() < DEADLINE {
            let (url, starts) = self.gate.wait_until_up().ok_or("the service did not come up again")?;
            sends += 1;
            match post(&self.agent, &url, message) {
                Ok((200, answer)) => {
                    self.report.waits.push(begun.elapsed());
                    self.gate.note_answer();
                    return Ok((answer, sends));
                }
                Ok((503, _)) => {
                    self.report.refused += 1;
                    self.gate.wait_for_next_start(starts, Duration::from_millis(20));
                }
                Ok((status, body)) => {
                    return Err(format!("HTTP {status}: {}", String::from_utf8_lossy(&body)));
                }
                Err(_) => {
                    self.report.unanswered += 1;
                    self.gate.wait_for_next_start(starts, Duration::from_millis(500));
                }
            }
        }
        Err(format!("no answer in {DEADLINE:?}, sent {sends} times"))
    }
}

fn post(agent: &ureq::Agent, url: &str, message: &[u8]) -> Result<(u16, Vec<u8>), ureq::Error> {
    let url = format!("{url}/api/v1/serviceD");
    let mut reply = agent.post(&url).content_type("application/xml").send(message)?;
    let status = reply.status().as_u16();
    // Whoever says that it is busy says when to come again.
    assert!(status != 503 || reply.headers().contains_key("retry-after"));
    Ok((status, reply.body_mut().read_to_vec()?))
}

fn code_of(answer: &[u8]) -> Result<String, String> {
    let document = xml::parse(answer).map_err(|reason| format!("an answer is not XML: {reason}"))?;
    let answer = xml::read_answer(&document).map_err(|reason| format!("no sr:Response: {reason}"))?;
    Ok(answer.code)
}
