import {
  type AliasEvent,
  COLLECTION_STYLE,
  type CollectionStyle,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml'
import type { Origin } from '../base/origin.ts'
import type { Problem, ProblemCode } from '../base/problem.ts'
import type { SourceText } from '../base/text.ts'
import type { MapEntry, Value } from '../base/value.ts'
import type { YamlLimits } from './yaml-limits.ts'
import { blockIndicator, closingBracket, skipBlanksAndComments, trimmedEnd } from './yaml-punctuation.ts'
import { resolvePlain, resolveTagged, type Scalar, toKey } from './yaml-scalar.ts'

/** One document that is not empty, as Kubernetes would read it. */
export interface YamlDocument {
  readonly value: Value
  /** 0-based offsets of what the document holds, markers and comments around it left out; end exclusive. */
  readonly start: number
  readonly end: number
}

/** What a document is built from: a piece of the file that starts at `base`. */
export interface Piece {
  readonly source: SourceText
  readonly text: string
  readonly base: number
  /** Whether the events come from a text with joined lines, so that single lines may hold a break. */
  readonly repaired: boolean
  readonly limits: YamlLimits
}

/** Adds the documents of a piece, and what is wrong with them. A document that cannot be used costs only itself. */
export function buildDocuments(
  piece: Piece,
  events: readonly Event[],
  documents: YamlDocument[],
  problems: Problem[],
): void {
  const cursor = { at: 0 }
  while (cursor.at < events.length) {
    const first = cursor.at
    try {
      const value = new DocumentBuilder(piece, problems).build(events, cursor)
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

/**
 * Builds one document from its events.
 *
 * Between two tokens stand only blanks, comments and indicators: what ends where is found from where the token before it ended.
 */
class DocumentBuilder {
  readonly #piece: Piece
  readonly #problems: Problem[]
  readonly #handles = new Map<string, string>()
  readonly #frames: Frame[] = []
  /** What an anchor stands for; undefined while it is being built. */
  readonly #anchors = new Map<string, Anchored | undefined>()
  #frame: Frame | undefined
  #root: Value | undefined
  #aliases = 0
  #mergeKeys = 0
  /** Behind the last token, in the piece's offsets. */
  #behind = 0

  constructor(piece: Piece, problems: Problem[]) {
    this.#piece = piece
    this.#problems = problems
  }

  /** Builds the document whose event `cursor` points at, and leaves `cursor` behind it. Throws {@link DocumentError}. */
  build(events: readonly Event[], cursor: { at: number }): Value {
    const opening = events[cursor.at]!
    if (opening.type === EVENT_ID.DOCUMENT) {
      for (const directive of opening.directives)
        if (directive.kind === 'tag') this.#handles.set(directive.handle, directive.prefix)
    }
    let at = cursor.at + 1
    for (; at < events.length; at++) {
      const event = events[at]!
      switch (event.type) {
        case EVENT_ID.SCALAR:
          this.#scalar(event)
          break
        case EVENT_ID.MAPPING:
        case EVENT_ID.SEQUENCE:
          this.#open(event)
          break
        case EVENT_ID.ALIAS:
          this.#alias(event)
          break
        case EVENT_ID.POP:
          if (this.#frame === undefined) {
            cursor.at = at + 1
            return this.#root!
          }
          this.#close(this.#frame)
          break
        case EVENT_ID.DOCUMENT:
          break
      }
    }
    cursor.at = at
    return this.#root!
  }

  #scalar(event: ScalarEvent): void {
    const value = this.#valueOf(event)
    const origin = this.#originOf(event)
    const scalar: Value = { kind: 'scalar', value, origin }
    if (event.anchorStart >= 0) this.#anchors.set(this.#anchorOf(event), { value: scalar, size: 1, height: 1 })
    const frame = this.#frame
    if (!needsKey(frame)) this.#put(scalar, 1, 1, origin.start - this.#piece.base)
    else if (value === '<<' && isMerge(this.#piece.text, event)) frame.mergeNext = true
    else {
      const key = typeof value === 'string' ? value : toKey(value)
      if (key === undefined)
        throw new DocumentError('rejected', 'a key is empty or null', origin.start - this.#piece.base)
      frame.key = key
      frame.keyOrigin = origin
    }
  }

  #open(event: MappingEvent | SequenceEvent): void {
    if (needsKey(this.#frame)) throw new DocumentError('rejected', NO_PLAIN_KEY, event.start)
    const isMap = event.type === EVENT_ID.MAPPING
    const anchor = event.anchorStart < 0 ? undefined : this.#anchorOf(event)
    if (anchor !== undefined) this.#anchors.set(anchor, undefined)
    if (this.#frame !== undefined) this.#frames.push(this.#frame)
    const flow = hasBracket(this.#piece.text, event.start, event.style, isMap)
    this.#frame = {
      entries: isMap ? new Map() : undefined,
      items: isMap ? undefined : [],
      start: event.start,
      flow,
      anchor,
      key: undefined,
      keyOrigin: undefined,
      mergeNext: false,
      merged: undefined,
      size: 1,
      height: 1,
    }
    this.#behind = flow ? event.start + 1 : Math.max(this.#behind, event.start)
  }

  #alias(event: AliasEvent): void {
    const { source, base, limits } = this.#piece
    const name = this.#anchorOf(event)
    const start = event.anchorStart - 1
    if (++this.#aliases > limits.maxAliases) {
      throw new DocumentError('limit-exceeded', `the document has more than ${limits.maxAliases} aliases`, start)
    }
    const target = this.#anchors.get(name)
    if (target === undefined) {
      const message = this.#anchors.has(name)
        ? `the anchor \`${name}\` contains itself`
        : `no anchor \`${name}\` stands before this alias`
      throw new DocumentError('syntax', message, start)
    }
    this.#behind = event.anchorEnd
    const origin: Origin = { source, start: base + start, end: base + this.#behind, from: target.value.origin }
    const frame = this.#frame
    if (!needsKey(frame)) {
      this.#put({ ...target.value, origin }, target.size, target.height, start)
      return
    }
    const key = target.value.kind === 'scalar' ? toKey(target.value.value) : undefined
    if (key === undefined) throw new DocumentError('rejected', NO_PLAIN_KEY, start)
    frame.key = key
    frame.keyOrigin = origin
  }

  #close(done: Frame): void {
    const { source, base, text } = this.#piece
    if (done.flow) this.#behind = closingBracket(text, this.#behind)
    const origin: Origin = { source, start: base + done.start, end: base + Math.max(this.#behind, done.start) }
    const value: Value =
      done.entries !== undefined
        ? { kind: 'map', entries: done.entries, origin }
        : { kind: 'list', items: done.items!, origin }
    if (done.anchor !== undefined) this.#anchors.set(done.anchor, { value, size: done.size, height: done.height })
    this.#frame = this.#frames.pop()
    this.#put(value, done.size, done.height, done.start)
  }

  /** Puts a finished value where it belongs. `size` and `height` count it with what is inside. */
  #put(value: Value, size: number, height: number, at: number): void {
    const frame = this.#frame
    if (frame === undefined) {
      this.#root = value
      return
    }
    this.#grow(frame, size, height, at)
    if (frame.items !== undefined) frame.items.push(value)
    else if (frame.mergeNext) {
      frame.mergeNext = false
      this.#merge(frame, value, at)
    } else if (frame.key === undefined) throw new DocumentError('rejected', NO_PLAIN_KEY, at)
    else {
      const entries = frame.entries!
      const key = frame.keyOrigin!
      const before = entries.size
      entries.set(frame.key, { value, key })
      if (entries.size === before && frame.merged?.delete(frame.key) !== true)
        this.#problems.push(duplicateKey(frame.key, key))
      frame.key = undefined
    }
  }

  #grow(frame: Frame, size: number, height: number, at: number): void {
    const { maxNodes, maxDepth } = this.#piece.limits
    frame.size += size
    if (frame.size > maxNodes) {
      const message = `the document has more than ${maxNodes} values once its aliases are followed`
      throw new DocumentError('limit-exceeded', message, at)
    }
    if (height < frame.height) return
    frame.height = height + 1
    if (frame.height + this.#frames.length > maxDepth + 1) {
      const message = `the document is nested deeper than ${maxDepth} levels once its aliases are followed`
      throw new DocumentError('limit-exceeded', message, at)
    }
  }

  /** Later keys win over merged ones and merged ones over earlier keys; in a list of mappings the first wins. */
  #merge(into: Frame, value: Value, at: number): void {
    const { maxMergeKeys } = this.#piece.limits
    const sources = value.kind === 'list' ? value.items : [value]
    if (value.kind === 'list') into.size += sources.length
    const taken = new Set<string>()
    for (const from of sources) {
      if (from.kind !== 'map') throw new DocumentError('rejected', '`<<` needs a mapping or a list of mappings', at)
      for (const [key, entry] of from.entries) {
        if (++this.#mergeKeys > maxMergeKeys) {
          const message = `merge keys bring more than ${maxMergeKeys} keys into the document`
          throw new DocumentError('limit-exceeded', message, at)
        }
        if (taken.has(key)) continue
        taken.add(key)
        const own = into.entries!.get(key)
        if (own !== undefined && own.value !== entry.value && into.merged?.has(key) !== true)
          this.#problems.push(mergedOver(key, own.key))
        into.entries!.set(key, entry)
        into.merged ??= new Set()
        into.merged.add(key)
      }
    }
  }

  #valueOf(event: ScalarEvent): Scalar {
    const { text, repaired } = this.#piece
    const raw =
      event.valueStart < 0
        ? ''
        : event.fast && !repaired
          ? text.slice(event.valueStart, event.valueEnd)
          : getScalarValue(text, repaired ? { ...event, fast: false } : event)
    if (event.tagStart < 0) return event.style === SCALAR_STYLE.PLAIN ? resolvePlain(raw) : raw
    const resolved = resolveTagged(fullTag(text.slice(event.tagStart, event.tagEnd), this.#handles), raw)
    if ('refused' in resolved) throw new DocumentError('rejected', resolved.refused, event.tagStart)
    return resolved.value
  }

  #originOf(event: ScalarEvent): Origin {
    const { source, base } = this.#piece
    const [start, end] = this.#spanOf(event)
    this.#behind = end
    return { source, start: base + start, end: base + end }
  }

  #spanOf({ style, valueStart, valueEnd, tagEnd, anchorEnd }: ScalarEvent): readonly [start: number, end: number] {
    const { text } = this.#piece
    if (valueStart < 0) {
      const at = Math.max(tagEnd, anchorEnd, emptyPosition(text, this.#behind, this.#frame))
      return [at, at]
    }
    switch (style) {
      case SCALAR_STYLE.PLAIN:
        return [valueStart, valueEnd]
      case SCALAR_STYLE.SINGLE_QUOTED:
      case SCALAR_STYLE.DOUBLE_QUOTED:
        return [valueStart - 1, valueEnd + 1]
      default: {
        const start = blockIndicator(text, Math.max(this.#behind, tagEnd, anchorEnd), valueStart)
        return [start, Math.max(start + 1, trimmedEnd(text, valueStart, valueEnd))]
      }
    }
  }

  #anchorOf({ anchorStart, anchorEnd }: { readonly anchorStart: number; readonly anchorEnd: number }): string {
    return this.#piece.text.slice(anchorStart, anchorEnd)
  }
}

const NO_PLAIN_KEY = 'a key must be a plain value, not a list or mapping'

/** Whether what comes next is a key of a mapping. */
function needsKey(frame: Frame | undefined): frame is Frame {
  return frame?.entries !== undefined && frame.key === undefined && !frame.mergeNext
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
  return unit === 0x3a || (isItem && unit === 0x2d) ? at + 1 : behind
}
