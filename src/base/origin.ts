import type { Position, SourceText } from './text.ts'

/**
 * Where a value stands in the source, and through which places it flowed to get here.
 *
 * `from` is the place that this one got its value from (a variable's use points to its default, that to the tfvars line …);
 * the end of that chain is where a person would edit, and where a patch goes: see {@link editableOrigin}.
 */
export interface Origin {
  readonly source: SourceText
  /** 0-based UTF-16 offset. */
  readonly start: number
  /** Exclusive. */
  readonly end: number
  readonly from?: Origin
}

/** An origin as people and reports see it; lines and columns are 1-based, `endLine` is the last line that holds a part of it. */
export interface Place extends Position {
  readonly file: string
  readonly endLine: number
}

export function toPlace(origin: Origin): Place {
  const { line, column } = origin.source.position(origin.start)
  const last = Math.max(origin.start, origin.end - 1)
  return { file: origin.source.path, line, column, endLine: origin.source.position(last).line }
}

/** What stands in the source at this place. */
export function writtenText({ source, start, end }: Pick<Origin, 'source' | 'start' | 'end'>): string {
  return source.text.slice(start, end)
}

/** The last place of the chain: the one whose edit changes the value and nothing before it can override. */
export function editableOrigin(origin: Origin): Origin {
  let place = origin
  while (place.from !== undefined) place = place.from
  return place
}

/** The same place with another place behind the end of its chain. */
export function flowedFrom(origin: Origin, from: Origin): Origin {
  const { source, start, end } = origin
  return { source, start, end, from: origin.from === undefined ? from : flowedFrom(origin.from, from) }
}
