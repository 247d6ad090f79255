import type { Edit } from '../../base/edit.ts'
import { editableOrigin, type Origin, writtenText } from '../../base/origin.ts'
import { get, type ListValue, type MapValue, toJson, type Value } from '../../base/value.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { AzureObject } from '../../model/azure/azure-object.ts'
import type { Resource } from '../../parse/resource.ts'
import { findBlock, removeBlock } from '../edit/hcl-block.ts'
import { removeItem } from '../edit/list-items.ts'
import { replacement, syntaxOf } from '../edit/literal.ts'
import { inPlace } from '../edit/one-patch.ts'
import { removeResource } from '../edit/remove-resource.ts'
import { restoreResource } from '../edit/restore-resource.ts'
import { azureOf } from '../facts/azure-view.ts'
import type { Layer } from '../finding.ts'
import type { ProposedPatch } from '../rule.ts'

/**
 * What the change did at one place, taken back: first to that part of its resource alone, then to the whole resource. Values are given
 * back where they are written, through variables and parameter files; a rule that is new goes. Empty where the place is as it was, or is
 * a resource that is new and more than a rule.
 */
export function takeBack(view: StateView, place: Origin, layer?: Layer): readonly ProposedPatch[] {
  const { before } = view
  const resource = before && resourceAt(view, place)
  if (before === undefined || resource === undefined) return []
  const was = counterpart(before, view, resource)
  const propose = (edits: readonly Edit[] | undefined): readonly ProposedPatch[] => {
    const patch = inPlace(distinct(edits ?? []), summaryOf(resource, was !== undefined))
    return patch === undefined ? [] : [{ ...patch, ...(layer && { layer }) }]
  }
  if (was === undefined) return propose(removeRule(view, resource))
  const whole = giveBack(was.value, resource.value) ?? restoreResource(before, view, was.origin)
  const part = partAt(was.value, resource.value, place)
  const own = part && giveBack(part.was, part.is)
  return [...(own === whole ? [] : propose(own)), ...propose(whole)]
}

/** What the base had at a place of its own and the head has no more: the resource as it was. */
export function bringBack(view: StateView, place: Origin, layer?: Layer): readonly ProposedPatch[] {
  const { before } = view
  const resource = before && resourceAt(before, place)
  if (before === undefined || resource === undefined) return []
  const now = view.resources.find((one) => view.identity(one.address) === resource.address)
  const edits = (now && giveBack(resource.value, now.value)) ?? restoreResource(before, view, resource.origin)
  const patch = inPlace(distinct(edits ?? []), `Restores ${resource.address} as it was before the change.`)
  return patch === undefined ? [] : [{ ...patch, ...(layer && { layer }) }]
}

function summaryOf({ address }: Resource, isChanged: boolean): string {
  return isChanged ? `Takes back what the change did to ${address}.` : `Takes ${address} out, which the change adds.`
}

/** The resource that a place is in, of several the innermost. */
function resourceAt({ resources }: StateView, { source, start, end }: Origin): Resource | undefined {
  let found: Resource | undefined
  for (const resource of resources) {
    const { origin } = resource
    if (origin.source.path !== source.path || origin.start > start || origin.end < end) continue
    if (found === undefined || origin.end - origin.start < found.origin.end - found.origin.start) found = resource
  }
  return found
}

function counterpart(before: StateView, view: StateView, resource: Resource): Resource | undefined {
  const address = view.identity(resource.address)
  return before.resources.find((one) => one.address === address && one.unit.path === resource.unit.path)
}

/** ARM types of what may be taken out whole: it only lets something through. */
const RULES =
  /\/(?:securityrules|routes|firewallrules|virtualnetworkrules|virtualnetworkpeerings|rulecollectiongroups|(?:network|application|nat)rulecollections)$/

function removeRule(view: StateView, resource: Resource): readonly Edit[] | undefined {
  const isRule = (object: AzureObject) => object.resource === resource && !object.inline && RULES.test(object.type)
  const object = azureOf(view).objects.objects.find(isRule)
  return object && removeResource(object)
}

/** Two sides of one part of a resource. */
interface Part {
  readonly was: Value
  readonly is: Value
}

/** The smallest named part that holds a place, with what it was; undefined where that is the whole. */
function partAt(was: Value, is: Value, place: Origin): Part | undefined {
  let found: Part | undefined
  let here: Part | undefined = { was, is }
  while (here !== undefined) {
    const inner: readonly Part[] = partsOf(here)
    here = inner.find(({ is: { origin } }) => holds(origin, place))
    if (here !== undefined) found = here
  }
  return found
}

function holds({ source, start, end }: Origin, place: Origin): boolean {
  return source.path === place.source.path && start <= place.start && end >= place.end
}

function partsOf({ was, is }: Part): readonly Part[] {
  if (was.kind === 'map' && is.kind === 'map') {
    return [...is.entries].flatMap(([key, { value }]) => {
      const old = was.entries.get(key)?.value
      return old === undefined ? [] : [{ was: old, is: value }]
    })
  }
  if (was.kind !== 'list' || is.kind !== 'list') return []
  const pairs = is.items.flatMap((item) => {
    const old = partnerOf(item, was, is)
    return old === undefined ? [] : [{ was: old, is: item }]
  })
  // A new item is no part of its own: the list is.
  return pairs
}

/** What a list had in the place of an item: of the same name, else the equal one, else the one at its index in a list of equal length. */
function partnerOf(item: Value, was: ListValue, is: ListValue): Value | undefined {
  const name = nameOf(item)
  if (name !== undefined) return was.items.find((one) => nameOf(one) === name)
  const equal = was.items.find((one) => isEqual(one, item))
  if (equal !== undefined || was.items.length !== is.items.length) return equal
  const other = was.items[is.items.indexOf(item)]!
  return is.items.some((one) => isEqual(one, other)) ? undefined : other
}

function nameOf(value: Value): string | undefined {
  const name = get(value, 'name')
  return name?.kind === 'scalar' ? `${name.value}` : undefined
}

function isEqual(a: Value, b: Value): boolean {
  return a === b || JSON.stringify(toJson(a)) === JSON.stringify(toJson(b))
}

/** Labels say nothing of the network. */
const LABELS = new Set(['tags', 'description', 'comment'])

/** Edits that make a value of the head what it was; undefined where it is computed, or written in a way that a text cannot replace. */
function giveBack(was: Value, is: Value): readonly Edit[] | undefined {
  if (isEqual(was, is)) return []
  const inside =
    was.kind === 'map' && is.kind === 'map'
      ? giveBackMap(was, is)
      : was.kind === 'list' && is.kind === 'list'
        ? giveBackList(was, is)
        : undefined
  return inside ?? giveBackText(was.origin, is.origin)
}

function giveBackMap(was: MapValue, is: MapValue): readonly Edit[] | undefined {
  const edits: Edit[] = []
  for (const key of new Set([...was.entries.keys(), ...is.entries.keys()])) {
    if (LABELS.has(key)) continue
    const [old, now] = [was.entries.get(key)?.value, is.entries.get(key)?.value]
    if (old === undefined && now?.kind === 'list') {
      const gone = removeAll(now.items)
      if (gone === undefined) return undefined
      edits.push(...gone)
      continue
    }
    const own = old && now && giveBack(old, now)
    if (own === undefined) return undefined
    edits.push(...own)
  }
  return edits
}

function giveBackList(was: ListValue, is: ListValue): readonly Edit[] | undefined {
  const edits: Edit[] = []
  const kept = new Set<Value>()
  const added: Value[] = []
  for (const item of is.items) {
    const old = partnerOf(item, was, is)
    if (old === undefined) added.push(item)
    else {
      kept.add(old)
      const own = giveBack(old, item)
      if (own === undefined) return undefined
      edits.push(...own)
    }
  }
  if (was.items.some((item) => !kept.has(item))) return undefined
  // A list must not become empty by its items alone: what it was is written in its place.
  if (added.length === is.items.length && !isBlocks(added)) return undefined
  const gone = removeAll(added)
  return gone && [...edits, ...gone]
}

function isBlocks(items: readonly Value[]): boolean {
  return items.every(({ origin }) => syntaxOf(origin.source.path) === 'hcl' && findBlock(origin) !== undefined)
}

function removeAll(items: readonly Value[]): readonly Edit[] | undefined {
  const edits: Edit[] = []
  for (const item of items) {
    const own = removeOne(item)
    if (own === undefined) return undefined
    edits.push(...own)
  }
  return edits
}

function removeOne(item: Value): readonly Edit[] | undefined {
  const place = editableOrigin(item.origin)
  const block = syntaxOf(place.source.path) === 'hcl' ? findBlock(place) : undefined
  if (block !== undefined && block.type !== 'content') return removeBlock(place)
  if (block === undefined && !isMadeByLoop(place)) return removeWritten(place)
  // What a loop makes goes with the one item that it was made from.
  const [source, ...others] = sourcesOf(item)
  return source === undefined || others.length > 0 ? undefined : removeWritten(source)
}

/** Whether a value is the body of a loop: the text before it is the head of one. */
function isMadeByLoop({ source: { text }, start }: Origin): boolean {
  return /\bfor\s[^[\]{}]{0,300}:\s*$/.test(text.slice(Math.max(0, start - 320), start))
}

/** The places outside of itself that the scalars of a value come from. */
function sourcesOf(item: Value): readonly Origin[] {
  const found = new Map<string, Origin>()
  const open: Value[] = [item]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value.kind === 'map') open.push(...[...value.entries.values()].map((entry) => entry.value))
    else if (value.kind === 'list') open.push(...value.items)
    else if (value.origin.from !== undefined) {
      const place = editableOrigin(value.origin)
      found.set(`${place.source.path} ${place.start}`, place)
    }
  }
  return [...found.values()]
}

/** An item that is written out: what a function makes has no text of its own. */
function removeWritten(place: Origin): readonly Edit[] | undefined {
  return /["'{\d]/.test(place.source.text[place.start] ?? '') ? removeItem(place) : undefined
}

function giveBackText(was: Origin, is: Origin): readonly Edit[] | undefined {
  // Where a variable came in between, its other uses stay as they are.
  const isAlike = (was.from === undefined) === (is.from === undefined)
  const [old, now] = isAlike ? [editableOrigin(was), editableOrigin(is)] : [was, is]
  const text = writtenText(old)
  const present = writtenText(now)
  if (old.source.path !== now.source.path || text === present || text === '') return undefined
  // A block of Terraform stands for a block, a value for a value.
  if (/^[\w-]+(?:\s+"[^"]*")*\s*\{/.test(text) !== /^[\w-]+(?:\s+"[^"]*")*\s*\{/.test(present)) return undefined
  return [replacement(now, text)]
}

function distinct(edits: readonly Edit[]): readonly Edit[] {
  const seen = new Set<string>()
  return edits.filter(({ path, start, end, text }) => {
    const key = JSON.stringify([path, start, end, text])
    return !seen.has(key) && seen.add(key) !== undefined
  })
}
