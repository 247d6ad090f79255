import { createHash } from 'node:crypto'
import { scalar, unknown } from '../values.ts'
import { ofTexts, type PureFunction } from './signature.ts'
import { uniqueText } from './unique-text.ts'

/** The namespace of guid(), of which its results are name-based identifiers of version 5 (RFC 9562 §5.5).
 *  Source: learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-string#guid */
const GUID_NAMESPACE = '11fb06fb712d4ddd98c7e71bbd588830'

/** Functions that make names. Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string */
export const NAME_FUNCTIONS: Readonly<Record<string, PureFunction>> = {
  guid: ofTexts(1, (texts, site) => scalar(toGuid(texts), site.origin)),
  newguid: (_, site) => unknown('runtime-function', 'newGuid() is another value in each deployment', site.origin),
  uniquestring: ofTexts(1, (texts, site) => scalar(uniqueText(texts.join('-')), site.origin)),
}

function toGuid(texts: readonly string[]): string {
  const hash = createHash('sha1').update(Buffer.from(GUID_NAMESPACE, 'hex')).update(texts.join('-'), 'utf8').digest()
  hash[6] = (hash[6]! & 0x0f) | 0x50
  hash[8] = (hash[8]! & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
