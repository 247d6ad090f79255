import type { Origin } from '../../base/origin.ts'
import type { SourceText } from '../../base/text.ts'
import type { MapEntry, Value } from '../../base/value.ts'
import { accessIndex } from '../template/access.ts'
import { evaluate } from '../template/evaluate.ts'
import type { CallExpression } from '../template/expression.ts'
import { parseJsonFile } from '../template/json-file.ts'
import { resolvePath } from '../template/paths.ts'
import { originOf, type Scope } from '../template/scope.ts'
import { knownText, textParts } from '../template/text.ts'
import { choose, derive, failure, fromPlain, list, map, scalar, unknown, usedAt } from '../template/values.ts'
import { matchesPattern } from '../template/wildcard.ts'
import { parseYaml } from '../yaml.ts'
import { locate } from './locate.ts'

/** Files that loadDirectoryFileInfo() lists. */
const MAX_LISTED = 10_000

/**
 * Bicep's own functions: those that read files, which they do inside the tree only, and those that ask the machine that
 * compiles. Undefined for all others.
 * Source: learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-files, bicep-functions-parameters-file
 */
export function applyFileFunction(call: CallExpression, scope: Scope, origin: Origin): Value | undefined {
  switch (call.name) {
    case 'loadTextContent':
      return withFile(call, scope, origin, (source) => scalar(withoutMark(source.text), origin))
    case 'loadFileAsBase64':
      return withFile(call, scope, origin, (source) =>
        scalar(Buffer.from(source.text, 'utf8').toString('base64'), origin),
      )
    case 'loadJsonContent':
      return withFile(call, scope, origin, (source) => {
        const { values, problems } = parseJsonFile(source)
        const broken = problems.find(({ code }) => code === 'syntax')
        if (broken !== undefined) scope.run.report(broken)
        return select(values[0], call, scope, origin)
      })
    case 'loadYamlContent':
      return withFile(call, scope, origin, (source) => {
        const { documents, problems } = parseYaml(source)
        for (const problem of problems) scope.run.report(problem)
        return select(documents[0] && asYaml12(documents[0].value), call, scope, origin)
      })
    case 'loadDirectoryFileInfo':
      return listFolder(call, scope, origin)
    case 'readEnvironmentVariable': {
      const name = argumentText(call, 0, scope) ?? ''
      const open = unknown('runtime-function', `the environment variable ${name} is not read`, origin)
      const fallback = call.arguments[1]
      return fallback === undefined ? open : choose([evaluate(fallback, scope), open], open, origin)
    }
    case 'readCliArg':
    case 'externalInput':
      return unknown('runtime-function', `${call.name}() is answered by whoever deploys`, origin)
    case 'nameof': {
      const [argument] = call.arguments
      if (argument?.kind === 'name' || argument?.kind === 'member' || argument?.kind === 'nested') {
        return scalar(argument.name, origin)
      }
      return failure('wrong arguments of nameof()', origin)
    }
    default:
      return undefined
  }
}

function argumentText(call: CallExpression, index: number, scope: Scope): string | undefined {
  const argument = call.arguments[index]
  return argument === undefined ? undefined : knownText(textParts(evaluate(argument, scope)))
}

/** Reads the file that the first argument names. */
function withFile(call: CallExpression, scope: Scope, origin: Origin, work: (source: SourceText) => Value): Value {
  const { run } = scope
  const reference = argumentText(call, 0, scope)
  if (reference === undefined) return failure(`${call.name}() needs the path of a file`, origin)
  const path = locate(reference, origin, run)
  if (path === undefined) return unknown('outside-tree', `"${reference}" is not in the tree`, origin)
  const read = run.tree.read(path)
  if (!read.ok) {
    run.report({ code: 'not-readable', message: read.message, at: origin })
    return unknown('not-followed', read.message, origin)
  }
  run.files.add(path)
  return run.tooLong(read.source.text.length, origin) ?? work(read.source)
}

/** The whole of a document, or what the path in the second argument leads to. */
function select(root: Value | undefined, call: CallExpression, scope: Scope, origin: Origin): Value {
  if (root === undefined) return unknown('not-followed', 'the file holds no data', origin)
  const path = call.arguments.length > 1 ? argumentText(call, 1, scope) : '$'
  const steps = path === undefined ? undefined : pathSteps(path)
  if (steps === undefined) return unknown('unsupported-function', `the path "${path ?? ''}" is not read`, origin)
  let value = root
  for (const step of steps) {
    const access = { safe: false, chained: false, fromEnd: false }
    value = accessIndex(value, scalar(step, origin), access, origin)
  }
  return value.kind === 'unknown' ? derive(value, origin) : usedAt(value, origin)
}

/** The steps of a JSONPath that leads to one place: names and positions. Undefined for the others. */
function pathSteps(path: string): readonly (string | number)[] | undefined {
  const steps: (string | number)[] = []
  const pattern = /\.?([\p{L}_][\p{L}\p{N}_-]*)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/uy
  let at = path.startsWith('$') ? 1 : 0
  while (at < path.length) {
    pattern.lastIndex = at
    const match = pattern.exec(path)
    if (match === null) return undefined
    steps.push(match[2] === undefined ? (match[1] ?? match[3] ?? match[4] ?? '') : Number(match[2]))
    at += match[0].length
  }
  return steps
}

function listFolder(call: CallExpression, scope: Scope, origin: Origin): Value {
  const { run } = scope
  const reference = argumentText(call, 0, scope)
  const pattern = call.arguments.length > 1 ? argumentText(call, 1, scope) : '*'
  if (reference === undefined || pattern === undefined)
    return failure('wrong arguments of loadDirectoryFileInfo()', origin)
  const folder = resolvePath(origin.source.path, reference)
  if (folder === undefined) return unknown('outside-tree', `"${reference}" is not in the tree`, origin)
  const anchor = folder === '' ? '' : `${folder}/`
  const found: Value[] = []
  for (const { path, kind } of run.tree.entries) {
    if (kind !== 'file' || !path.startsWith(anchor)) continue
    const name = path.slice(anchor.length)
    if (name.includes('/') || !matchesPattern(name.toLowerCase(), pattern.toLowerCase())) continue
    if (found.length >= MAX_LISTED) return unknown('limit-exceeded', 'the folder has too many files', origin)
    const dot = name.lastIndexOf('.')
    found.push(
      fromPlain(
        {
          baseName: dot < 0 ? name : name.slice(0, dot),
          extension: dot < 0 ? '' : name.slice(dot),
          relativePath: `${reference.endsWith('/') ? reference.slice(0, -1) : reference}/${name}`,
        },
        originOf(scope, call),
      ),
    )
  }
  return list(found, origin)
}

/** `y`, `on` and their like are strings to Bicep's reader, which knows `true` and `false` alone. */
function asYaml12(value: Value): Value {
  switch (value.kind) {
    case 'scalar': {
      if (typeof value.value !== 'boolean') return value
      const { source, start, end } = value.origin
      const text = source.text.slice(start, end)
      return /^(?:true|false)$/i.test(text) ? value : scalar(text, value.origin)
    }
    case 'list':
      return list(value.items.map(asYaml12), value.origin)
    case 'map': {
      const entries = new Map<string, MapEntry>()
      for (const [key, entry] of value.entries) entries.set(key, { ...entry, value: asYaml12(entry.value) })
      return map(entries, value.origin)
    }
    default:
      return value
  }
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
