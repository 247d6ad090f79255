import { createHash } from 'node:crypto'
import type { AssessedFinding } from './assess.ts'
import type { Finding, FindingPlace, Patch } from './finding.ts'

/** The same finding at several places, at least one; the first speaks for all. */
export type Copies<T> = readonly [T, ...T[]]

/**
 * Findings that are the same but for the file: folders of several environments hold a copy of one object each, and a change made to all
 * of them is told once. What differs in severity, status, words, layers or in what accepts it stays apart, and so do findings of one
 * file. In the order of the first.
 */
export function groupCopies(findings: readonly AssessedFinding[]): readonly Copies<AssessedFinding>[] {
  const groups = new Map<string, [AssessedFinding, ...AssessedFinding[]]>()
  const inFile = new Map<string, number>()
  for (const one of findings) {
    const alike = keyOf(one.finding)
    const here = `${alike}\0${one.finding.file}`
    const before = inFile.get(here) ?? 0
    inFile.set(here, before + 1)
    const key = `${before} ${alike}`
    const same = groups.get(key)
    if (same === undefined) groups.set(key, [one])
    else same.push(one)
  }
  return [...groups.values()]
}

/** Names that the environments give to what they have in common, addresses and places are told by the witness of each. */
function keyOf(finding: Finding): string {
  const { rule, status, severity, resource, layer, side, decide, suppressed, witness, concepts } = finding
  return JSON.stringify([
    rule,
    status,
    severity,
    resource,
    layer,
    side,
    concepts,
    suppressed?.reason,
    suppressed?.expires,
    withoutFile(finding.message, finding),
    decide && withoutFile(decide, finding),
    witness && [witness.packet.protocol, witness.packet.port],
    witness?.path.map((step) => [step.layer, step.verdict]),
  ])
}

function withoutFile(words: string, { file }: Finding): string {
  return words.replaceAll(file, '\0')
}

/** One finding for all of a group, with its places. `patch` is the one that closes it at each of them. */
export function joinCopies(copies: Copies<Finding>, patch?: Patch): Finding {
  const [first] = copies
  const places = new Map<string, FindingPlace>()
  for (const one of copies) {
    const place = toPlace(one)
    const key = `${place.file}\0${place.line}`
    const same = places.get(key)
    places.set(key, same === undefined ? place : { ...same, ...joinedStates([same, place]) })
  }
  if (places.size === 1 && copies.length === 1) return first
  const { patch: _, ...rest } = first
  return {
    ...rest,
    ...(patch && { patch }),
    ...joinedStates(copies),
    ...(places.size > 1 && { places: [...places.values()] }),
  }
}

/** Where a finding is so: its places, or the one that it has. */
export function placesOf(finding: Finding): readonly FindingPlace[] {
  return finding.places ?? [toPlace(finding)]
}

/** A finding as it is at one of its places, and the others. */
export interface SpreadFinding {
  readonly finding: Finding
  readonly place: FindingPlace
  readonly others: readonly FindingPlace[]
}

/** A finding place by place. */
export function atPlaces(finding: Finding): readonly SpreadFinding[] {
  const places = placesOf(finding)
  return places.map((place) => ({
    finding: findingAt(finding, place),
    place,
    others: places.filter((other) => other !== place),
  }))
}

/**
 * Findings place by place, for what is told at each of them. The first place of every finding comes first, so that none is left out for
 * the many places of another.
 */
export function spreadPlaces(findings: readonly Finding[]): readonly SpreadFinding[] {
  const spread = findings.map(atPlaces)
  return [...spread.flatMap((places) => places.slice(0, 1)), ...spread.flatMap((places) => places.slice(1))]
}

/** The finding without some of its places; undefined where none is left. For findings without a patch. */
export function withoutPlaces(finding: Finding, leave: (place: FindingPlace) => boolean): Finding | undefined {
  const places = placesOf(finding).filter((place) => !leave(place))
  const [first] = places
  if (first === undefined) return undefined
  if (places.length === placesOf(finding).length) return finding
  const one = findingAt(finding, first)
  return places.length === 1 ? one : { ...one, ...joinedStates(places), places }
}

function findingAt(finding: Finding, place: FindingPlace): Finding {
  if (finding.places === undefined) return finding
  const { witness: _witness, patch: _patch, states: _states, side: _side, places: _places, ...rest } = finding
  return { ...rest, ...place, fingerprint: finding.fingerprint }
}

function toPlace(finding: Finding): FindingPlace {
  const { file, line, endLine, side, states, witness, patch } = finding
  return {
    file,
    line,
    endLine,
    ...(side && { side }),
    ...(states && { states }),
    ...(witness && { witness }),
    ...(patch && { patch }),
    fingerprint: placeFingerprint(finding),
  }
}

/** Of the file too: a comment on a line stays with the place that it is about, whether or not there are others now. */
function placeFingerprint({ fingerprint, file }: Finding): string {
  return createHash('sha256').update(`${fingerprint}\0${file}`).digest('hex').slice(0, 16)
}

function joinedStates(of: readonly { readonly states?: readonly string[] }[]): { readonly states?: readonly string[] } {
  const states = new Set(of.flatMap(({ states }) => states ?? []))
  return states.size === 0 ? {} : { states: [...states] }
}
