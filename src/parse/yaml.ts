import {
  COLLECTION_STYLE,
  type CollectionStyle,
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml'
import type { Origin } from '../base/origin.ts'
import type { Problem, ProblemCode } from '../base/problem.ts'
import type { SourceText } from '../base/text.ts'
import type { MapEntry, Value } from '../base/value.ts'
import { resolvePlain, resolveTagged, type Scalar, toKey } from './yaml-scalar.ts'

/** One document that is not empty, as Kubernetes would read it. */
export interface YamlDocument {
  readonly value: Value
  /** 0-based offsets of what the document holds, markers and comments around it left out; end exclusive. */
  readonly start: number
  readonly end: number
}

export interface YamlResult {
  /** In the order of the file. A broken document costs only itself. */
  readonly documents: readonly YamlDocument[]
  readonly problems: readonly Problem[]
}

/** What bounds the time and memory that one file can take. */
export interface YamlLimits {
  /** Longest text, in UTF-16 units: no file has fewer bytes. */
  readonly maxLength: number
  /** Deepest nesting, aliases followed. */
  readonly maxDepth: number
  /** Most aliases of one document. */
  readonly maxAliases: number
  /** Most keys that merge keys (`<<`) bring into one document. */
  readonly maxMergeKeys: number
  /** Most nodes of one document, aliases counted as what they stand for. */
  readonly maxNodes: number
  /** Most documents of one file that may be broken before the rest of it is left out. */
  readonly maxBroken: number
}

export const YAML_LIMITS: YamlLimits = {
  maxLength: 2 * 1024 * 1024,
  maxDepth: 100,
  maxAliases: 100,
  maxMergeKeys: 10_000,
  maxNodes: 1_000_000,
  maxBroken: 100,
}

/**
 * The documents of a YAML file, with scalars, keys, duplicates and merge keys as kubectl's reader takes them, and the offsets
 * of every scalar, key and collection. Empty documents are dropped. Never throws.
 *
 * A scalar's origin includes its quotes or block indicator, a block collection ends with its last child, a flow collection
 * with its bracket, and an absent value stands empty behind its indicator. An alias shares the parts of what it stands for;
 * only the origin on top is its own, with `from` at the anchor.
 *
 * `text` is what is read in place of the file's own: equally long, with parts that are not wanted blanked.
 */
export function parseYaml(source: SourceText, limits: YamlLimits = YAML_LIMITS, text = source.text): YamlResult {
  const documents: YamlDocument[] = []
  const problems: Problem[] = []
  if (text.length > limits.maxLength) {
    const message = `the file is larger than ${Math.round(limits.maxLength / 1024)} KiB and was not read`
    return { documents, problems: [{ code: 'too-large', message, at: { file: source.path } }] }
  }
  const whole = readEvents(text, limits)
  if (Array.isArray(whole)) {
    buildDocuments({ source, text, base: 0, repaired: false, limits }, whole, documents, problems)
    return { documents, problems }
  }
  let broken = 0
  for (const [start, end] of splitDocuments(text)) {
    const piece = start === 0 && end === text.length ? text : text.slice(start, end)
    const { events, repaired } = readRepairing(piece, limits)
    if (Array.isArray(events)) {
      buildDocuments({ source, text: piece, base: start, repaired, limits }, events, documents, problems)
      continue
    }
    problems.push(toProblem(source, start, piece, events, limits))
    if (++broken < limits.maxBroken) continue
    const message = `more than ${limits.maxBroken} documents of the file are broken; what follows was not read`
    problems.push({ code: 'limit-exceeded', message, at: { source, start: end, end } })
    break
  }
  return { documents, problems }
}

/**
 * Start and end of each document's text, with its `---` line. At the start of a line the marker ends a document wherever it
 * stands, in a block scalar too (YAML 1.2 §9.1.2), so splitting needs no parser. Directives go with the document they precede.
 */
export function splitDocuments(text: string): readonly (readonly [start: number, end: number])[] {
  const pieces: [number, number][] = []
  let start = 0
  for (const match of text.matchAll(/(?<=^|[\r\n])(?:%[^\r\n]*(?:\r\n|[\r\n]))*---(?=[ \t\r\n]|$)/g)) {
    if (match.index === start) continue
    pieces.push([start, match.index])
    start = match.index
  }
  pieces.push([start, text.length])
  return pieces
}

interface BrokenText {
  readonly reason: string
  /** Offset in the text that was parsed. */
  readonly position: number
}

function readEvents(text: string, limits: YamlLimits): Event[] | BrokenText {
  try {
    return parseEvents(text, { maxDepth: limits.maxDepth })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    return { reason: error.reason, position: error.mark?.position ?? 0 }
  }
}

/**
 * Kubernetes' reader takes flow collections whose lines are not indented or are indented with tabs, and quoted text that goes
 * on at the margin; js-yaml refuses both as YAML 1.2 demands. The line break before such a line becomes a space, with a
 * comment that it ends blanked, so that every offset stays true.
 */
function readRepairing(text: string, limits: YamlLimits): { events: Event[] | BrokenText; repaired: boolean } {
  let events = readEvents(text, limits)
  let repaired = text
  // Each attempt parses the document again, so long ones get fewer.
  let attempts = Math.min(200, Math.ceil(4_000_000 / (text.length + 1)))
  while (!Array.isArray(events) && events.reason === 'deficient indentation' && attempts-- > 0) {
    const joined = joinLine(repaired, events.position)
    if (joined === undefined) break
    const next = readEvents(joined, limits)
    if (!Array.isArray(next) && next.position <= events.position) break
    repaired = joined
    events = next
  }
  return { events, repaired: repaired !== text }
}

/** The text with the line of `position` joined to the last line before it that holds more than a comment. */
function joinLine(text: string, position: number): string | undefined {
  let lineStart = startOfLine(text, position)
  while (lineStart > 0) {
    const breakStart =
      text.charCodeAt(lineStart - 1) === LF && text.charCodeAt(lineStart - 2) === CR ? lineStart - 2 : lineStart - 1
    const before = startOfLine(text, breakStart)
    const comment = commentStart(text, before, breakStart)
    if (trimmedEnd(text, before, comment) > before) {
      return text.slice(0, comment) + ' '.repeat(position - comment) + text.slice(position)
    }
    lineStart = before
  }
  return undefined
}

function startOfLine(text: string, offset: number): number {
  let at = offset
  while (at > 0 && !isBreak(text.charCodeAt(at - 1))) at--
  return at
}

/** Where the comment of a line starts, or the line's end; quotes that do not close on the line hide what follows them. */
function commentStart(text: string, start: number, end: number): number {
  let quote = 0
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at)
    if (quote !== 0) {
      if (unit === quote) quote = 0
      else if (unit === BACKSLASH && quote === DOUBLE_QUOTE) at++
    } else if (unit === DOUBLE_QUOTE || unit === SINGLE_QUOTE) quote = unit
    else if (unit === HASH && (at === start || isBlank(text.charCodeAt(at - 1)))) return at
  }
  return end
}

/** What a document is built from: a piece of the file that starts at `base`. */
interface Piece {
  readonly source: SourceText
  readonly text: string
  readonly base: number
  /** Whether the events come from a text with joined lines, so that single lines may hold a break. */
  readonly repaired: boolean
  readonly limits: YamlLimits
}

/** A collection that is being filled. */
interface Frame {
  /** Undefined for a list. */
  readonly entries: Map<string, MapEntry> | undefined
  readonly items: Value[] | undefined
  readonly start: number
  readonly flow: boolean
  readonly anchor: string | undefined
  /** The key whose value comes next; undefined when a key comes next. */
  key: string | undefined
  keyOrigin: Origin | undefined
  mergeNext: boolean
  /** Keys that a merge brought, which an own key may replace. */
  merged: Set<string> | undefined
  /** Nodes inside, aliases counted as what they stand for. */
  size: number
  height: number
}

interface Anchored {
  readonly value: Value
  readonly size: number
  readonly height: number
}

/** The document cannot be used as a whole. */
class DocumentError extends Error {
  readonly offset: number
  readonly code: ProblemCode

  constructor(code: ProblemCode, message: string, offset: number) {
    super(message)
    this.offset = offset
    this.code = code
  }
}

function buildDocuments(piece: Piece, events: readonly Event[], documents: YamlDocument[], problems: Problem[]): void {
  const cursor = { at: 0 }
  while (cursor.at < events.length) {
    const first = cursor.at
    try {
      const value = buildDocument(piece, events, cursor, problems)
      if (value.kind === 'scalar' && value.value === null) continue
      documents.push({ value, start: value.origin.start, end: value.origin.end })
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error
      const start = piece.base + error.offset
      problems.push({ code: error.code, message: error.message, at: { source: piece.source, start, end: start } })
      cursor.at = endOfDocument(events, first)
    }
  }
}

function endOfDocument(events: readonly Event[], first: number): number {
  let at = first + 1
  while (at < events.length && events[at]!.type !== EVENT_ID.DOCUMENT) at++
  return at
}

/** Builds the document whose event `cursor` points at, and leaves `cursor` behind it. */
function buildDocument(piece: Piece, events: readonly Event[], cursor: { at: number }, problems: Problem[]): Value {
  const { source, text, base, limits } = piece
  const opening = events[cursor.at]!
  const handles = new Map<string, string>()
  if (opening.type === EVENT_ID.DOCUMENT) {
    for (const directive of opening.directives)
      if (directive.kind === 'tag') handles.set(directive.handle, directive.prefix)
  }
  const frames: Frame[] = []
  let frame: Frame | undefined
  let root: Value | undefined
  let anchors: Map<string, Anchored | undefined> | undefined
  let aliases = 0
  let mergeKeys = 0
  /** Behind the last token, in the piece's offsets: between two tokens stand only blanks, comments and indicators. */
  let behind = 0

  /** Puts a finished value where it belongs. `size` and `height` count it with what is inside. */
  function put(value: Value, size: number, height: number, at: number): void {
    if (frame === undefined) {
      root = value
      return
    }
    frame.size += size
    if (frame.size > limits.maxNodes) {
      throw new DocumentError(
        'limit-exceeded',
        `the document has more than ${limits.maxNodes} values once its aliases are followed`,
        at,
      )
    }
    if (height >= frame.height) {
      frame.height = height + 1
      if (frame.height + frames.length > limits.maxDepth + 1) {
        throw new DocumentError(
          'limit-exceeded',
          `the document is nested deeper than ${limits.maxDepth} levels once its aliases are followed`,
          at,
        )
      }
    }
    if (frame.items !== undefined) {
      frame.items.push(value)
      return
    }
    if (frame.mergeNext) {
      frame.mergeNext = false
      merge(frame, value, at)
      return
    }
    if (frame.key === undefined)
      throw new DocumentError('rejected', 'a key must be a plain value, not a list or mapping', at)
    const entries = frame.entries!
    const key = frame.keyOrigin!
    const before = entries.size
    entries.set(frame.key, { value, key })
    if (entries.size === before && frame.merged?.delete(frame.key) !== true) problems.push(duplicateKey(frame.key, key))
    frame.key = undefined
  }

  /** Later keys win over merged ones and merged ones over earlier keys; in a list of mappings the first wins. */
  function merge(into: Frame, value: Value, at: number): void {
    const sources = value.kind === 'list' ? value.items : [value]
    if (value.kind === 'list') into.size += sources.length
    const taken = new Set<string>()
    for (const from of sources) {
      if (from.kind !== 'map') throw new DocumentError('rejected', '`<<` needs a mapping or a list of mappings', at)
      for (const [key, entry] of from.entries) {
        if (++mergeKeys > limits.maxMergeKeys) {
          throw new DocumentError(
            'limit-exceeded',
            `merge keys bring more than ${limits.maxMergeKeys} keys into the document`,
            at,
          )
        }
        if (taken.has(key)) continue
        taken.add(key)
        const own = into.entries!.get(key)
        if (own !== undefined && own.value !== entry.value && into.merged?.has(key) !== true)
          problems.push(mergedOver(key, own.key))
        into.entries!.set(key, entry)
        into.merged ??= new Set()
        into.merged.add(key)
      }
    }
  }

  function scalarOf(event: ScalarEvent): Scalar {
    const raw =
      event.valueStart < 0
        ? ''
        : event.fast && !piece.repaired
          ? text.slice(event.valueStart, event.valueEnd)
          : getScalarValue(text, piece.repaired ? { ...event, fast: false } : event)
    if (event.tagStart < 0) return event.style === SCALAR_STYLE.PLAIN ? resolvePlain(raw) : raw
    const resolved = resolveTagged(fullTag(text.slice(event.tagStart, event.tagEnd), handles), raw)
    if ('refused' in resolved) throw new DocumentError('rejected', resolved.refused, event.tagStart)
    return resolved.value
  }

  function originOf(event: ScalarEvent): Origin {
    let start: number
    let end: number
    if (event.valueStart < 0) {
      start = end = Math.max(event.tagEnd, event.anchorEnd, emptyPosition(text, behind, frame))
    } else {
      switch (event.style) {
        case SCALAR_STYLE.PLAIN:
          start = event.valueStart
          end = event.valueEnd
          break
        case SCALAR_STYLE.SINGLE_QUOTED:
        case SCALAR_STYLE.DOUBLE_QUOTED:
          start = event.valueStart - 1
          end = event.valueEnd + 1
          break
        default:
          start = blockIndicator(text, Math.max(behind, event.tagEnd, event.anchorEnd), event.valueStart)
          end = Math.max(start + 1, trimmedEnd(text, event.valueStart, event.valueEnd))
      }
    }
    behind = end
    return { source, start: base + start, end: base + end }
  }

  let at = cursor.at + 1
  for (; at < events.length; at++) {
    const event = events[at]!
    switch (event.type) {
      case EVENT_ID.SCALAR: {
        const value = scalarOf(event)
        const origin = originOf(event)
        if (frame?.entries !== undefined && frame.key === undefined && !frame.mergeNext) {
          if (value === '<<' && isMerge(text, event)) frame.mergeNext = true
          else {
            const key = typeof value === 'string' ? value : toKey(value)
            if (key === undefined) throw new DocumentError('rejected', 'a key is empty or null', origin.start - base)
            frame.key = key
            frame.keyOrigin = origin
          }
          if (event.anchorStart >= 0) {
            anchors ??= new Map()
            anchors.set(text.slice(event.anchorStart, event.anchorEnd), {
              value: { kind: 'scalar', value, origin },
              size: 1,
              height: 1,
            })
          }
          break
        }
        const scalar: Value = { kind: 'scalar', value, origin }
        if (event.anchorStart >= 0) {
          anchors ??= new Map()
          anchors.set(text.slice(event.anchorStart, event.anchorEnd), { value: scalar, size: 1, height: 1 })
        }
        put(scalar, 1, 1, origin.start - base)
        break
      }
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE: {
        if (frame?.entries !== undefined && frame.key === undefined && !frame.mergeNext) {
          throw new DocumentError('rejected', 'a key must be a plain value, not a list or mapping', event.start)
        }
        const isMap = event.type === EVENT_ID.MAPPING
        const anchor = event.anchorStart < 0 ? undefined : text.slice(event.anchorStart, event.anchorEnd)
        if (anchor !== undefined) {
          anchors ??= new Map()
          anchors.set(anchor, undefined)
        }
        if (frame !== undefined) frames.push(frame)
        frame = {
          entries: isMap ? new Map() : undefined,
          items: isMap ? undefined : [],
          start: event.start,
          flow: hasBracket(text, event.start, event.style, isMap),
          anchor,
          key: undefined,
          keyOrigin: undefined,
          mergeNext: false,
          merged: undefined,
          size: 1,
          height: 1,
        }
        behind = frame.flow ? event.start + 1 : Math.max(behind, event.start)
        break
      }
      case EVENT_ID.ALIAS: {
        const name = text.slice(event.anchorStart, event.anchorEnd)
        const start = event.anchorStart - 1
        if (++aliases > limits.maxAliases) {
          throw new DocumentError('limit-exceeded', `the document has more than ${limits.maxAliases} aliases`, start)
        }
        const target = anchors?.get(name)
        if (target === undefined) {
          const message =
            anchors?.has(name) === true
              ? `the anchor \`${name}\` contains itself`
              : `no anchor \`${name}\` stands before this alias`
          throw new DocumentError('syntax', message, start)
        }
        behind = event.anchorEnd
        const origin: Origin = { source, start: base + start, end: base + behind, from: target.value.origin }
        if (frame?.entries !== undefined && frame.key === undefined && !frame.mergeNext) {
          const key = target.value.kind === 'scalar' ? toKey(target.value.value) : undefined
          if (key === undefined)
            throw new DocumentError('rejected', 'a key must be a plain value, not a list or mapping', start)
          frame.key = key
          frame.keyOrigin = origin
        } else put({ ...target.value, origin }, target.size, target.height, start)
        break
      }
      case EVENT_ID.POP: {
        if (frame === undefined) {
          cursor.at = at + 1
          return root!
        }
        const done: Frame = frame
        if (done.flow) behind = closingBracket(text, behind)
        const origin: Origin = { source, start: base + done.start, end: base + Math.max(behind, done.start) }
        const value: Value =
          done.entries !== undefined
            ? { kind: 'map', entries: done.entries, origin }
            : { kind: 'list', items: done.items!, origin }
        if (done.anchor !== undefined) anchors!.set(done.anchor, { value, size: done.size, height: done.height })
        frame = frames.pop()
        put(value, done.size, done.height, done.start)
        break
      }
      case EVENT_ID.DOCUMENT:
        break
    }
  }
  cursor.at = at
  return root!
}

function duplicateKey(key: string, origin: Origin): Problem {
  return {
    code: 'duplicate-key',
    message: `the key \`${key}\` stands twice in one mapping; kubectl and Helm take the last, Kustomize refuses the file`,
    at: origin,
  }
}

function mergedOver(key: string, origin: Origin | undefined): Problem {
  return {
    code: 'duplicate-key',
    message: `the key \`${key}\` stands before a merge key that brings it too; kubectl takes the merged value, Kustomize the written one`,
    at: origin!,
  }
}

function isMerge(text: string, event: ScalarEvent): boolean {
  if (event.tagStart < 0) return event.style === SCALAR_STYLE.PLAIN
  return text.slice(event.tagStart, event.tagEnd) === '!!merge'
}

function fullTag(tag: string, handles: ReadonlyMap<string, string>): string {
  if (tag.startsWith('!<')) return tag.slice(2, -1)
  const end = tag.indexOf('!', 1)
  const handle = end === -1 ? '!' : tag.slice(0, end + 1)
  return (handles.get(handle) ?? (handle === '!!' ? 'tag:yaml.org,2002:' : handle)) + tag.slice(handle.length)
}

/** The pair of `[a: b]` is a flow mapping without brackets of its own; a nested one may start with its key's bracket. */
function hasBracket(text: string, start: number, style: CollectionStyle, isMap: boolean): boolean {
  return style === COLLECTION_STYLE.FLOW && text.charCodeAt(start) === (isMap ? 0x7b : 0x5b)
}

/** Behind the indicator that an empty value follows. */
function emptyPosition(text: string, behind: number, frame: Frame | undefined): number {
  const isItem = frame !== undefined && frame.items !== undefined
  if (isItem && frame.flow) return behind
  if (frame !== undefined && frame.items === undefined && frame.key === undefined && !frame.mergeNext) return behind
  const at = skipBlanksAndComments(text, behind)
  const unit = text.charCodeAt(at)
  return unit === COLON || (isItem && unit === DASH) ? at + 1 : behind
}

/** The `|` or `>` of a block scalar, whose body starts at `body`. */
function blockIndicator(text: string, behind: number, body: number): number {
  let at = behind
  while (at < body) {
    at = skipBlanksAndComments(text, at)
    const unit = text.charCodeAt(at)
    if (unit === 0x7c || unit === 0x3e) return at
    if (unit !== DASH && unit !== COLON && unit !== 0x3f) return body
    at++
  }
  return body
}

/** Behind the bracket that closes a flow collection whose last token ends at `behind`. */
function closingBracket(text: string, behind: number): number {
  let at = behind
  while (at < text.length) {
    at = skipBlanksAndComments(text, at)
    const unit = text.charCodeAt(at)
    if (unit === 0x5d || unit === 0x7d) return at + 1
    if (unit !== COMMA && unit !== COLON && unit !== 0x3f) return behind
    at++
  }
  return behind
}

function skipBlanksAndComments(text: string, from: number): number {
  let at = from
  for (;;) {
    const unit = text.charCodeAt(at)
    if (isBlank(unit) || isBreak(unit) || unit === BYTE_ORDER_MARK) at++
    else if (unit === HASH) while (at < text.length && !isBreak(text.charCodeAt(at))) at++
    else return at
  }
}

function trimmedEnd(text: string, start: number, end: number): number {
  let at = end
  while (at > start && (isBlank(text.charCodeAt(at - 1)) || isBreak(text.charCodeAt(at - 1)))) at--
  return at
}

function toProblem(source: SourceText, base: number, text: string, broken: BrokenText, limits: YamlLimits): Problem {
  const position = Math.min(base + broken.position, source.text.length)
  const at: Origin = { source, start: position, end: position }
  if (broken.reason.startsWith('nesting exceeded')) {
    return { code: 'limit-exceeded', message: `the document is nested deeper than ${limits.maxDepth} levels`, at }
  }
  const isAtEnd = trimmedEnd(text, 0, text.length) <= broken.position
  if (isAtEnd && broken.reason === 'deficient indentation') {
    return { code: 'syntax', message: 'the YAML is broken: a bracket or quote is never closed', at }
  }
  return { code: 'syntax', message: `the YAML is broken: ${REASONS.get(broken.reason) ?? broken.reason}`, at }
}

/** js-yaml's terse reasons that a reader of manifests meets most, in plain words. */
const REASONS = new Map([
  [
    'bad indentation of a mapping entry',
    'this line is indented differently from the entries around it, or a value holds a `: ` and needs quotes',
  ],
  ['bad indentation of a sequence entry', 'this line is indented differently from the list items around it'],
  ['deficient indentation', 'this line needs more indentation than the line it belongs to'],
  ['end of the stream or a document separator is expected', 'this line does not belong to what stands before it'],
  ['can not read a block mapping entry; a multiline key may not be an implicit key', 'a key has no `:` behind it'],
  ["expected ':' after a mapping key", 'a key has no `:` behind it'],
  ['tab characters must not be used in indentation', 'a tab is used for indentation'],
  ['unexpected end of the stream within a flow collection', 'a `[` or `{` is never closed'],
  ['unexpected end of the stream within a single quoted scalar', "a `'` is never closed"],
  ['unexpected end of the stream within a double quoted scalar', 'a `"` is never closed'],
  ['missed comma between flow collection entries', 'a comma is missing inside `[ ]` or `{ }`'],
])

const LF = 0x0a
const CR = 0x0d
const HASH = 0x23
const COMMA = 0x2c
const DASH = 0x2d
const COLON = 0x3a
const BACKSLASH = 0x5c
const DOUBLE_QUOTE = 0x22
const SINGLE_QUOTE = 0x27
const BYTE_ORDER_MARK = 0xfeff

function isBreak(unit: number): boolean {
  return unit === LF || unit === CR
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09
}
