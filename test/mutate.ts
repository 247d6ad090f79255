/** Numbers below a bound, the same for the same seed. */
export type Random = (below: number) => number

export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** One file with one thing wrong, and what it is. */
export interface Mutation {
  readonly what: string
  readonly bytes: Buffer
}

/** Breaks a file as an editor, a merge or a disk does: cut off, bytes flipped, a value of another type, a line that stands twice. */
export function mutate(bytes: Buffer, random: Random): Mutation {
  switch (random(5)) {
    case 0: {
      const length = random(bytes.length)
      return { what: `cut off at byte ${length}`, bytes: bytes.subarray(0, length) }
    }
    case 1: {
      const flipped = Buffer.from(bytes)
      const places = Array.from({ length: 1 + random(8) }, () => random(flipped.length))
      for (const place of places) flipped[place]! ^= 1 << random(8)
      return { what: `bits flipped at ${places.join(', ')}`, bytes: flipped }
    }
    case 2:
      return changeType(bytes.toString('utf8'), random)
    case 3:
      return repeatLine(bytes.toString('utf8'), random)
    default: {
      const once = mutate(bytes, random)
      const twice = once.bytes.length === 0 ? once : mutate(once.bytes, random)
      return { what: `${once.what}, then ${twice.what}`, bytes: twice.bytes }
    }
  }
}

/** In place of a scalar; what starts with a line break is indented like the line that it ends. */
const OTHER_VALUES = [
  ...[
    'null',
    '~',
    '-1',
    '1e400',
    '0x7fffffffffffffff',
    'yes',
    '""',
    '[]',
    '{}',
    '[[]]',
    '{a: {b: [1, null]}}',
    '"\\u0000"',
  ],
  ...[
    '!!binary AA==',
    '!!int x',
    '&a [*a]',
    '*unknown',
    '|\n',
    '>-',
    ['$', '{VALUE}'].join(''),
    '{{ .Values.x }}',
    '\n  - a',
    '\n  a: b',
  ],
  ...['0.0.0.0/0', '::/0', '10.0.0.0/99', '999999', '__proto__', 'constructor', 'ENC[AES256_GCM,data:x]', '\t', ': :'],
]

function changeType(text: string, random: Random): Mutation {
  const values = [...text.matchAll(/^([ \t-]*[\w./"-]+[:=][ \t]+|[ \t]*- )(.+)$/gm)]
  const value = values[random(values.length)]
  const other = OTHER_VALUES[random(OTHER_VALUES.length)]!
  if (value === undefined) return { what: `${JSON.stringify(other)} alone`, bytes: Buffer.from(other) }
  const start = value.index + value[1]!.length
  const indent = /^[ -]*/.exec(value[1]!)![0].length
  const inserted = other.startsWith('\n') ? `\n${' '.repeat(indent)}${other.slice(1)}` : other
  return {
    what: `${JSON.stringify(other)} at offset ${start}`,
    bytes: Buffer.from(text.slice(0, start) + inserted + text.slice(start + value[2]!.length)),
  }
}

function repeatLine(text: string, random: Random): Mutation {
  const lines = text.split('\n')
  const from = random(lines.length)
  const to = random(3) === 0 ? random(lines.length) : from + 1
  const count = random(40) === 0 ? 5000 : 1
  lines.splice(to, 0, ...Array.from({ length: count }, () => lines[from]!))
  return { what: `line ${from + 1} again at line ${to + 1}, ${count} times`, bytes: Buffer.from(lines.join('\n')) }
}
