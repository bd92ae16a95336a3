//! A request for a re-flash: looked at, kept as Submitted or Rejected, and its Party told.

use super::{ReflashFault, RequestDraft, ShownOrder, notices};
use crate::{
    db::Connection,
    domain::{
        Act, ActArea, ActorName, Now, PartySignifier, UserStatus,
        reflash::{
            KeptReason, Order, OrderAsked, OrderEvent, OrderHub, OrderHubState, OrderNumber, OrderState,
            ReflashRequest, RequestFacts, RequestLine,
        },
    },
    hash::Hasher,
    rules::reflash::{Assessment, Circumstances, assess, package_of},
    service::App,
    store,
};

/// A request that was read, ready for its transaction.
#[derive(Clone)]
struct ReadRequest {
    draft: RequestDraft,
    request: ReflashRequest,
    digest: String,
    facts: RequestFacts,
}

impl App {
    /// Takes a request for a re-flash with its file, and returns its order; the very same under a reference gets the first answer again. A
    /// trial only looks at it: its order has no number, and nothing is allowed.
    ///
    /// # Errors
    /// When there is no service, no such User, the file cannot be read, the reference was used, or the store fails.
    pub fn request_reflash(
        &self,
        draft: RequestDraft,
        file: &[u8],
        is_trial: bool,
    ) -> Result<ShownOrder, ReflashFault> {
        if !self.choices().reflash.enabled {
            return Err(ReflashFault::Off);
        }
        let lines = store::read_reflash_request(file).map_err(ReflashFault::of_file)?;
        if lines.len() > ReflashRequest::MAX_HUBS {
            return Err(ReflashFault::TooMany { hubs: lines.len() });
        }
        let read = self.read_request(draft, lines, file)?;
        let calendar = self.calendar();
        if is_trial {
            let assessment = assess(&read.request, &read.facts, self.circumstances(&calendar));
            let state = state_of(&assessment);
            let order = new_order(&read, &assessment, state, self.clock().now());
            let hubs = hubs_of(&read.request, &read.facts, &assessment);
            return Ok(ShownOrder::of_trial(order, &hubs));
        }
        let (app, now) = (self.clone(), self.clock().now());
        let (shown, is_new) = self.store().transact(move |connection: &mut Connection| {
            take(connection, &read, app.circumstances(&calendar), now)
        })?;
        self.metrics().hub_events(OrderEvent::Request, is_new.into());
        Ok(shown)
    }

    /// Reads all that the request is judged by, beside what changes.
    fn read_request(
        &self,
        draft: RequestDraft,
        lines: Vec<RequestLine>,
        file: &[u8],
    ) -> Result<ReadRequest, ReflashFault> {
        let digest = digest_of(&draft, file);
        self.store().read(|connection| {
            let no_user = || ReflashFault::NoUser(draft.user);
            let user = store::find_user(connection, draft.user)?;
            let user = user.filter(|user| user.status == UserStatus::Active).ok_or_else(no_user)?;
            let party = user.party_signifier.parse::<PartySignifier>().map_err(|_| no_user())?;
            let request = ReflashRequest {
                party,
                hubs: draft.hubs,
                location: draft.location.clone(),
                redeliver_on: draft.redeliver_on,
                window: draft.window,
                site: draft.site.clone(),
                lines,
            };
            let facts = store::reflash_request_facts(connection, &request, None)?;
            Ok(ReadRequest { draft, request, digest, facts })
        })
    }

    /// What decisions about orders go by now.
    pub(super) fn circumstances<'a>(&'a self, calendar: &'a crate::domain::Calendar) -> Circumstances<'a> {
        let today = crate::domain::london_date(self.clock().now().0);
        let choices = self.choices();
        Circumstances { settings: &choices.reflash, calendar, today, codes: &choices.codes }
    }
}

/// A digest of all that was asked: parameters and file.
fn digest_of(draft: &RequestDraft, file: &[u8]) -> String {
    let parameters = [
        Some(draft.user.to_string()),
        draft.hubs.map(|hubs| hubs.to_string()),
        draft.location.as_ref().map(ToString::to_string),
        draft.redeliver_on.map(|day| day.to_string()),
        draft.window.map(|window| window.to_string()),
        draft.site.as_ref().map(ToString::to_string),
        draft.amends.map(|order| order.to_string()),
    ];
    let mut hasher = Hasher::of("re-flash request");
    for parameter in parameters {
        hasher.optional(parameter.as_deref().map(str::as_bytes));
    }
    hasher.bytes(file);
    hasher.finish().to_string()
}

/// Keeps the request, with its act and its notice. Returns its order, and whether that is new.
fn take(
    connection: &mut Connection,
    read: &ReadRequest,
    at: Circumstances<'_>,
    now: Now,
) -> Result<(ShownOrder, bool), ReflashFault> {
    let ReadRequest { draft, request, digest, facts } = read;
    if let Some(reference) = &draft.reference {
        let known = store::reflash_order_of_reference(connection, &request.party, reference.as_str())?;
        if let Some(known) = known {
            let is_same = known.asked.digest == *digest;
            let again = if is_same { ShownOrder::load(connection, known.number)? } else { None };
            let first = again.map(|again| (again.into_first_answer(request), false));
            return first.ok_or(ReflashFault::ReferenceUsed(known.number));
        }
    }
    if let Some(amends) = draft.amends {
        check_amended(connection, amends, &request.party)?;
    }
    // Read again: all else was read just before, and nothing locks a hub, but two orders must not have one (RF/n).
    let facts = with_open_orders(connection, request, facts)?;
    let assessment = assess(request, &facts, at);
    let state = state_of(&assessment);
    let order = new_order(read, &assessment, state, now);
    let hubs = hubs_of(request, &facts, &assessment);
    let number = store::insert_reflash_order(connection, &order)?;
    store::insert_reflash_hubs(connection, number, &hubs, state.is_open())?;
    let order = Order { number, ..order };
    let of_user = || draft.user.to_string().parse::<ActorName>().unwrap_or_else(|_| ActorName::token());
    let by = draft.by.clone().unwrap_or_else(of_user);
    let act = Act {
        to: Some(state.to_string()),
        detail: Some(format!("{} hubs", hubs.len())),
        checks: assessment.checks.iter().map(Into::into).collect(),
        ..Act::new(ActArea::Reflash, number, OrderEvent::Request.as_str(), by, now.0)
    };
    store::record_act(connection, &act)?;
    if state == OrderState::Rejected {
        let reasons = assessment.reasons.iter().map(KeptReason::from).collect::<Vec<_>>();
        notices::rejected(connection, &order, &reasons, None, now)?;
    }
    let shown = ShownOrder::load(connection, number)?.ok_or(ReflashFault::NoOrder(number))?;
    Ok((shown, true))
}

/// Checks that the order may be amended: one that is Rejected, Refused, or was received in part, of the same Party, each once.
fn check_amended(
    connection: &mut Connection,
    order: OrderNumber,
    party: &PartySignifier,
) -> Result<(), ReflashFault> {
    let refuse = |reason: String| Err(ReflashFault::NotToBeAmended { order, reason });
    let Some(known) = store::find_reflash_order(connection, order)? else {
        return refuse("there is no such order".to_owned());
    };
    if known.asked.party != *party {
        return refuse("it is another Party's".to_owned());
    }
    if let Some(by) = store::reflash_order_amending(connection, order)? {
        return refuse(format!("{by} amends it already"));
    }
    let states = store::reflash_hub_states(connection, &[order])?.remove(&order).unwrap_or_default();
    let left = [OrderHubState::NotAccepted, OrderHubState::Missing];
    let in_part = left.iter().any(|state| states.contains_key(state));
    if matches!(known.state, OrderState::Rejected | OrderState::Refused) || in_part {
        return Ok(());
    }
    refuse(format!("it is {}, and no hub of it was left", known.state))
}

fn with_open_orders(
    connection: &mut Connection,
    request: &ReflashRequest,
    facts: &RequestFacts,
) -> Result<RequestFacts, ReflashFault> {
    let chfs = request.lines.iter().filter_map(|line| line.chf).collect::<Vec<_>>();
    let open = store::reflash_open_orders(connection, &chfs)?;
    let mut facts = facts.clone();
    for (line, hub) in request.lines.iter().zip(&mut facts.hubs) {
        if let (Some(chf), Some(hub)) = (line.chf, hub) {
            hub.open_order = open.get(&chf).copied();
        }
    }
    Ok(facts)
}

fn state_of(assessment: &Assessment) -> OrderState {
    if assessment.is_rejected() { OrderState::Rejected } else { OrderState::Submitted }
}

fn new_order(read: &ReadRequest, assessment: &Assessment, state: OrderState, now: Now) -> Order {
    let ReadRequest { draft, request, digest, .. } = read;
    let of_request = assessment.reasons.iter().filter(|reason| reason.line.is_none());
    let asked = OrderAsked {
        amends: draft.amends,
        party: request.party.clone(),
        user: draft.user,
        reference: draft.reference.clone(),
        digest: digest.clone(),
        at: now.0,
        hubs: request.hubs,
        location: request.location.clone(),
        redeliver_on: request.redeliver_on,
        window: request.window,
    };
    // Passed over: the store gives the number.
    let number = OrderNumber(std::num::NonZeroU32::MIN);
    Order {
        reasons: of_request.map(KeptReason::from).collect(),
        ..Order::asked_for(number, asked, assessment.site.clone(), state)
    }
}

fn hubs_of(request: &ReflashRequest, facts: &RequestFacts, assessment: &Assessment) -> Vec<OrderHub> {
    let mut reasons = std::collections::BTreeMap::<u32, Vec<KeptReason>>::new();
    for reason in &assessment.reasons {
        if let Some(line) = reason.line {
            reasons.entry(line).or_default().push(reason.into());
        }
    }
    let hub = |(line, known): (&RequestLine, &Option<crate::domain::reflash::RequestedHub>)| {
        let held = known.as_ref().and_then(|known| known.hub.as_ref().ok());
        OrderHub {
            line: line.line,
            chf: line.chf,
            gpf: held.map(|held| held.gpf),
            region: held.and_then(|held| held.region),
            firmware_before: line.firmware_version.clone(),
            manufacturer: line.manufacturer.clone(),
            model: line.model.clone(),
            told_package: line.package.is_some(),
            package: package_of(line, known.as_ref()),
            target: None,
            state: OrderHubState::Listed,
            reasons: reasons.remove(&line.line).unwrap_or_default(),
            unit: None,
            batch: None,
            fault: None,
            smi_told: None,
        }
    };
    request.lines.iter().zip(&facts.hubs).map(hub).collect()
}
