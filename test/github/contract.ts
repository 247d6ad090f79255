import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'

/** GitHub's own description of its REST API, as far as the client uses it: `scripts/extract-openapi.ts` makes it. */
const DESCRIPTION = JSON.parse(
  readFileSync(new URL('fixtures/github-openapi.json', import.meta.url), 'utf8'),
) as Description

interface Description {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  readonly components: { readonly [kind: string]: { readonly [name: string]: unknown } }
}

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[]
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } }
  readonly responses: { readonly [status: string]: Response | { readonly $ref: string } }
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required?: boolean
  readonly schema: { readonly type?: string }
}

interface Response {
  readonly content?: { readonly 'application/json'?: { readonly schema: object } }
}

/** A request that matches an operation, with parameters as the description types them. */
export interface Routed {
  readonly operation: string
  readonly path: ReadonlyMap<string, string>
  readonly query: ReadonlyMap<string, string>
  /** What is wrong with the request by the description; empty for a good one. */
  readonly violations: readonly string[]
}

const ROUTES = Object.entries(DESCRIPTION.paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(),
    pattern: new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
    operation,
  })),
)

/** Finds the operation and holds parameters and body against it. Undefined for a route that the description does not have. */
export function routeRequest(method: string, url: URL, body: unknown): Routed | undefined {
  for (const route of ROUTES) {
    const match = route.method === method ? route.pattern.exec(url.pathname) : null
    if (match === null) continue
    const path = new Map(Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]))
    const query = new Map(url.searchParams)
    const { operation } = route
    const violations = [...checkParameters(operation, path, query), ...checkBody(operation, body)]
    return { operation: operation.operationId, path, query, violations }
  }
  return undefined
}

/** What is wrong with an answer of ours, so that the fake cannot drift from GitHub. */
export function checkResponse(operationId: string, status: number, body: unknown): readonly string[] {
  const { operation } = ROUTES.find((route) => route.operation.operationId === operationId)!
  const given = operation.responses[status]
  // Rate limits, broken tokens and failures of the server stand in no operation.
  if (given === undefined)
    return [401, 403, 404, 422, 429, 500, 502].includes(status) ? [] : [`answers ${status}, which is not described`]
  const schema = resolve<Response>(given).content?.['application/json']?.schema
  if (schema === undefined) return []
  return errorsOf(validator(`${operationId} ${status}`, schema), body).map((error) => `answer ${status}: ${error}`)
}

function checkParameters(operation: Operation, path: ReadonlyMap<string, string>, query: ReadonlyMap<string, string>) {
  const parameters = (operation.parameters ?? []).map((parameter) => resolve<Parameter>(parameter))
  const violations = [...query.keys()]
    .filter((name) => !parameters.some((parameter) => parameter.in === 'query' && parameter.name === name))
    .map((name) => `unknown query parameter ${name}`)
  for (const { name, in: place, required, schema } of parameters) {
    const text = (place === 'path' ? path : query).get(name)
    if (text === undefined) {
      if (required === true) violations.push(`lacks the ${place} parameter ${name}`)
      continue
    }
    const value = schema.type === 'integer' ? Number(text) : schema.type === 'boolean' ? text === 'true' : text
    for (const error of errorsOf(validator(`${operation.operationId} ${place} ${name}`, schema), value)) {
      violations.push(`${place} parameter ${name}: ${error}`)
    }
  }
  return violations
}

function checkBody(operation: Operation, body: unknown): readonly string[] {
  const schema = operation.requestBody?.content['application/json'].schema
  if (schema === undefined) return body === undefined ? [] : ['has a body where none is described']
  const strict = validator(`${operation.operationId} body`, closed(schema) as object)
  return errorsOf(strict, body).map((error) => `body: ${error}`)
}

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: {
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
    uri: /^[a-z][a-z0-9+.-]*:\S+$/,
    email: /^[^@\s]+@[^@\s]+$/,
    int64: true,
  },
})
ajv.addSchema({ $id: 'github', components: withNull(DESCRIPTION.components) })
const validators = new Map<string, ValidateFunction>()

function validator(key: string, schema: object): ValidateFunction {
  const made = validators.get(key) ?? ajv.compile(withNull(schema) as object)
  validators.set(key, made)
  return made
}

function errorsOf(validate: ValidateFunction, value: unknown): readonly string[] {
  return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}

/** OpenAPI 3.0 says `nullable`, JSON Schema `anyOf null`; references go to the extract. */
function withNull(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withNull)
  if (typeof node !== 'object' || node === null) return node
  const rest: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref') rest[key] = String(value).replace(/^#/, 'github#')
    else if (key !== 'nullable') rest[key] = withNull(value)
  }
  return (node as { nullable?: boolean }).nullable === true ? { anyOf: [rest, { type: 'null' }] } : rest
}

/** GitHub ignores a property that it does not know; here that is an error, since it was sent for nothing. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed)
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]))
  return 'properties' in copy && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy
}

function resolve<T>(node: unknown): T {
  const reference = (node as { $ref?: string }).$ref
  if (reference === undefined) return node as T
  const [, , kind, name] = reference.split('/') as [string, string, string, string]
  return resolve<T>(DESCRIPTION.components[kind]![name])
}
