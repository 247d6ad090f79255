import { createHash, createPrivateKey } from 'node:crypto'
import { refuse } from '../failure.ts'
import { makeString } from '../make-val.ts'
import { STRING } from '../type.ts'
import { type FunctionDefinition, type FunctionTable, text } from './definition.ts'

type Algorithm = 'md5' | 'sha1' | 'sha256' | 'sha512'

export function hash(algorithm: Algorithm, data: string | Uint8Array, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(data).digest(encoding)
}

function ofText(algorithm: Algorithm, encoding: 'hex' | 'base64'): FunctionDefinition {
  return {
    params: [{ type: STRING }],
    returns: STRING,
    call: (args, { origin }) => makeString(hash(algorithm, text(args, 0), encoding), origin),
  }
}

/** Source: RFC 9562, appendix C and section 6.6. */
const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['dns', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
  ['url', '6ba7b811-9dad-11d1-80b4-00c04fd430c8'],
  ['oid', '6ba7b812-9dad-11d1-80b4-00c04fd430c8'],
  ['x500', '6ba7b814-9dad-11d1-80b4-00c04fd430c8'],
])

/** Name-based UUID of version 5. Source: RFC 9562, section 5.5. */
export function uuidv5(namespace: string, name: string): string {
  const id = NAMESPACES.get(namespace) ?? namespace
  if (!/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id)) return refuse('the namespace is no UUID')
  const bytes = createHash('sha1')
    .update(Buffer.from(id.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Decrypts PKCS #1 v1.5. Its padding is told by hand: the platform's own function hides a wrong one. */
function rsadecrypt(encoded: string, key: string): string {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) refuse('the text is not base64')
  let modulus: bigint
  let exponent: bigint
  try {
    const { n, d } = createPrivateKey(key).export({ format: 'jwk' })
    modulus = toBigInt(Buffer.from(n ?? '', 'base64url'))
    exponent = toBigInt(Buffer.from(d ?? '', 'base64url'))
  } catch {
    return refuse('the key is no RSA private key')
  }
  const size = Math.ceil(modulus.toString(16).length / 2)
  if (modulus === 0n || size > 1024) return refuse('the key is no RSA private key')
  const padded = power(toBigInt(Buffer.from(encoded, 'base64')) % modulus, exponent, modulus)
    .toString(16)
    .padStart(size * 2, '0')
  const bytes = Buffer.from(padded, 'hex')
  const end = bytes.indexOf(0, 2)
  if (bytes[0] !== 0 || bytes[1] !== 2 || end < 10) return refuse('the text was not encrypted for this key')
  return bytes.subarray(end + 1).toString('utf8')
}

function toBigInt(bytes: Buffer): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`)
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

export const HASH_FUNCTIONS: FunctionTable = {
  md5: ofText('md5', 'hex'),
  sha1: ofText('sha1', 'hex'),
  sha256: ofText('sha256', 'hex'),
  sha512: ofText('sha512', 'hex'),
  base64sha256: ofText('sha256', 'base64'),
  base64sha512: ofText('sha512', 'base64'),
  uuidv5: {
    params: [{ type: STRING }, { type: STRING }],
    returns: STRING,
    call: (args, { origin }) => makeString(uuidv5(text(args, 0), text(args, 1)), origin),
  },
  rsadecrypt: {
    params: [{ type: STRING }, { type: STRING }],
    returns: STRING,
    call: (args, { origin }) => makeString(rsadecrypt(text(args, 0), text(args, 1)), origin),
  },
}
