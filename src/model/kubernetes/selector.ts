import { byCodeUnit } from '../../base/order.ts'
import { get, isAbsent, stringOf, type Value } from '../../base/value.ts'
import { isUnknown, type Rejection, refuseOtherFields } from './fields.ts'

/** A label selector. An empty one selects everything; a missing one is no `Selector` at all. */
export interface Selector {
  /** All must hold. Sorted and without duplicates, so that equal selectors have equal lists. */
  readonly requirements: readonly Requirement[]
  /** True where a part of it is not known: it can then hold for less than it says. */
  readonly unknown: boolean
  /** Equal for selectors that say the same, whatever the order and form in which they are written. */
  readonly key: string
  /** As written, for output. */
  readonly matchLabels: readonly (readonly [key: string, value: string])[]
  readonly matchExpressions: readonly Requirement[]
}

/** `key In [one]` is also what a `matchLabels` entry says. */
export interface Requirement {
  readonly key: string
  readonly operator: Operator
  /** In the order written in `matchExpressions`, sorted in `requirements`; undefined where they are not known. */
  readonly values: readonly string[] | undefined
}

export const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const
export type Operator = (typeof OPERATORS)[number]

export const EVERYTHING: Selector = selectorOf([], [], false)

/** A selector of the given parts. */
export function selectorOf(
  matchLabels: readonly (readonly [string, string])[],
  matchExpressions: readonly Requirement[] = [],
  unknown = false,
): Selector {
  const all = matchLabels.map(([key, value]): Requirement => ({ key, operator: 'In', values: [value] }))
  for (const { key, operator, values } of matchExpressions)
    all.push({ key, operator, values: values && [...new Set(values)].sort(byCodeUnit) })
  // Most selectors ask for one label: there is nothing to sort then.
  if (all.length < 2) {
    const key = all.map(keyOf).join('') + (unknown ? ' ?' : '')
    return { requirements: all, unknown, key, matchLabels, matchExpressions }
  }
  const byText = new Map(all.map((requirement) => [keyOf(requirement), requirement]))
  const texts = [...byText.keys()].sort(byCodeUnit)
  return {
    requirements: texts.map((text) => byText.get(text)!),
    unknown,
    key: texts.join(' ') + (unknown ? ' ?' : ''),
    matchLabels,
    matchExpressions,
  }
}

function keyOf({ key, operator, values }: Requirement): string {
  return JSON.stringify([key, operator, values ?? null])
}

/** True where nothing is asked, so that everything matches. */
export function isEverything(selector: Selector): boolean {
  return selector.requirements.length === 0 && !selector.unknown
}

/**
 * Reads a `LabelSelector`. What the API server refuses goes to `rejections`, and stands in the selector as unknown.
 *
 * Source: apimachinery `pkg/apis/meta/v1/validation`, `ValidateLabelSelector`.
 */
export function readSelector(value: Value, rejections: Rejection[]): Selector {
  if (isAbsent(value)) return EVERYTHING
  if (value.kind !== 'map') {
    if (!isUnknown(value)) rejections.push({ message: 'a label selector must be a map', origin: value.origin })
    return selectorOf([], [], true)
  }
  refuseOtherFields(value, SELECTOR_FIELDS, 'a label selector', rejections)
  const state: Parts = { labels: [], expressions: [], unknown: false, rejections }
  readMatchLabels(get(value, 'matchLabels'), state)
  readExpressions(get(value, 'matchExpressions'), state)
  return selectorOf(state.labels, state.expressions, state.unknown)
}

const SELECTOR_FIELDS: ReadonlySet<string> = new Set(['matchLabels', 'matchExpressions'])
const EXPRESSION_FIELDS: ReadonlySet<string> = new Set(['key', 'operator', 'values'])

/** Reads a plain map of labels, as a Service's `selector` is. */
export function readMapSelector(value: Value, rejections: Rejection[]): Selector {
  const state: Parts = { labels: [], expressions: [], unknown: false, rejections }
  readMatchLabels(value, state)
  return selectorOf(state.labels, state.expressions, state.unknown)
}

interface Parts {
  readonly labels: [string, string][]
  readonly expressions: Requirement[]
  unknown: boolean
  readonly rejections: Rejection[]
}

function readMatchLabels(value: Value | undefined, parts: Parts): void {
  if (isAbsent(value)) return
  if (value?.kind !== 'map') {
    refuseOrUnknown(value!, 'matchLabels must be a map', parts)
    return
  }
  for (const [key, entry] of value.entries) {
    if (!isLabelKey(key))
      parts.rejections.push({ message: `${key} is no label key`, origin: entry.key ?? entry.value.origin })
    const text = isAbsent(entry.value) ? '' : stringOf(entry.value)
    if (text !== undefined) {
      if (!isLabelValue(text))
        parts.rejections.push({ message: `${text} is no label value`, origin: entry.value.origin })
      parts.labels.push([key, text])
    } else {
      if (!isUnknown(entry.value)) {
        parts.rejections.push({ message: `the value of label ${key} must be a string`, origin: entry.value.origin })
      }
      parts.expressions.push({ key, operator: 'In', values: undefined })
    }
  }
}

function readExpressions(value: Value | undefined, parts: Parts): void {
  if (isAbsent(value)) return
  if (value?.kind !== 'list') {
    refuseOrUnknown(value!, 'matchExpressions must be a list', parts)
    return
  }
  for (const item of value.items) {
    if (item.kind === 'map') readExpression(item, parts)
    else refuseOrUnknown(item, 'an item of matchExpressions must be a map', parts)
  }
}

function readExpression(item: Value, parts: Parts): void {
  refuseOtherFields(item, EXPRESSION_FIELDS, 'an expression', parts.rejections)
  const key = stringOf(get(item, 'key'))
  const operator = OPERATORS.find((name) => name === stringOf(get(item, 'operator')))
  if (key === undefined || operator === undefined) {
    const unknown = isUnknown(get(item, 'key')) || isUnknown(get(item, 'operator'))
    if (!unknown) {
      const message = 'an expression needs a key and one of the operators In, NotIn, Exists and DoesNotExist'
      parts.rejections.push({ message, origin: item.origin })
    }
    parts.unknown = true
    return
  }
  if (!isLabelKey(key)) parts.rejections.push({ message: `${key} is no label key`, origin: item.origin })
  const values = expressionValues(get(item, 'values'), parts)
  const takesValues = operator === 'In' || operator === 'NotIn'
  if (takesValues && values?.length === 0) {
    parts.rejections.push({ message: `operator ${operator} needs values`, origin: item.origin })
    parts.unknown = true
    return
  }
  if (!takesValues && values?.length !== 0) {
    parts.rejections.push({ message: `operator ${operator} takes no values`, origin: item.origin })
  }
  parts.expressions.push({ key, operator, values: takesValues ? values : [] })
}

/** The values, or undefined where one of them is unknown. */
function expressionValues(value: Value | undefined, parts: Parts): readonly string[] | undefined {
  if (isAbsent(value)) return []
  if (value?.kind !== 'list') {
    refuseOrUnknown(value!, 'values must be a list of strings', parts)
    return undefined
  }
  const values: string[] = []
  let known = true
  for (const item of value.items) {
    const text = isAbsent(item) ? '' : stringOf(item)
    if (text !== undefined) values.push(text)
    else {
      known = false
      if (!isUnknown(item)) parts.rejections.push({ message: 'values must be strings', origin: item.origin })
    }
  }
  return known ? values : undefined
}

function refuseOrUnknown(value: Value, message: string, parts: Parts): void {
  if (!isUnknown(value)) parts.rejections.push({ message, origin: value.origin })
  parts.unknown = true
}

const LABEL_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/
const DNS_SUBDOMAIN = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/

/** Source: apimachinery `pkg/util/validation`, `IsQualifiedName`. */
export function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/')
  if (slash < 0) return LABEL_NAME.test(key)
  return DNS_SUBDOMAIN.test(key.slice(0, slash)) && LABEL_NAME.test(key.slice(slash + 1))
}

/** Source: apimachinery `pkg/util/validation`, `IsValidLabelValue`. */
export function isLabelValue(value: string): boolean {
  return value === '' || LABEL_NAME.test(value)
}

/** As people write it: `app=web,env in (a,b)`; `''` where everything is selected. */
export function printSelector(selector: Selector): string {
  const parts = selector.requirements.map(({ key, operator, values }) => {
    const list = values === undefined ? '?' : values.join(',')
    if (operator === 'Exists') return key
    if (operator === 'DoesNotExist') return `!${key}`
    if (operator === 'In') return values?.length === 1 ? `${key}=${list}` : `${key} in (${list})`
    return values?.length === 1 ? `${key}!=${list}` : `${key} notin (${list})`
  })
  if (selector.unknown) parts.push('?')
  return parts.join(',')
}
