import type { Origin } from '../../../base/origin.ts'
import type { SourceText } from '../../../base/text.ts'
import { evaluate } from '../evaluate.ts'
import { Failure, refuse } from '../failure.ts'
import { makeBool, makeSet, makeString } from '../make-val.ts'
import { joinPath } from '../module-files.ts'
import { parseTemplate } from '../parse-expression.ts'
import type { Bound, Scope } from '../scope.ts'
import type { Expression } from '../syntax.ts'
import { SyntaxFailure } from '../syntax-failure.ts'
import { BOOL, DYNAMIC, STRING, setOf } from '../type.ts'
import type { Val } from '../val.ts'
import { type Call, type FunctionDefinition, type FunctionTable, isMapping, text } from './definition.ts'
import { matchesGlob } from './glob.ts'
import { hash } from './hashes.ts'

/** Templates that call `templatefile` in turn: the tool refuses it, `templatestring` does not. */
const MAX_TEMPLATE_DEPTH = 8

const STRING_PARAM = { type: STRING }

/** A path of the configuration as one of the tree: relative paths start at the root module. */
function pathInTree(path: string, { evaluation }: Call): string {
  if (path.startsWith('/') || path.startsWith('~') || /^[A-Za-z]:[\\/]/.test(path)) {
    throw new Failure('outside-tree', `${path} is not in the tree`)
  }
  const inTree = joinPath(evaluation.rootFolder, path)
  if (inTree === undefined) throw new Failure('outside-tree', `${path} is not in the tree`)
  return inTree
}

function readText(args: readonly Val[], call: Call): SourceText {
  const path = pathInTree(text(args, 0), call)
  const read = call.evaluation.files.read(path)
  if (read.ok) return read.source
  if (read.reason === 'absent') {
    return call.folders.folders.has(path) ? refuse(`${path} is a folder`) : refuse(`there is no file ${path}`)
  }
  throw new Failure('not-followed', `${path}: ${read.message}`)
}

function wholeFile(source: SourceText): Origin {
  return { source, start: 0, end: source.text.length }
}

function ofFile(compute: (source: SourceText) => string): FunctionDefinition {
  return {
    params: [STRING_PARAM],
    returns: STRING,
    call: (args, call) => {
      const source = readText(args, call)
      return makeString(compute(source), { ...call.origin, from: wholeFile(source) })
    },
  }
}

const templates = new WeakMap<SourceText, Expression>()

function templatefile(args: readonly Val[], call: Call): Val {
  const source = readText(args, call)
  let template = templates.get(source)
  if (template === undefined) {
    template = parsed(source.text)
    templates.set(source, template)
  }
  return render(template, source, args[1]!, call)
}

function templatestring(args: readonly Val[], call: Call): Val {
  return render(parsed(text(args, 0)), call.origin.source, args[1]!, call)
}

function parsed(template: string): Expression {
  try {
    return parseTemplate(template, true)
  } catch (failure) {
    if (failure instanceof SyntaxFailure) return refuse(`the template is broken: ${failure.message}`)
    throw failure
  }
}

function render(template: Expression, source: SourceText, vars: Val, call: Call): Val {
  if (!isMapping(vars)) return refuse('the variables of a template are a map or an object')
  let bound: Bound | undefined
  for (const [name, val] of vars.entries) bound = { name, val, outer: bound }
  const depth = templateDepths.get(call.scope.names) ?? 0
  if (depth >= MAX_TEMPLATE_DEPTH) throw new Failure('limit-exceeded', 'templates render templates too deep')
  const names: Scope['names'] = {
    resolve: (node) => refuse(`the template has no variable ${JSON.stringify(node.root)}`),
  }
  templateDepths.set(names, depth + 1)
  const val = evaluate(
    template,
    bound === undefined ? { ...withoutBound(call.scope), source, names } : { ...call.scope, source, names, bound },
  )
  // What a template gives stands at its call; the file behind it is where its text comes from.
  return { ...val, origin: { ...call.origin, from: val.origin } }
}

const templateDepths = new WeakMap<Scope['names'], number>()

function withoutBound({ bound: _, ...scope }: Scope): Scope {
  return scope
}

function fileexists(args: readonly Val[], call: Call): Val {
  const path = pathInTree(text(args, 0), call)
  if (call.folders.folders.has(path)) return refuse(`${path} is a folder`)
  return makeBool(call.evaluation.files.has(path), call.origin)
}

function fileset(args: readonly Val[], call: Call): Val {
  const folder = pathInTree(text(args, 0), call)
  const pattern = text(args, 1)
  const prefix = folder === '.' ? '' : `${folder}/`
  const items: Val[] = []
  const { folders } = call.folders
  call.scope.budget.spend(folders.size)
  for (const [name, files] of folders) {
    if (name !== folder && !name.startsWith(prefix) && folder !== '.') continue
    call.evaluation.files.listed(name)
    for (const file of files) {
      const path = name === '.' ? file : `${name}/${file}`
      call.scope.budget.spend(1)
      const relative = path.slice(prefix.length)
      if (matchesGlob(pattern, relative)) items.push(makeString(relative, call.origin))
    }
  }
  return makeSet(STRING, items, call.origin)
}

export const FILE_FUNCTIONS: FunctionTable = {
  file: {
    params: [STRING_PARAM],
    returns: STRING,
    call: (args, call) => {
      const source = readText(args, call)
      return makeString(source.text, { ...call.origin, from: wholeFile(source) })
    },
  },
  filebase64: ofFile((source) => Buffer.from(source.text, 'utf8').toString('base64')),
  filemd5: ofFile((source) => hash('md5', source.text, 'hex')),
  filesha1: ofFile((source) => hash('sha1', source.text, 'hex')),
  filesha256: ofFile((source) => hash('sha256', source.text, 'hex')),
  filesha512: ofFile((source) => hash('sha512', source.text, 'hex')),
  filebase64sha256: ofFile((source) => hash('sha256', source.text, 'base64')),
  filebase64sha512: ofFile((source) => hash('sha512', source.text, 'base64')),
  fileexists: { params: [STRING_PARAM], returns: BOOL, call: fileexists },
  fileset: { params: [STRING_PARAM, STRING_PARAM], returns: setOf(STRING), call: fileset },
  templatefile: { params: [STRING_PARAM, { type: DYNAMIC }], returns: DYNAMIC, partial: true, call: templatefile },
  templatestring: { params: [STRING_PARAM, { type: DYNAMIC }], returns: STRING, partial: true, call: templatestring },
  basename: {
    params: [STRING_PARAM],
    returns: STRING,
    call: (args, { origin }) => makeString(basename(text(args, 0)), origin),
  },
  dirname: {
    params: [STRING_PARAM],
    returns: STRING,
    call: (args, { origin }) => makeString(dirname(text(args, 0)), origin),
  },
  pathexpand: {
    params: [STRING_PARAM],
    returns: STRING,
    call: (args, { origin }) => {
      const path = text(args, 0)
      if (!path.startsWith('~')) return makeString(path, origin)
      return {
        kind: 'unknown',
        type: STRING,
        reason: 'runtime-function',
        detail: 'pathexpand depends on the machine',
        origin,
        notNull: true,
      }
    },
  },
}

function basename(path: string): string {
  if (path === '') return '.'
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

/** The folder part, cleaned as Go's `filepath.Dir` does. */
function dirname(path: string): string {
  const slash = path.lastIndexOf('/')
  if (slash < 0) return '.'
  const isAbsolute = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.slice(0, slash + 1).split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '..' || !isAbsolute) parts.push(part)
  }
  const clean = (isAbsolute ? '/' : '') + parts.join('/')
  return clean === '' ? '.' : clean
}
