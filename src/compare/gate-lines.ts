import { connectionSets } from '../algebra/connections.ts'
import { type Origin, writtenText } from '../base/origin.ts'
import type { Resource } from '../parse/resource.ts'
import { places } from '../reach/azure/places.ts'
import type { PacketBox } from './packets.ts'

/** One written rule or setting of a gate, with the packets that it may be about. */
export interface GateLine {
  readonly origin: Origin
  readonly resource: Resource
  /** `rule web-from-internet (200)`, without a full stop. */
  readonly words: string
  /** Undefined where its action is not known. */
  readonly allows: boolean | undefined
  readonly matches: PacketBox
}

/** The line because of which packets are let through, or are not any more; the base's where the head has none. */
export interface Culprit {
  readonly line: GateLine
  readonly side: 'base' | 'head'
  readonly words: string
}

/**
 * Who is to blame for packets of a gate that gained or lost them: a line that is new or written anew before one that is gone, and that
 * before one that has always been there.
 */
export function findCulprit(
  box: PacketBox,
  direction: 'gained' | 'lost',
  before: readonly GateLine[],
  after: readonly GateLine[],
): Culprit | undefined {
  const lets = direction === 'gained'
  const about = (lines: readonly GateLine[], allows: boolean) =>
    lines.filter((line) => line.allows !== !allows && overlaps(line.matches, box))
  const [was, is] = [before, after].map((lines) => new Set(lines.map(textOf)))
  const fresh = about(after, lets).find((line) => !was!.has(textOf(line)))
  if (fresh !== undefined) return { line: fresh, side: 'head', words: fresh.words }
  const gone = about(before, !lets).find((line) => !is!.has(textOf(line)))
  if (gone !== undefined) return { line: gone, side: 'base', words: `${gone.words} before the change` }
  const [line] = about(after, lets)
  return line && { line, side: 'head', words: line.words }
}

function textOf({ origin, resource }: GateLine): string {
  return `${resource.address} ${writtenText(origin)}`
}

function overlaps(a: PacketBox, b: PacketBox): boolean {
  return (
    !connectionSets.isEmpty(connectionSets.intersect(a.connections, b.connections)) &&
    !places.isEmpty(places.intersect(a.from, b.from)) &&
    !places.isEmpty(places.intersect(a.to, b.to))
  )
}
