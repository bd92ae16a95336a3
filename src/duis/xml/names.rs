//! The namespace names.

/// The namespace of DUIS messages (prefix `sr`).
pub const DUIS: &str = "http://www.dccinterface.co.uk/ServiceUserGateway";
/// The namespace of CSPM-N3 messages (ours: no public definition exists).
pub const N3: &str = "urn:smi:cspm-n3:1";
/// The namespace of XML signatures (prefix `ds`).
pub const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The namespace of schema instance attributes (prefix `xsi`).
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The namespace of the schema language's own types (prefix `xs`).
pub const XS: &str = "http://www.w3.org/2001/XMLSchema";
/// The namespace that the prefix `xml` always has.
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace of namespace declarations.
pub const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
