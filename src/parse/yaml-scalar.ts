/** A plain scalar's meaning, as `sigs.k8s.io/yaml` (go-yaml v2) decodes it before Kubernetes sees it. */
export type Scalar = string | number | boolean | null

/**
 * The value of an untagged plain scalar.
 *
 * YAML 1.1 words and numbers without its base 60 and without dates, which stay strings; octal also as `0o17`.
 * Source: `resolve` in go.yaml.in/yaml/v2 (`resolve.go`), whose numbers are those of Go's `strconv.ParseInt(s, 0, 64)`.
 */
export function resolvePlain(text: string): Scalar {
  switch (HINTS[text.length === 0 ? TILDE : text.charCodeAt(0)]) {
    case WORD: {
      if (text.length > 5) return text
      const word = WORDS.get(text)
      return word === undefined ? text : word
    }
    case NUMBER:
      return resolveNumber(text)
    case DOT: {
      const word = FLOAT_WORDS.get(text)
      if (word !== undefined) return word
      return DOT_FLOAT.test(text) ? Number(text) : text
    }
    default:
      return text
  }
}

/** The value of a scalar with an explicit tag, or why Kubernetes' reader refuses it. Unknown tags leave the text as it is. */
export function resolveTagged(tag: string, text: string): { readonly value: Scalar } | { readonly refused: string } {
  switch (tag) {
    case 'tag:yaml.org,2002:bool':
    case 'tag:yaml.org,2002:int':
    case 'tag:yaml.org,2002:float':
    case 'tag:yaml.org,2002:null': {
      const value = resolvePlain(text)
      const name = tag.slice(tag.lastIndexOf(':') + 1)
      return fits(name, value) ? { value } : { refused: `\`!!${name}\` stands before a value that is none` }
    }
    case 'tag:yaml.org,2002:binary': {
      const packed = text.replace(/[\r\n]/g, '')
      if (!BASE64.test(packed) || packed.length % 4 !== 0)
        return { refused: '`!!binary` stands before a value that is not base64' }
      return { value: Buffer.from(packed, 'base64').toString('utf8') }
    }
    default:
      return { value: text }
  }
}

/** A mapping key as the JSON that Kubernetes reads has it; null and collections are no keys there and give undefined. */
export function toKey(value: Scalar): string | undefined {
  return value === null ? undefined : String(value)
}

function fits(name: string, value: Scalar): boolean {
  switch (name) {
    case 'bool':
      return typeof value === 'boolean'
    case 'int':
      return Number.isInteger(value)
    case 'float':
      return typeof value === 'number'
    default:
      return value === null
  }
}

const WORD = 1
const NUMBER = 2
const DOT = 3
const TILDE = 0x7e

/** By the first character, as go-yaml's `resolveTable`: what a scalar may be. Anything else is a string. */
const HINTS = (() => {
  const hints = new Uint8Array(0x10000)
  for (const letter of 'yYnNtTfFoO~') hints[letter.charCodeAt(0)] = WORD
  for (const digit of '0123456789+-') hints[digit.charCodeAt(0)] = NUMBER
  hints['.'.charCodeAt(0)] = DOT
  return hints
})()

const WORDS = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
])

const FLOAT_WORDS = new Map<string, number>([
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
])

const DOT_FLOAT = /^\.[0-9]+(?:[eE][-+]?[0-9]+)?$/
/** go-yaml's `yamlStyleFloat`; underscores are gone before it is asked. */
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

function resolveNumber(text: string): Scalar {
  const decimal = plainDecimal(text)
  if (decimal >= 0) return decimal
  if (text.length > MAX_NUMBER_LENGTH) return text
  const infinite = FLOAT_WORDS.get(text)
  if (infinite !== undefined) return infinite
  const plain = text.includes('_') ? text.replaceAll('_', '') : text
  const integer = INTEGER.exec(plain)
  if (integer !== null) {
    const [, sign, hex, binary, octal, whole] = integer
    const magnitude =
      hex !== undefined
        ? Number.parseInt(hex, 16)
        : binary !== undefined
          ? Number.parseInt(binary, 2)
          : octal !== undefined
            ? Number.parseInt(octal, 8)
            : Number(whole)
    // Beyond 64 bits Go's integers give up: a decimal becomes a float, any other base stays a string.
    if (magnitude < 2 ** 64 || whole !== undefined) return sign === '-' && magnitude !== 0 ? -magnitude : magnitude
    return FLOAT.test(plain) ? Number(plain) : text
  }
  if (!FLOAT.test(plain)) return text
  const float = Number(plain)
  return Number.isFinite(float) ? float : text
}

/** No number of a manifest is longer; a run of a million digits is not worth a regular expression. */
const MAX_NUMBER_LENGTH = 400

/** The value of up to 15 digits without a leading zero, the form of nearly every number; −1 for anything else. */
function plainDecimal(text: string): number {
  const length = text.length
  if (length > 15 || (length > 1 && text.charCodeAt(0) === 0x30)) return -1
  let value = 0
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}
