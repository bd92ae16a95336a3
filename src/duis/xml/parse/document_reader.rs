//! Reads the events of quick-xml and builds the nodes of a document.

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::{
    MAX_DEPTH, MAX_PARTS,
    flaw::{Flaw, LocatedFlaw, NotWellFormed, Piece, shortened},
    scope::Scope,
    tag::Tag,
    text::{SPACE, check_characters, is_name, line_ends, resolve},
};
use crate::duis::xml::{Document, Node, NodeId};

const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// Parses a document, within the limits of this module and without recursion.
///
/// # Errors
/// The first flaw and its location, if the bytes are not well-formed UTF-8 XML without a document type declaration, or
/// exceed a bound.
pub fn parse(bytes: &[u8]) -> Result<Document<'_>, NotWellFormed> {
    parse_at_most(bytes, MAX_PARTS)
}

/// Parses a document with another limit of nodes, attributes and declarations than that of DUIS messages.
///
/// # Errors
/// As [`parse`].
pub fn parse_at_most(bytes: &[u8], max_parts: usize) -> Result<Document<'_>, NotWellFormed> {
    let text = decode(bytes)?;
    // The mark is no part of the document. Offsets are counted without it, and `located` adds it again.
    let source = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let document = DocumentReader::new(source, max_parts).run();
    document.map_err(|fault| fault.located(source, text.len() - source.len()))
}

fn decode(bytes: &[u8]) -> Result<&str, NotWellFormed> {
    str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).and_then(|good| str::from_utf8(good).ok());
        LocatedFlaw { at: error.valid_up_to(), flaw: Flaw::NotUtf8 }.located(good.unwrap_or_default(), 0)
    })
}

/// The state of the parser between two events.
struct DocumentReader<'a> {
    source: &'a str,
    reader: Reader<&'a [u8]>,
    nodes: Vec<Node<'a>>,
    root: Option<NodeId>,
    open: Vec<OpenElement>,
    scope: Scope<'a>,
    /// How many nodes, attributes and declarations were read.
    parts: usize,
    /// The limit of `parts`.
    max_parts: usize,
}

/// An open element: its end tag was not read yet.
struct OpenElement {
    id: NodeId,
    /// The depth of the namespace scope outside it.
    scope: usize,
}

impl<'a> DocumentReader<'a> {
    fn new(source: &'a str, max_parts: usize) -> Self {
        let reader = Reader::from_str(source);
        Self {
            source,
            reader,
            nodes: Vec::new(),
            root: None,
            open: Vec::new(),
            scope: Scope::new(),
            parts: 0,
            max_parts,
        }
    }

    fn run(mut self) -> Result<Document<'a>, LocatedFlaw> {
        check_characters(self.source)?;
        // quick-xml would skip a second byte order mark without an error.
        if self.source.starts_with(BYTE_ORDER_MARK) {
            return Err(LocatedFlaw { at: 0, flaw: Flaw::TextOutside });
        }
        while self.step()? {}
        self.finish()
    }

    /// Reads one event. Returns `false` at the end of the source.
    fn step(&mut self) -> Result<bool, LocatedFlaw> {
        let at = self.position();
        let event = self.reader.read_event();
        // The piece is cut from the source and not taken from the event: it includes the delimiters, and its offset locates
        // every flaw in it.
        let piece = Piece { text: self.source.get(at..self.position()).unwrap_or_default(), at };
        match event.map_err(|error| self.syntax(at, &error))? {
            Event::Start(_) => self.start(piece, ">")?,
            Event::Empty(_) => {
                self.start(piece, "/>")?;
                self.end(piece)?;
            }
            Event::End(_) => self.end(piece)?,
            Event::Text(_) => self.text(piece)?,
            Event::GeneralRef(_) => self.reference(piece)?,
            Event::CData(_) => self.section(piece)?,
            Event::Comment(_) => self.comment(piece)?,
            Event::PI(_) => self.instruction(piece)?,
            Event::Decl(_) => declaration(piece)?,
            Event::DocType(_) => return Err(piece.fault(Flaw::DocumentType)),
            Event::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn syntax(&self, at: usize, error: &quick_xml::Error) -> LocatedFlaw {
        let rest = self.source.get(at..).unwrap_or_default();
        // A broken declaration is a syntax error to quick-xml; the sender needs to know that none is accepted at all.
        let flaw = if rest.starts_with("<!DOCTYPE") {
            Flaw::DocumentType
        } else {
            Flaw::Syntax(shortened(&error.to_string()))
        };
        LocatedFlaw { at, flaw }
    }

    fn finish(self) -> Result<Document<'a>, LocatedFlaw> {
        let at = self.source.len();
        // quick-xml reports the end of the source even while elements are open.
        if let Some(Node::Start(element)) = self.open.last().and_then(|open| self.nodes.get(open.id.0)) {
            return Err(LocatedFlaw { at: element.span.start, flaw: Flaw::NotClosed });
        }
        let root = self.root.ok_or(LocatedFlaw { at, flaw: Flaw::NoRoot })?;
        Ok(Document { source: self.source, nodes: self.nodes, root })
    }

    fn start(&mut self, piece: Piece<'a>, close: &str) -> Result<(), LocatedFlaw> {
        if self.open.is_empty() && self.root.is_some() {
            return Err(piece.fault(Flaw::SecondRoot));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(piece.fault(Flaw::TooMany("levels of elements", MAX_DEPTH)));
        }
        let tag = Tag::read(inside(piece, "<", close)?)?;
        // Before the tag is resolved, so that the limit also bounds that work.
        self.count_parts(piece, tag.pairs.len())?;
        let open = OpenElement { id: NodeId(self.nodes.len()), scope: self.scope.depth() };
        // The end of the element is not known yet: `end` sets its id and the end of its span.
        let element = self.scope.enter(tag, open.id, piece.at..piece.at + piece.text.len())?;
        self.root.get_or_insert(open.id);
        self.open.push(open);
        self.push(piece, Node::Start(element))
    }

    fn end(&mut self, piece: Piece<'a>) -> Result<(), LocatedFlaw> {
        // quick-xml has compared the names of start and end tag, and refuses an end without a start.
        let open = self.open.pop().ok_or_else(|| piece.fault(Flaw::TextOutside))?;
        let end = NodeId(self.nodes.len());
        if let Some(Node::Start(element)) = self.nodes.get_mut(open.id.0) {
            element.end = end;
            element.span.end = piece.at + piece.text.len();
        }
        self.scope.leave(open.scope);
        self.push(piece, Node::End(open.id))
    }

    fn text(&mut self, piece: Piece<'a>) -> Result<(), LocatedFlaw> {
        // Outside the root white space is allowed, and gives no node: the canonical form does not keep it.
        if self.open.is_empty() {
            let rest = piece.text.trim_start_matches(SPACE);
            let stray = piece.after(piece.text.len() - rest.len());
            return if rest.is_empty() { Ok(()) } else { Err(stray.fault(Flaw::TextOutside)) };
        }
        // A search for one byte is much cheaper than for three, and most text has no `]`.
        match piece.text.find(']').and_then(|_| piece.text.find("]]>")) {
            Some(at) => Err(piece.after(at).fault(Flaw::SectionEnd)),
            None => self.push(piece, Node::Text(line_ends(piece.text))),
        }
    }

    fn reference(&mut self, piece: Piece<'a>) -> Result<(), LocatedFlaw> {
        self.check_inside(piece)?;
        let name = inside(piece, "&", ";")?;
        // A node like any text: a reader of values joins neighbouring texts.
        let text = resolve(name.text).map_err(|flaw| piece.fault(flaw))?;
        self.push(piece, Node::Text(text))
    }

    fn section(&mut self, piece: Piece<'a>) -> Result<(), LocatedFlaw> {
        self.check_inside(piece)?;
        let content = inside(piece, "<![CDATA[", "]]>")?;
        self.push(piece, Node::Text(line_ends(content.text)))
    }

    fn comment(&mut self, piece: Piece<'a>) -> Result<(), LocatedFlaw> {
        let content = inside(piece, "<!--", "-->")?;
        // quick-xml ends a comment at the first `-->` and does not check what is inside.
        if content.text.contains("--") || content.text.ends_with('-') {
            return Err(piece.fault(Flaw::DoubleHyphen));
        }
        self.push(piece, Node::Comment)
    }

    fn instruction(&mut self, piece: Piece<'a>) -> Result<(), LocatedFlaw> {
        let content = inside(piece, "<?", "?>")?;
        let (target, data) = content.text.split_once(SPACE).unwrap_or((content.text, ""));
        // A target must not contain a colon either (Namespaces, 7).
        if !is_name(target) {
            return Err(content.fault(Flaw::Name(shortened(target))));
        }
        if target.eq_ignore_ascii_case("xml") {
            return Err(content.fault(Flaw::Target(shortened(target))));
        }
        self.push(piece, Node::Instruction(target, line_ends(data.trim_start_matches(SPACE))))
    }

    fn check_inside(&self, piece: Piece<'a>) -> Result<(), LocatedFlaw> {
        if self.open.is_empty() { Err(piece.fault(Flaw::TextOutside)) } else { Ok(()) }
    }

    fn push(&mut self, piece: Piece<'a>, node: Node<'a>) -> Result<(), LocatedFlaw> {
        self.count_parts(piece, 1)?;
        self.nodes.push(node);
        Ok(())
    }

    fn count_parts(&mut self, piece: Piece<'a>, parts: usize) -> Result<(), LocatedFlaw> {
        self.parts += parts;
        if self.parts > self.max_parts {
            return Err(piece.fault(Flaw::TooMany("nodes and attributes", self.max_parts)));
        }
        Ok(())
    }
}

/// The piece without its delimiters.
fn inside<'a>(piece: Piece<'a>, prefix: &str, suffix: &str) -> Result<Piece<'a>, LocatedFlaw> {
    piece.between(prefix, suffix).ok_or_else(|| piece.fault(Flaw::Syntax("markup is cut short".to_owned())))
}

/// Checks the XML declaration: version 1.0, then optionally UTF-8, then optionally standalone. It gives no node.
fn declaration(piece: Piece<'_>) -> Result<(), LocatedFlaw> {
    let refuse = |reason| piece.fault(Flaw::Declaration(reason));
    if piece.at != 0 {
        return Err(refuse("is not at the very start"));
    }
    let content = inside(piece, "<?", "?>")?;
    // `Tag` would resolve references, which are not allowed here.
    if content.text.contains('&') {
        return Err(refuse("contains a reference"));
    }
    let mut pairs =
        Tag::read(content)?.pairs.into_iter().map(|pair| (pair.name.piece.text, pair.value)).peekable();
    let mut next = |name| pairs.next_if(|(found, _)| *found == name).map(|(_, value)| value);
    let (version, encoding, standalone) = (next("version"), next("encoding"), next("standalone"));
    if version.as_deref() != Some("1.0") {
        return Err(refuse("does not begin with version 1.0"));
    }
    if !encoding.is_none_or(|encoding| encoding.eq_ignore_ascii_case("UTF-8")) {
        return Err(refuse("names another encoding than UTF-8"));
    }
    if !standalone.is_none_or(|standalone| matches!(&*standalone, "yes" | "no")) {
        return Err(refuse("has a standalone that is neither `yes` nor `no`"));
    }
    pairs
        .next()
        .map_or(Ok(()), |_| Err(refuse("has more than version, encoding and standalone, in this order")))
}

#[cfg(test)]
mod tests;
