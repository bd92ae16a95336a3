// Smart DCC's published client tools, unchanged, against a running service.
//
// usage: node story.mjs URL SPACE_URL MAINTAINED_URL
// SPACE_URL is another service, that answers an unknown WAN Variant in the published wire format: one space.
// MAINTAINED_URL is a third one, in a maintenance window.
// Each step starts from a published template, is written by duis-parser, signed by the Java tool of duis-sign-wrap,
// sent, and its answer validated by that tool (schema and DCC signature) and read by duis-parser again. One line of
// JSON a step goes to standard output; a step that cannot be carried out ends the run with an error. The tool knows the
// schema of DUIS 5.1 alone: the lists of 5.4 are read by duis-parser as they come. That makes nothing of one space.

import keystore from '@smartdcc/dccboxed-keystore'
import parser from '@smartdcc/duis-parser'
import signing from '@smartdcc/duis-sign-wrap'
import templating from '@smartdcc/duis-templates'

const [url, spaceUrl, maintainedUrl] = process.argv.slice(2)
const templates = Object.values(await templating.loadTemplates({}))
const dcc = '90-B3-D5-1F-30-00-00-02'
const installing = '90-B3-D5-1F-30-01-00-00'
const gaining = '00-DB-12-34-56-78-00-04'
const network = '90-B3-D5-1F-30-02-00-00'

let counter = 0

/** A signed request: the template of its Service Request with another sender and body. */
async function request(originatorId, variant, body, number = ++counter, version = undefined) {
  const template = templates.find((t) => t.serviceReferenceVariant['Service Reference Variant'] === variant)
    ?? templates.find((t) => t.serviceReferenceVariant['Service Reference Variant'] === '8.2')
  const duis = structuredClone(template.simplified)
  duis.header.requestId = { originatorId, targetId: dcc, counter: number }
  duis.header.serviceReference = variant
  duis.header.serviceReferenceVariant = variant
  duis.body = body ?? duis.body
  const xml = parser.constructDuis('simplified', duis, version)
  return signing.signDuis({ xml, preserveCounter: true })
}

async function post(xml, service = 'serviceD', to = url) {
  const headers = { 'content-type': 'application/xml' }
  const reply = await fetch(`${to}/api/v1/${service}`, { method: 'POST', headers, body: xml })
  return { status: reply.status, text: await reply.text() }
}

/** Validates an answer with the Java tool and reads it with the published parser. */
async function read(reply) {
  if (reply.status !== 200) return { status: reply.status, reason: reply.text.trim() }
  return parse(await signing.validateDuis({ xml: reply.text }))
}

/** Reads an answer with the published parser. */
function parse(xml) {
  const { header, body } = parser.parseDuis('simplified', xml)
  const { ServiceReference, ServiceReferenceVariant, ...data } = body.ResponseMessage
  return { code: header.responseCode, variant: ServiceReferenceVariant, data }
}

async function step(name, xml, service, to) {
  const reply = await post(xml, service, to)
  console.log(JSON.stringify({ step: name, ...(await read(reply)) }))
  return reply
}

const esme = '00-DB-12-34-56-78-90-A0'
const details = (change) => ({ UpdateInventory: { DeviceID: esme, UpdateDeviceDetails: change } })

const preNotification = await request(installing, '12.2')
const first = await step('12.2 from the template', preNotification)
const again = await post(preNotification)
console.log(JSON.stringify({ step: 'the very same message again', same: again.text === first.text }))
await step('another message under a used RequestID', await request(installing, '8.2', undefined, counter))
await step('12.2 of a Device that is there', await request(installing, '12.2'))
await step('8.4 ESMEVariant while Pending, by another', await request(gaining, '8.4', details({ ESMEVariant: 'ADE' })))
await step('8.4 ESMEVariant while Pending, by the pre-notifier',
  await request(installing, '8.4', details({ ESMEVariant: 'BD' })))
await step('8.4 installed, by the pre-notifier', await request(installing, '8.4',
  { UpdateInventory: { DeviceID: esme, UpdateDeviceStatusExceptCH: 'InstalledNotCommissioned' } }))
await step('8.4 MPxN, by its Responsible Supplier', await request(gaining, '8.4',
  { UpdateInventory: { DeviceID: esme, UpdateMPxN: { ImportMPxN: '1012345678901' } } }))
await step('8.4 ESMEVariant, by the pre-notifier that is no longer responsible',
  await request(installing, '8.4', details({ ESMEVariant: 'ADE' })))
await step('8.4 ESMEVariant, by the Responsible Supplier', await request(gaining, '8.4', details({ ESMEVariant: 'ADE' })))
await step('8.4 ESMEVariant with another detail', await request(gaining, '8.4',
  details({ FirmwareVersion: '00000001', ESMEVariant: 'ADE' })))
await step('8.4 of a Device that is not there', await request(gaining, '8.4',
  { UpdateInventory: { DeviceID: '00-DB-12-34-56-78-90-FF', DeleteDevice: '' } }))
await step('8.2 by DeviceID', await request(network, '8.2', { ReadInventory: { DeviceID: esme } }))
await step('8.2 of nothing', await request(network, '8.2', { ReadInventory: { UPRN: '999' } }))
const place = (PostCode) => ({ RequestWANMatrix: { PartialAddress: { PostCode, AddressIdentifier: '1' } } })
await step('12.1 of a covered place', await request(network, '12.1', place('ZZ1 1AA')))
await step('12.1 of an unknown WAN Variant', await request(network, '12.1', place('ZZ1 1AB')))
await step('12.1 of a silent region', await request(network, '12.1', place('ZZ1 1AC')))
const space = '12.1 of an unknown WAN Variant, as one space'
await step(space, await request(network, '12.1', place('ZZ1 1AB')), undefined, spaceUrl)
await step('12.1 of a 4G region', await request(network, '12.1', place('ZZ1 1AE')))
const in54 = async (name, postCode, to) => {
  const reply = await post(await request(network, '12.1', place(postCode), ++counter, '5.4'), undefined, to)
  console.log(JSON.stringify({ step: `12.1 in 5.4 ${name}`, ...parse(reply.text) }))
}
await in54('of one region', 'ZZ1 1AA')
await in54('of a silent region and its 4G region', 'ZZ1 1AD')
await in54('of an unknown WAN Variant, as one space', 'ZZ1 1AB', spaceUrl)
await step('12.1 of no such place', await request(network, '12.1', place('ZZ9 9ZZ')))
await step('the wrong web service', await request(network, '12.1', place('ZZ1 1AA')), 'serviceS')
const tampered = (await request(network, '12.1', place('ZZ1 1AA'))).replace('ZZ1 1AA', 'ZZ1 1AB')
await step('a tampered message', tampered)
await step('an unsigned message', tampered.replace(/<ds:Signature>.*<\/ds:Signature>/s, ''))
await step('8.3 by the pre-notifier that is no longer responsible', await request(installing, '8.3',
  { DecommissionDevice: { DeviceID: esme } }))
await step('a Service Request that is not answered here', await request(installing, '5.2',
  { ReadSchedule: { DeviceID: esme } }))
// No answer of DUIS: there is nothing to validate, and the same bytes are sent again when the header says so.
const maintained = await request(network, '8.2', { ReadInventory: { DeviceID: esme } })
await step('8.2 in a maintenance window', maintained, undefined, maintainedUrl)
await step('the same bytes, by another service', maintained)

// The key store's own package knows the certificate that the answers name as one of the DCC's.
const keys = await keystore.BoxedKeyStore.new('127.0.0.1')
const serial = BigInt(/<ds:X509SerialNumber>(\d+)</.exec(first.text)[1])
const known = await keys.query({ serial, lookup: 'certificate' })
await keys.cleanup()
console.log(JSON.stringify({ step: 'the certificate of the answers', of: String(known.eui), name: known.name }))
