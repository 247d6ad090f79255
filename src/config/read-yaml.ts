import { type Event, getScalarValue, parseEvents, YAMLException } from 'js-yaml'
import type { Origin } from '../base/origin.ts'
import type { Problem } from '../base/problem.ts'
import type { SourceText } from '../base/text.ts'
import type { MapEntry, Value } from '../base/value.ts'

/**
 * The one YAML document of a configuration file, with the place of every value.
 *
 * It reads YAML 1.2's core schema without tags, anchors, aliases and merge keys: the file is short and for people, and an editor
 * with the JSON schema reads it the same way. Manifests have other rules and a reader of their own.
 */
export function readYaml(source: SourceText): {
  readonly value: Value | undefined
  readonly problems: readonly Problem[]
} {
  if (source.text.length > MAX_LENGTH) {
    const message = `the configuration has more than ${MAX_LENGTH.toLocaleString('en-US')} characters`
    return { value: undefined, problems: [{ code: 'too-large', message, at: { file: source.path } }] }
  }
  let events: readonly Event[]
  try {
    events = parseEvents(source.text, { maxDepth: MAX_DEPTH })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const at = Math.min(error.mark?.position ?? 0, source.text.length)
    const problem: Problem = {
      code: 'syntax',
      message: `not valid YAML: ${error.reason}`,
      at: { source, start: at, end: at },
    }
    return { value: undefined, problems: [problem] }
  }
  return new Reader(source, events).read()
}

/** UTF-16 units. */
const MAX_LENGTH = 512 * 1024
const MAX_DEPTH = 16

const EVENT = { document: 1, sequence: 2, mapping: 3, scalar: 4, alias: 5, pop: 6 } as const
const PLAIN = 1

class Reader {
  readonly #source: SourceText
  readonly #events: readonly Event[]
  readonly #problems: Problem[] = []
  #at = 0

  constructor(source: SourceText, events: readonly Event[]) {
    this.#source = source
    this.#events = events
  }

  read(): { value: Value | undefined; problems: readonly Problem[] } {
    let value: Value | undefined
    let documents = 0
    while (this.#at < this.#events.length) {
      const event = this.#events[this.#at++]!
      if (event.type !== EVENT.document) continue
      if (this.#events[this.#at]?.type === EVENT.pop) continue
      const read = this.#value()
      if (documents++ === 0) value = read
      else this.#refuse(read.origin, 'the file holds more than one document')
    }
    return { value, problems: this.#problems }
  }

  #value(): Value {
    const event = this.#events[this.#at++]!
    switch (event.type) {
      case EVENT.scalar: {
        const origin = this.#origin(event.valueStart, event.valueEnd)
        this.#checkProperties(event.tagStart, event.anchorStart)
        const text = getScalarValue(this.#source.text, event)
        return { kind: 'scalar', value: event.style === PLAIN ? resolvePlain(text) : text, origin }
      }
      case EVENT.sequence: {
        this.#checkProperties(event.tagStart, event.anchorStart)
        const items: Value[] = []
        while (this.#events[this.#at]!.type !== EVENT.pop) items.push(this.#value())
        this.#at++
        return { kind: 'list', items, origin: this.#origin(event.start, items.at(-1)?.origin.end ?? event.start + 2) }
      }
      case EVENT.mapping: {
        this.#checkProperties(event.tagStart, event.anchorStart)
        const entries = new Map<string, MapEntry>()
        let end = event.start + 2
        while (this.#events[this.#at]!.type !== EVENT.pop) {
          const key = this.#value()
          const value = this.#value()
          end = Math.max(end, value.origin.end)
          const name = key.kind === 'scalar' ? String(key.value) : undefined
          if (name === undefined) this.#refuse(key.origin, 'a key must be a plain name')
          else if (entries.has(name)) this.#refuse(key.origin, `the key ${JSON.stringify(name)} stands here twice`)
          else entries.set(name, { value, key: key.origin })
        }
        this.#at++
        return { kind: 'map', entries, origin: this.#origin(event.start, end) }
      }
      case EVENT.alias: {
        const origin = this.#origin(event.anchorStart - 1, event.anchorEnd)
        this.#refuse(origin, 'aliases are not supported in the configuration')
        return { kind: 'scalar', value: null, origin }
      }
      default:
        throw new Error(`invariant: unexpected YAML event ${event.type}`)
    }
  }

  #checkProperties(tagStart: number, anchorStart: number): void {
    const start = tagStart >= 0 ? tagStart : anchorStart
    if (start >= 0)
      this.#refuse(this.#origin(start, start + 1), 'tags and anchors are not supported in the configuration')
  }

  #refuse(at: Origin, message: string): void {
    this.#problems.push({ code: 'rejected', message, at })
  }

  #origin(start: number, end: number): Origin {
    return { source: this.#source, start, end: Math.min(Math.max(start, end), this.#source.text.length) }
  }
}

/** Source: yaml.org/spec/1.2.2/#103-core-schema */
function resolvePlain(text: string): string | number | boolean | null {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return null
  if (/^(?:true|True|TRUE)$/.test(text)) return true
  if (/^(?:false|False|FALSE)$/.test(text)) return false
  if (/^[-+]?(?:\d+|\.\d+|\d+\.\d*)(?:[eE][-+]?\d+)?$/.test(text)) return Number(text)
  return text
}
