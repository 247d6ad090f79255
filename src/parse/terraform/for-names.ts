import type { Cursor } from './cursor.ts'

const COMMA = 0x2c

/** The one or two names of a loop, up to and with `in`. */
export function parseForNames(cursor: Cursor): { readonly key: string | undefined; readonly value: string } {
  if (!cursor.isIdentifierStart()) cursor.fail('a name is expected behind "for"')
  const first = cursor.identifier()
  let second: string | undefined
  cursor.skip()
  if (cursor.peek() === COMMA) {
    cursor.at++
    cursor.skip()
    if (!cursor.isIdentifierStart()) cursor.fail('a second name is expected in "for"')
    second = cursor.identifier()
    cursor.skip()
  }
  if (!cursor.isIdentifierStart() || cursor.identifier() !== 'in') cursor.fail('"in" is expected in "for"')
  cursor.skip()
  return second === undefined ? { key: undefined, value: first } : { key: first, value: second }
}
