import type { Origin } from '../base/origin.ts'
import type { Problem } from '../base/problem.ts'
import type { MapValue, Value } from '../base/value.ts'
import { isDay } from './day.ts'
import { compileGlob } from './glob.ts'
import { parseDestination, parsePeer, parseRange } from './peer-pattern.ts'
import { parsePort } from './port.ts'
import type { RootSchema, Schema } from './schema.ts'
import { nearest } from './spelling.ts'

/** What in a configuration breaks its schema, each with its place, in the order of the file. */
export function validate(value: Value, schema: RootSchema): readonly Problem[] {
  const problems: Problem[] = []
  new Validator(schema, problems).check(value, schema, '')
  return problems.sort((a, b) => startOf(a) - startOf(b))
}

function startOf(problem: Problem): number {
  return 'file' in problem.at ? 0 : problem.at.start
}

class Validator {
  readonly #root: RootSchema
  readonly #problems: Problem[]

  constructor(root: RootSchema, problems: Problem[]) {
    this.#root = root
    this.#problems = problems
  }

  /** `path` names the value for people: `suppressions[0].expires`; empty for the file as a whole. */
  check(value: Value, given: Schema, path: string): void {
    const schema = this.#resolve(given, value)
    if (schema.type !== undefined && !hasType(value, schema.type)) {
      this.#report(value.origin, path, `must be ${TYPE_NAMES[schema.type]}, not ${describe(value)}`)
      return
    }
    if (schema.enum !== undefined && value.kind !== 'scalar') {
      this.#report(value.origin, path, `is ${describe(value)}, but may be ${schema.enum.join(', ')}`)
      return
    }
    switch (value.kind) {
      case 'map':
        this.#checkMap(value, schema, path)
        return
      case 'list':
        if (value.items.length < (schema.minItems ?? 0)) this.#report(value.origin, path, 'must not be empty')
        if (value.items.length > (schema.maxItems ?? Number.POSITIVE_INFINITY)) {
          this.#report(value.origin, path, `must not have more than ${schema.maxItems} items`)
          return
        }
        if (schema.items !== undefined) {
          value.items.forEach((item, i) => {
            this.check(item, schema.items!, `${path}[${i}]`)
          })
        }
        return
      default:
        this.#checkScalar(value, schema, path)
    }
  }

  #checkMap(value: MapValue, schema: Schema, path: string): void {
    for (const [key, entry] of value.entries) {
      const properties = schema.properties ?? {}
      const expected = Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties
      const at = path === '' ? key : `${path}.${key}`
      if (expected === false) {
        const near = nearest(key, Object.keys(properties))
        const hint =
          near === undefined ? `; known are ${Object.keys(properties).join(', ')}` : `; did you mean ${near}?`
        this.#report(entry.key ?? entry.value.origin, path, `has no key ${JSON.stringify(key)}${hint}`)
      } else if (expected !== undefined) this.check(entry.value, expected, at)
    }
    const has = (one: Schema) => (one.required ?? []).every((key) => value.entries.has(key))
    for (const key of schema.required ?? []) {
      if (!value.entries.has(key)) this.#report(value.origin, path, `needs the key ${key}`)
    }
    if (schema.anyOf?.some(has) === false) this.#report(value.origin, path, `needs one of ${keysOf(schema.anyOf)}`)
    if (schema.oneOf !== undefined && schema.oneOf.filter(has).length !== 1) {
      this.#report(value.origin, path, `needs exactly one of ${keysOf(schema.oneOf)}`)
    }
  }

  #checkScalar(value: Value, schema: Schema, path: string): void {
    if (value.kind !== 'scalar') return
    const { value: scalar, origin } = value
    if (schema.enum !== undefined && !schema.enum.includes(String(scalar))) {
      const near = nearest(String(scalar), schema.enum)
      const hint = near === undefined ? '' : `; did you mean ${near}?`
      this.#report(origin, path, `is ${describe(value)}, but may be ${schema.enum.join(', ')}${hint}`)
    }
    if (schema.const !== undefined && scalar !== schema.const) this.#report(origin, path, `may only be ${schema.const}`)
    if (typeof scalar === 'number') {
      const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema
      if (scalar < minimum || scalar > maximum) this.#report(origin, path, `must be from ${minimum} to ${maximum}`)
    }
    if (typeof scalar !== 'string') return
    if (scalar.length < (schema.minLength ?? 0))
      this.#report(origin, path, `must have at least ${schema.minLength} characters`)
    else if (scalar.length > (schema.maxLength ?? Number.POSITIVE_INFINITY)) {
      this.#report(origin, path, `must not have more than ${schema.maxLength} characters`)
    } else if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(scalar)) {
      this.#report(
        origin,
        path,
        `is ${describe(value)}, which is not of the right form: ${schema.description ?? schema.pattern}`,
      )
    } else {
      const error = schema.format === undefined ? undefined : checkFormat(scalar, schema.format)
      if (error !== undefined) this.#report(origin, path, `is ${describe(value)}: ${error}`)
    }
  }

  /** The schema behind a reference, and of alternatives the one that is for this type of value. */
  #resolve(given: Schema, value: Value): Schema {
    const name = given.$ref?.slice('#/$defs/'.length)
    const schema: Schema = name === undefined ? given : { ...this.#root.$defs[name]!, ...without$ref(given) }
    const alternatives = schema.anyOf?.map((one) => (one.$ref === undefined ? one : this.#resolve(one, value)))
    if (alternatives?.every((one) => one.type !== undefined) !== true) return schema
    return alternatives.find((one) => hasType(value, one.type!)) ?? alternatives.at(-1)!
  }

  #report(at: Origin, path: string, what: string): void {
    this.#problems.push({ code: 'rejected', message: `${path === '' ? 'the configuration' : path} ${what}`, at })
  }
}

function without$ref({ $ref: _, ...rest }: Schema): Schema {
  return rest
}

function checkFormat(text: string, format: NonNullable<Schema['format']>): string | undefined {
  switch (format) {
    case 'glob':
      return errorOf(compileGlob(text))
    case 'cidr':
      return parseRange(text) === undefined ? 'that is not an address or CIDR block' : undefined
    case 'peer':
      return errorOf(parsePeer(text))
    case 'destination':
      return errorOf(parseDestination(text))
    case 'date':
      return isDay(text) ? undefined : 'there is no such day'
    case 'port':
      return parsePort(text) === undefined ? 'that is not a port or a range of ports' : undefined
  }
}

function errorOf(result: object): string | undefined {
  return 'error' in result ? String(result.error) : undefined
}

const TYPE_NAMES = {
  object: 'a map of keys',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  boolean: 'true or false',
} as const

function hasType(value: Value, type: NonNullable<Schema['type']>): boolean {
  if (type === 'object') return value.kind === 'map'
  if (type === 'array') return value.kind === 'list'
  if (value.kind !== 'scalar') return false
  return type === 'integer' ? Number.isSafeInteger(value.value) : typeof value.value === type
}

function describe(value: Value): string {
  if (value.kind === 'map') return 'a map of keys'
  if (value.kind === 'list') return 'a list'
  if (value.kind !== 'scalar' || value.value === null) return 'nothing'
  return typeof value.value === 'string' ? JSON.stringify(shorten(value.value)) : String(value.value)
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`
}

function keysOf(alternatives: readonly Schema[]): string {
  return alternatives.flatMap((one) => one.required ?? []).join(', ')
}
