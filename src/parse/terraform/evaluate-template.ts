import type { Origin } from '../../base/origin.ts'
import { makeChoice } from './choice.ts'
import { convert, explain, truthOf } from './convert.ts'
import { pairsOf } from './evaluate-for.ts'
import { Failure, refuse } from './failure.ts'
import { makeString } from './make-val.ts'
import type { Bound, Scope } from './scope.ts'
import type { TemplatePart } from './syntax.ts'
import { STRING } from './type.ts'
import { derived, findUnknown, type UnknownVal, type Val } from './val.ts'

/** A quoted template or a heredoc: one text, one of few, or what is known of where it begins. */
export function evaluateTemplate(parts: readonly TemplatePart[], scope: Scope, origin: Origin): Val {
  const text = plainText(parts, scope)
  if (text !== undefined) return makeString(text, origin)
  const result = renderParts(parts, scope)
  if (result.unknown === undefined) return makeString(result.text.normalize('NFC'), origin)
  const { text: prefix, unknown } = result
  if (result.options !== undefined) {
    return makeChoice(
      result.options.map((option) => makeString(option, origin)),
      STRING,
      unknown,
      origin,
    )
  }
  const around = holeIn(parts, unknown)
  const known = prefix === '' ? { notNull: true } : { prefix, notNull: true }
  return derived(unknown, STRING, origin, around === undefined ? known : { ...known, around })
}

/** What stands around the one unknown of a template that has nothing else in it. */
function holeIn(parts: readonly TemplatePart[], hole: UnknownVal): UnknownVal['around'] {
  const at = parts.findIndex((part) => typeof part !== 'string')
  const texts = [parts.slice(0, at), parts.slice(at + 1)]
  const isPlain = texts.flat().every((part) => typeof part === 'string')
  if (!isPlain || hole.reference === undefined) return undefined
  return { before: texts[0]!.join(''), hole, after: texts[1]!.join('') }
}

/** The common case: interpolations of strings that are known. Undefined for anything else. */
function plainText(parts: readonly TemplatePart[], scope: Scope): string | undefined {
  if (parts.length > 16) return undefined
  let text = ''
  for (const part of parts) {
    if (typeof part === 'string') text += part
    else if (part.kind === 'traversal') {
      const val = scope.evaluate(part, scope)
      if (val.kind !== 'string') return undefined
      text += val.value
    } else return undefined
  }
  return text.normalize('NFC')
}

interface Rendered {
  /** All of it, or what stands before the first unknown. */
  readonly text: string
  readonly unknown?: UnknownVal
  /** All that it can be, where the unknowns are choices between few texts. */
  readonly options?: readonly string[]
}

const MAX_TEXT_OPTIONS = 8

function renderParts(parts: readonly TemplatePart[], scope: Scope): Rendered {
  let texts: string[] | undefined = ['']
  let prefix = ''
  let unknown: UnknownVal | undefined
  const append = (more: readonly string[]) => {
    if (texts === undefined) return
    const before: string[] = texts
    if (before.length * more.length > MAX_TEXT_OPTIONS) texts = undefined
    else texts = before.flatMap((text) => more.map((end) => text + end))
    if (unknown === undefined) prefix = before[0]! + more[0]!
  }
  for (const part of parts) {
    const { options, cause, text } = renderPart(part, scope)
    if (cause !== undefined && unknown === undefined) {
      if (text !== undefined) prefix = (texts?.[0] ?? '') + text
      unknown = cause
    }
    if (options === undefined) texts = undefined
    else append(options)
    scope.budget.spend(1 + ((texts?.[0]?.length ?? 0) >> 12))
    if ((texts?.[0]?.length ?? 0) > 8_000_000)
      throw new Failure('limit-exceeded', 'a template gives a text that is too long')
  }
  if (unknown === undefined) return { text: texts![0]! }
  return texts === undefined ? { text: prefix, unknown } : { text: prefix, unknown, options: texts }
}

/** The texts that a part can be; `cause` is set where it is not one text for certain, `text` is then what it begins with. */
function renderPart(
  part: TemplatePart,
  scope: Scope,
): { readonly options?: readonly string[]; readonly cause?: UnknownVal; readonly text?: string } {
  if (typeof part === 'string') return { options: [part] }
  switch (part.kind) {
    case 'template-if': {
      const condition = scope.evaluate(part.condition, scope)
      const truth = explain('the condition of "%{ if }"', () => truthOf(condition))
      if (truth !== undefined) return toRenderedPart(renderParts(truth ? part.whenTrue : part.whenFalse, scope))
      const results = [renderParts(part.whenTrue, scope), renderParts(part.whenFalse, scope)]
      const cause = findUnknown(condition)!
      if (results.some((result) => result.unknown !== undefined && result.options === undefined)) return { cause }
      return { cause, options: results.flatMap((result) => result.options ?? [result.text]) }
    }
    case 'template-for': {
      const collection = scope.evaluate(part.collection, scope)
      const pairs = pairsOf(collection)
      if (pairs === undefined) return { cause: collection as UnknownVal }
      let text = ''
      for (const [key, val] of pairs) {
        scope.budget.spend(1)
        let bound: Bound | undefined = scope.bound
        if (part.key !== undefined) bound = { name: part.key, val: key, outer: bound }
        bound = { name: part.value, val, outer: bound }
        const result = renderParts(part.body, { ...scope, bound })
        text += result.text
        if (result.unknown !== undefined) return { cause: result.unknown, text }
      }
      return { options: [text] }
    }
    default: {
      const val = scope.evaluate(part, scope)
      if (val.kind === 'string') return { options: [val.value] }
      const text = explain('a template', () => convert(val, STRING))
      if (text.kind === 'null') return refuse('a template holds null')
      if (text.kind === 'string') return { options: [text.value] }
      const unknown = text as UnknownVal
      const options = unknown.options?.map((option) => (option.kind === 'string' ? option.value : undefined))
      if (options === undefined || options.includes(undefined)) {
        return unknown.prefix === undefined ? { cause: unknown } : { cause: unknown, text: unknown.prefix }
      }
      return { cause: unknown, options: options as string[] }
    }
  }
}

function toRenderedPart(result: Rendered): {
  readonly options?: readonly string[]
  readonly cause?: UnknownVal
  readonly text?: string
} {
  if (result.unknown === undefined) return { options: [result.text] }
  return result.options === undefined
    ? { cause: result.unknown, text: result.text }
    : { cause: result.unknown, options: result.options }
}
