import { unreachable } from '../../../base/problem.ts'
import { sortedEntries } from '../equality.ts'
import { refuse } from '../failure.ts'
import { numberToString } from '../number.ts'
import type { Val } from '../val.ts'

/** JSON as `jsonencode` prints it: no spaces, keys sorted, and `<`, `>`, `&` escaped. The value must be wholly known. */
export function encodeJson(val: Val): string {
  switch (val.kind) {
    case 'string':
      return quoteJson(val.value)
    case 'number':
      return numberToString(val.value)
    case 'bool':
      return String(val.value)
    case 'null':
      return 'null'
    case 'list':
    case 'set':
    case 'tuple':
      return `[${val.items.map(encodeJson).join(',')}]`
    case 'map':
    case 'object':
      return `{${sortedEntries(val)
        .map(([key, item]) => `${quoteJson(key)}:${encodeJson(item)}`)
        .join(',')}}`
    case 'unknown':
      return refuse('an unknown value cannot be encoded')
    default:
      return unreachable(val)
  }
}

/** Go escapes what is dangerous in HTML, and writes two control characters with a hex code that JavaScript abbreviates. */
export function quoteJson(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]|\\[bf]/g, (found) => {
    if (found === '\\b') return '\\u0008'
    if (found === '\\f') return '\\u000c'
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
