import { addClass, type ClassSet, hasClass, membersOf } from '../algebra/classes.ts'
import { connectionSets } from '../algebra/connections.ts'
import { matches } from '../model/kubernetes/labels.ts'
import { isEverything } from '../model/kubernetes/selector.ts'
import type { ConnectionDifference } from '../reach/difference.ts'
import type { HypotheticalEndpoint } from '../reach/endpoint.ts'
import type { Reachability } from '../reach/reachability.ts'

/** A class of pods in namespaces that only labels tell, and the classes of named namespaces that may have those labels. */
export interface PerhapsNamed {
  readonly labelled: number
  readonly named: ClassSet
}

/**
 * What "any pod in namespaces labelled team=a" says of every namespace whose labels the tree does not show, once for all of them: pods of
 * one that is known by its name alone are perhaps among them, and saying so of each adds nothing.
 */
export function perhapsNamed(head: Reachability): readonly PerhapsNamed[] {
  let groups = known.get(head.ground)
  if (groups === undefined) {
    groups = findPerhapsNamed(head)
    known.set(head.ground, groups)
  }
  return groups
}

/** Which labels a namespace may have does not hang on policies. */
const known = new WeakMap<Reachability['ground'], readonly PerhapsNamed[]>()

function findPerhapsNamed(head: Reachability): readonly PerhapsNamed[] {
  const { classes, classSets } = head.universe
  const named: (readonly [number, HypotheticalEndpoint])[] = []
  const labelled: (readonly [number, HypotheticalEndpoint])[] = []
  for (const [subject, { members }] of classes.entries()) {
    for (const member of members) {
      if (member.kind !== 'hypothetical') continue
      if (member.namespace !== undefined) named.push([subject, member])
      else if (!isEverything(member.namespaceSelector)) labelled.push([subject, member])
    }
  }
  return labelled.flatMap(([subject, { namespaceSelector, podSelector }]) => {
    const perhaps = named.flatMap(([other]) => {
      const facts = head.classes.facts[other]
      const isOne =
        facts !== undefined &&
        classes[other]!.members.every(({ kind }) => kind === 'hypothetical') &&
        matches(namespaceSelector, facts.namespaceLabels) === 'maybe' &&
        matches(podSelector, facts.labels) === 'yes'
      return isOne ? [other] : []
    })
    return perhaps.length === 0 ? [] : [{ labelled: subject, named: classSets.of(perhaps) }]
  })
}

/** The differences without those that are only perhaps so, for pods that {@link perhapsNamed} counts among others of which it is told. */
export function withoutPerhapsNamed(
  differences: readonly ConnectionDifference[],
  head: Reachability,
): readonly ConnectionDifference[] {
  const groups = perhapsNamed(head)
  if (groups.length === 0) return differences
  const { classSets, peerSets } = head.universe
  return SIDES.reduce<readonly ConnectionDifference[]>((left, [side, other]) => {
    const telling = groups.flatMap(({ labelled, named }) =>
      left.flatMap((difference) => (hasClass(difference[side].classes, labelled) ? [{ difference, named }] : [])),
    )
    return left.flatMap((one) => {
      if (telling.length === 0 || connectionSets.equal(one.after.certain, one.after.possible)) return [one]
      const untold = classSets.of([])
      for (const { difference, named } of telling) {
        if (!connectionSets.covers(difference.after.possible, one.after.possible)) continue
        if (!peerSets.covers(difference[other], one[other])) continue
        for (const subject of membersOf(classSets.intersect(one[side].classes, named))) addClass(untold, subject)
      }
      if (classSets.isEmpty(untold)) return [one]
      const peers = { ...one[side], classes: classSets.subtract(one[side].classes, untold) }
      return peerSets.isEmpty(peers) ? [] : [{ ...one, [side]: peers }]
    })
  }, differences)
}

const SIDES = [
  ['from', 'to'],
  ['to', 'from'],
] as const
