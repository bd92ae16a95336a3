//! What must hold whatever bytes arrive. The test suite and the fuzz targets (`fuzz/`) share this file.

use std::{path::Path, sync::LazyLock};

use smi::{
    domain::{Request, Timestamp},
    duis::{
        signature::{TrustStore, ValidityCheck, canonical, strip, verify_request},
        xml::{self, Document, Node, NodeId, names},
    },
    store::{ImportFault, Kind, NormaliseFault, normalised},
};

/// A request that is accepted is the one that composing it again says, laid out or not.
pub(crate) fn decode(message: &[u8]) {
    let Ok(decoded) = xml::decode(message) else { return };
    let request = decoded.request();
    for text in [xml::compose(request), xml::compact(decoded.document(), decoded.signature())] {
        let again = xml::decode(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault}: {text}"));
        assert_eq!(again.request(), request, "{text}");
    }
}

/// A canonical form is a document, and its own canonical form; and the signature leaves no trace in it.
pub(crate) fn canonicalise(message: &[u8]) {
    let Ok(document) = xml::parse(message) else { return };
    let _ = xml::read_answer(&document);
    let whole = canonical::inclusive(&document);
    assert_eq!(text(&canonical::inclusive(&parsed(&whole))), text(&whole));
    for (child, _) in document.child_elements(document.root()).take(8) {
        let part = canonical::exclusive(&document, child);
        let again = parsed(&part);
        assert_eq!(text(&canonical::exclusive(&again, again.root())), text(&part));
        assert_eq!(text(&canonical::inclusive(&again)), text(&part));
    }
    if let Some(signature) = signature(&document) {
        let without = canonical::inclusive_without(&document, signature);
        assert_eq!(text(&canonical::inclusive(&parsed(strip(&document).as_bytes()))), text(&without));
    }
}

/// What verifies is what was signed: nobody has the keys of the fixtures any more.
pub(crate) fn verify(input: &[u8]) {
    let edited;
    let message = if input.starts_with(b"<") || input.starts_with(b"\xEF\xBB\xBF<") {
        input
    } else {
        edited = edit(input);
        &edited
    };
    let Ok(decoded) = xml::decode(message) else { return };
    let signature = decoded.signature();
    let Ok(verified) = verify_request(&decoded, &SIGNED.trust, SIGNED.at) else { return };
    let request = verified.into_request();
    let document = decoded.document();
    let form = signature.map(|signature| canonical::inclusive_without(document, signature));
    let known =
        SIGNED.messages.iter().any(|known| Some(&known.form) == form.as_ref() && known.request == request);
    assert!(known, "verifies, but nobody signed it: {}", text(message));
}

/// A CSV file is refused with a line that it has, or is read, and what is written of it reads the same.
pub(crate) fn csv(input: &[u8]) {
    let Some((first, file)) = input.split_first() else { return };
    let kind = *cyclic(Kind::ALL, *first);
    match normalised(kind, file) {
        Ok(once) => {
            let twice = normalised(kind, &once).unwrap_or_else(|fault| panic!("{fault}: {}", text(&once)));
            assert_eq!(text(&twice), text(&once));
        }
        Err(NormaliseFault::Import(ImportFault::Rows { faults, total })) => {
            let lines = file.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            assert!(!faults.is_empty() && faults.len() <= total);
            for fault in &faults {
                assert!((1..=lines).contains(&fault.line), "{fault}: of {lines} lines");
            }
        }
        Err(fault) => panic!("no store is asked, and memory can be written: {fault}"),
    }
}

fn parsed(form: &[u8]) -> Document<'_> {
    xml::parse(form).unwrap_or_else(|fault| panic!("{fault}: {}", text(form)))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The first ds:Signature that is not the root.
fn signature(document: &Document<'_>) -> Option<NodeId> {
    let found = document.nodes().find_map(|(id, node)| match node {
        Node::Start(element) => element.is(names::XMLDSIG, "Signature").then_some(id),
        Node::End(_) | Node::Text(_) | Node::Comment | Node::Instruction(..) => None,
    });
    found.filter(|id| *id != document.root())
}

/// The signed fixtures, and whoever signed them.
struct Signed {
    trust: TrustStore,
    at: Timestamp,
    messages: Vec<Message>,
}

struct Message {
    source: Vec<u8>,
    /// What was signed.
    form: Vec<u8>,
    request: Request,
}

static SIGNED: LazyLock<Signed> = LazyLock::new(|| {
    let [beside, here] = ["../fixtures/hostile", "fixtures/hostile"];
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let hostile = package.join(if package.join(beside).is_dir() { beside } else { here });
    let mut trust = TrustStore::new(ValidityCheck::Enforced);
    trust.load_folder(&hostile.join("pki")).unwrap();
    let at = "2026-06-01T12:00:00Z".parse().unwrap();
    let mut messages = Vec::new();
    // In `value` and `request-id` there are also messages that are refused by what they say, not by who says it.
    for folder in ["signed", "value", "request-id", "character"] {
        let files = std::fs::read_dir(hostile.join(folder)).unwrap().map(|file| file.unwrap().path());
        for source in files.map(|file| std::fs::read(file).unwrap()) {
            let message = signed_message(&source, &trust, at);
            assert!(message.is_some() || folder != "signed");
            messages.extend(message.map(|(form, request)| Message { source, form, request }));
        }
    }
    messages.sort_by(|one, other| one.source.cmp(&other.source));
    Signed { trust, at, messages }
});

/// What was signed, and what it says.
fn signed_message(source: &[u8], trust: &TrustStore, at: Timestamp) -> Option<(Vec<u8>, Request)> {
    let decoded = xml::decode(source).ok()?;
    let request = verify_request(&decoded, trust, at).ok()?.into_request();
    let form = canonical::inclusive_without(decoded.document(), decoded.signature()?);
    Some((form, request))
}

/// What an attacker would put in.
const WORDS: &[&str] = &[
    "<!-- -->",
    "<![CDATA[",
    "]]>",
    "<?p?>",
    "&#13;",
    "&#x30;",
    " ",
    "\n",
    "\r\n",
    "<ds:Object>",
    "</ds:Object>",
    "<ds:Signature>",
    "</ds:Signature>",
    "<sr:Body>",
    "</sr:Body>",
    " Id=\"a\"",
    " URI=\"#a\"",
    " xmlns=\"\"",
    " xmlns:sr=\"urn:other\"",
    " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
    " xmlns:a=\"http://www.dccinterface.co.uk/ServiceUserGateway\"",
    "sr:",
    "a:",
    "0",
    "/",
    "\u{FEFF}",
    " xml:space=\"preserve\"",
    "=",
];

/// A signed message and what an attacker does to it: which message, then steps of five bytes.
pub(crate) fn edit(script: &[u8]) -> Vec<u8> {
    let (first, steps) = script.split_first().map_or((0, script), |(first, steps)| (*first, steps));
    let mut message = cyclic(&SIGNED.messages, first).source.clone();
    for [what, high, low, length, more] in steps.as_chunks().0 {
        let at = usize::from(u16::from_be_bytes([*high, *low])) % (message.len() + 1);
        let end = message.len().min(at + usize::from(*length));
        match what % 6 {
            0 => drop(message.drain(at..end)),
            1 => message.insert(at, *more),
            2 => message.splice(at..at, cyclic(WORDS, *length).bytes()).for_each(drop),
            3 => message.get_mut(at).into_iter().for_each(|byte| *byte ^= more),
            // A piece is said again somewhere else, or moved there.
            again => {
                let piece = message.get(at..end).unwrap_or_default().to_vec();
                if again == 5 {
                    message.drain(at..end).for_each(drop);
                }
                let to = (usize::from(*more) * 31) % (message.len() + 1);
                message.splice(to..to, piece).for_each(drop);
            }
        }
    }
    message
}

fn cyclic<T>(all: &[T], at: u8) -> &T {
    all.get(usize::from(at) % all.len()).unwrap()
}
