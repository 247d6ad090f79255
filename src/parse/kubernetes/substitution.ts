import type { MapEntry, ScalarValue, UnknownReason, UnknownValue, Value } from '../../base/value.ts'

/**
 * Puts an unknown in place of every string that another tool fills in before the API server sees it: encrypted by SOPS
 * (`ENC[…]`), `${NAME}` of Flux and envsubst, and `{{ … }}` of a template engine.
 *
 * `everywhere`: the tree is built by Flux, which substitutes in every string. Otherwise text that programs read (commands,
 * environments, configuration data, annotations) is taken as written: a shell's own `${NAME}` is no substitution there.
 */
export function markSubstituted(value: Value, everywhere: boolean): Value {
  const done = new Map<Value, Value>()
  const mark = (at: Value, asWritten: boolean): Value => {
    if (at.kind === 'scalar') return markScalar(at, asWritten)
    if (at.kind !== 'map' && at.kind !== 'list') return at
    // An alias shares its parts, so that a document is small as written and large when followed.
    const known = done.get(at)
    if (known !== undefined) return known
    const marked = at.kind === 'map' ? markEntries(at, asWritten) : markItems(at, asWritten)
    done.set(at, marked)
    return marked
  }
  const markEntries = (map: Extract<Value, { kind: 'map' }>, asWritten: boolean): Value => {
    let entries: Map<string, MapEntry> | undefined
    for (const [key, entry] of map.entries) {
      const marked = mark(entry.value, asWritten || (!everywhere && PROGRAM_TEXT.has(key)))
      if (marked === entry.value) continue
      entries ??= new Map(map.entries)
      entries.set(key, entry.key === undefined ? { value: marked } : { value: marked, key: entry.key })
    }
    return entries === undefined ? map : { kind: 'map', entries, origin: map.origin }
  }
  const markItems = (list: Extract<Value, { kind: 'list' }>, asWritten: boolean): Value => {
    const items = list.items.map((item) => mark(item, asWritten))
    return items.every((item, index) => item === list.items[index])
      ? list
      : { kind: 'list', items, origin: list.origin }
  }
  return mark(value, false)
}

/** Whether the text holds anything that {@link markSubstituted} could mark. */
export function mayBeSubstituted(text: string): boolean {
  return text.includes('${') || text.includes('{{') || text.includes('ENC[')
}

/** Keys below which a string is for a program or for people, not for the API server. */
const PROGRAM_TEXT: ReadonlySet<string> = new Set([
  'args',
  'command',
  'env',
  'data',
  'stringData',
  'binaryData',
  'annotations',
  'description',
])

/** envsubst's and Flux's names, with their defaults (`${NAME:=x}`). Source: fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution */
const VARIABLE = /\$\{[A-Za-z_][A-Za-z0-9_]*(?:[:=?+\-/#%^,@][^}]*)?\}/

function markScalar(scalar: ScalarValue, asWritten: boolean): Value {
  const text = scalar.value
  if (typeof text !== 'string') return scalar
  if (text.startsWith('ENC[')) return unknown(scalar, 'encrypted', 'the value is encrypted', '')
  if (asWritten) return scalar
  const variable = text.includes('${') ? VARIABLE.exec(text) : null
  if (variable !== null) {
    return unknown(
      scalar,
      'substitution',
      `${variable[0]} is filled in when the manifests are built`,
      text.slice(0, variable.index),
    )
  }
  const template = text.indexOf('{{')
  if (template !== -1 && text.includes('}}', template)) {
    return unknown(scalar, 'substitution', 'a template is filled in by another tool', text.slice(0, template))
  }
  return scalar
}

function unknown(scalar: ScalarValue, reason: UnknownReason, detail: string, prefix: string): UnknownValue {
  const value: UnknownValue = { kind: 'unknown', reason, detail, origin: scalar.origin }
  return prefix === '' ? value : { ...value, prefix }
}
