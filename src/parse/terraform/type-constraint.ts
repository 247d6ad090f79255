import type { SourceText } from '../../base/text.ts'
import { Cursor } from './cursor.ts'
import { Failure, refuse } from './failure.ts'
import { makeList, makeMap, makeObject, makeSet, makeTuple } from './make-val.ts'
import { parseExpression } from './parse-expression.ts'
import type { Expression } from './syntax.ts'
import { SyntaxFailure } from './syntax-failure.ts'
import { BOOL, DYNAMIC, listOf, mapOf, NUMBER, type ObjectType, STRING, setOf, type Type, tupleOf } from './type.ts'
import type { Val } from './val.ts'

/** The `type` of a variable: what its values convert to, and what fills the optional attributes that they lack. */
export interface TypeConstraint {
  readonly type: Type
  readonly defaults: Defaults | undefined
}

/** Default values of optional attributes, at the places of the type where they stand. */
export interface Defaults {
  readonly values: ReadonlyMap<string, Val>
  /** By attribute, by position in a tuple, or `''` for the elements of a collection. */
  readonly inner: ReadonlyMap<string, Defaults>
}

const ANYTHING: TypeConstraint = { type: DYNAMIC, defaults: undefined }

/** Reads a type expression. `evaluateDefault` gives the values of defaults, in which no names are known. */
export function readTypeConstraint(
  node: Expression,
  source: SourceText,
  evaluateDefault: (node: Expression, source: SourceText) => Val,
): TypeConstraint {
  switch (node.kind) {
    case 'traversal':
      if (node.steps.length > 0) return refuse('a type is a keyword or a call of a type constructor')
      return readKeyword(node.root)
    case 'literal':
      return typeof node.value === 'string'
        ? readQuoted(node.value, source, evaluateDefault)
        : refuse('this is no type')
    case 'access':
      return node.steps.length === 0
        ? readTypeConstraint(node.base, source, evaluateDefault)
        : refuse('this is no type')
    case 'call':
      return readConstructor(node.name, node.args, source, evaluateDefault)
    default:
      return refuse('this is no type')
  }
}

/** JSON syntax, and configurations from before 0.12, write the type as a string. */
function readQuoted(
  text: string,
  source: SourceText,
  evaluateDefault: (node: Expression, source: SourceText) => Val,
): TypeConstraint {
  try {
    const cursor = new Cursor(text, 0, text.length)
    cursor.multiline = true
    cursor.skip()
    const node = parseExpression(cursor)
    cursor.skip()
    if (cursor.at < text.length || node.kind === 'literal') return refuse(`${JSON.stringify(text)} is no type`)
    return readTypeConstraint(node, source, evaluateDefault)
  } catch (failure) {
    if (failure instanceof SyntaxFailure) throw new Failure('evaluation-error', failure.message)
    throw failure
  }
}

function readKeyword(name: string): TypeConstraint {
  switch (name) {
    case 'string':
      return { type: STRING, defaults: undefined }
    case 'number':
      return { type: NUMBER, defaults: undefined }
    case 'bool':
      return { type: BOOL, defaults: undefined }
    case 'any':
      return ANYTHING
    case 'list':
      return { type: listOf(DYNAMIC), defaults: undefined }
    case 'map':
      return { type: mapOf(DYNAMIC), defaults: undefined }
    default:
      return refuse(`${JSON.stringify(name)} is no type`)
  }
}

function readConstructor(
  name: string,
  args: readonly Expression[],
  source: SourceText,
  evaluateDefault: (node: Expression, source: SourceText) => Val,
): TypeConstraint {
  const [arg] = args
  if (arg === undefined || args.length !== 1) return refuse(`the type ${name} takes one argument`)
  const read = (node: Expression) => readTypeConstraint(node, source, evaluateDefault)
  switch (name) {
    case 'list':
    case 'set':
    case 'map': {
      const inner = read(arg)
      const type = name === 'list' ? listOf(inner.type) : name === 'set' ? setOf(inner.type) : mapOf(inner.type)
      return { type, defaults: inner.defaults && { values: new Map(), inner: new Map([['', inner.defaults]]) } }
    }
    case 'tuple': {
      if (arg.kind !== 'tuple') return refuse('the type tuple takes a list of types')
      const elements = arg.items.map(read)
      const inner = new Map<string, Defaults>()
      for (const [i, element] of elements.entries()) if (element.defaults) inner.set(String(i), element.defaults)
      return {
        type: tupleOf(elements.map((element) => element.type)),
        defaults: inner.size > 0 ? { values: new Map(), inner } : undefined,
      }
    }
    case 'object':
      if (arg.kind !== 'object') return refuse('the type object takes attributes with their types')
      return readObject(arg.items, source, evaluateDefault)
    default:
      return refuse(`${JSON.stringify(name)} is no type constructor`)
  }
}

function readObject(
  items: readonly { readonly key: Expression; readonly value: Expression }[],
  source: SourceText,
  evaluateDefault: (node: Expression, source: SourceText) => Val,
): TypeConstraint {
  const attributes = new Map<string, Type>()
  const optional = new Set<string>()
  const values = new Map<string, Val>()
  const inner = new Map<string, Defaults>()
  for (const { key, value } of items) {
    if (key.kind !== 'literal' || typeof key.value !== 'string')
      return refuse('an attribute of an object type needs a plain name')
    const name = key.value
    let node = value
    if (value.kind === 'call' && value.name === 'optional') {
      const [type, fallback] = value.args
      if (type === undefined || value.args.length > 2) return refuse('optional takes a type and a default')
      node = type
      optional.add(name)
      if (fallback !== undefined) values.set(name, evaluateDefault(fallback, source))
    }
    const constraint = readTypeConstraint(node, source, evaluateDefault)
    attributes.set(name, constraint.type)
    if (constraint.defaults !== undefined) inner.set(name, constraint.defaults)
  }
  const type: ObjectType = { kind: 'object', attributes, optional }
  return { type, defaults: values.size + inner.size > 0 ? { values, inner } : undefined }
}

/** The value with defaults where optional attributes are absent or null. Runs before the conversion, which needs them all. */
export function applyDefaults(val: Val, defaults: Defaults): Val {
  switch (val.kind) {
    case 'object':
    case 'map': {
      const entries = new Map<string, Val>()
      const elements = defaults.inner.get('')
      for (const [key, item] of val.entries) {
        const nested = elements ?? defaults.inner.get(key)
        entries.set(key, nested === undefined ? item : applyDefaults(item, nested))
      }
      for (const [name, value] of defaults.values) {
        const present = entries.get(name)
        if (present !== undefined && present.kind !== 'null') continue
        const nested = defaults.inner.get(name)
        entries.set(name, nested === undefined ? value : applyDefaults(value, nested))
      }
      // With a default of another type than its neighbours a map is no map any more.
      return val.kind === 'map' && defaults.values.size === 0 && elements === undefined
        ? makeMap(val.element, entries, val.origin, val.keys)
        : makeObject(entries, val.origin, val.keys)
    }
    case 'list':
    case 'set':
    case 'tuple': {
      const items = val.items.map((item, i) => {
        const nested = defaults.inner.get('') ?? defaults.inner.get(String(i))
        return nested === undefined ? item : applyDefaults(item, nested)
      })
      if (val.kind === 'tuple') return makeTuple(items, val.origin)
      // The elements may differ in type until they are converted.
      return defaults.inner.has('')
        ? makeTuple(items, val.origin)
        : val.kind === 'list'
          ? makeList(val.element, items, val.origin)
          : makeSet(val.element, items, val.origin)
    }
    default:
      return val
  }
}
