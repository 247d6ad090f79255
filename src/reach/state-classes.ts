import { type Bounds, boundsOf, exactly } from '../algebra/bounds.ts'
import { addClass, type ClassSet } from '../algebra/classes.ts'
import type { Truth } from '../algebra/truth.ts'
import { areIdentical } from '../base/identity.ts'
import type { KubernetesNetwork } from '../model/kubernetes/kubernetes-network.ts'
import type { Selector } from '../model/kubernetes/selector.ts'
import type { Workload } from '../model/kubernetes/workload.ts'
import type { SelectorIndex, SelectorMatch } from './selector-index.ts'
import type { ClassFacts, Universe } from './universe.ts'

/** The classes of one state, and which of them each selector holds for. Pods in the node's network are nobody's selection. */
export interface StateClasses {
  readonly universe: Universe
  /** Facts by class; undefined where the state does not have the class. */
  readonly facts: readonly (ClassFacts | undefined)[]
  /** Classes that the state has. */
  readonly present: ClassSet
  inNamespace(name: string): ClassSet
  /** Classes whose pods satisfy an interned selector, in any namespace. */
  withLabels(selector: Selector): Bounds<ClassSet>
  /** Classes in namespaces that satisfy an interned selector. */
  inNamespaces(selector: Selector): Bounds<ClassSet>
  /** Classes with pods that have an address of their own, selectable or not by any policy. */
  readonly pods: Bounds<ClassSet>
  /** The nodes, and workloads in their network. */
  readonly nodes: Bounds<ClassSet>
  /** The state's workload by its id. */
  workload(id: string): Workload | undefined
}

/** Reads the classes of state number `state` of a universe. */
export function stateClasses(universe: Universe, state: number, network: KubernetesNetwork): StateClasses {
  const { classSets } = universe
  const facts = universe.classes.map((each) => each.facts[state])
  const workloads = new Map(network.workloads.map((workload) => [workload.id, workload]))
  const inNamespace = new Map<string, ClassSet>()
  const present = classSets.of([])
  const certainPods = classSets.of([])
  const possiblePods = classSets.of([])
  const certainNodes = classSets.of([])
  const possibleNodes = classSets.of([])
  for (const [number, fact] of facts.entries()) {
    if (fact === undefined) continue
    addClass(present, number)
    if (fact.hostNetwork !== 'no') addClass(possibleNodes, number)
    if (fact.hostNetwork === 'yes') {
      addClass(certainNodes, number)
      continue
    }
    addClass(possiblePods, number)
    if (fact.hostNetwork === 'no') addClass(certainPods, number)
    if (fact.namespace === undefined) continue
    let members = inNamespace.get(fact.namespace)
    if (members === undefined) {
      members = classSets.of([])
      inNamespace.set(fact.namespace, members)
    }
    addClass(members, number)
  }
  const byPods = selections(universe, universe.podSelectors, facts, (fact) => fact.podMatch)
  const byNamespaces = selections(universe, universe.namespaceSelectors, facts, (fact) => fact.namespaceMatch)
  return {
    universe,
    facts,
    present,
    inNamespace: (name) => inNamespace.get(name) ?? classSets.empty,
    withLabels: (selector) => byPods[universe.podSelectors.numberOf(selector)]!,
    inNamespaces: (selector) => byNamespaces[universe.namespaceSelectors.numberOf(selector)]!,
    pods: toBounds(universe, certainPods, possiblePods),
    nodes: toBounds(universe, certainNodes, possibleNodes),
    workload: (id) => workloads.get(id),
  }
}

/**
 * Whether two states of a universe have the identical workloads and the same facts of every class, so that one reading serves both.
 */
export function haveEqualClasses(
  { classes }: Universe,
  states: readonly [KubernetesNetwork, KubernetesNetwork],
  numbers: readonly [number, number],
): boolean {
  const [one, other] = states
  if (one === other) return true
  if (!areIdentical(one.workloads, other.workloads)) return false
  return classes.every(({ facts }) => {
    const [a, b] = [facts[numbers[0]], facts[numbers[1]]]
    if (a === undefined || b === undefined) return a === b
    return (
      a.namespace === b.namespace &&
      a.namespaceMatch === b.namespaceMatch &&
      a.podMatch === b.podMatch &&
      a.hostNetwork === b.hostNetwork &&
      a.ports === b.ports
    )
  })
}

function toBounds({ classSets }: Universe, certain: ClassSet, possible: ClassSet): Bounds<ClassSet> {
  return classSets.equal(certain, possible) ? exactly(certain) : { certain, possible }
}

/** For each selector the classes for which it holds. */
function selections(
  { classSets }: Universe,
  index: SelectorIndex,
  facts: readonly (ClassFacts | undefined)[],
  matchOf: (facts: ClassFacts) => SelectorMatch,
): readonly Bounds<ClassSet>[] {
  const certain = Array.from({ length: index.size }, () => classSets.of([]))
  const more: (ClassSet | undefined)[] = new Array(index.size)
  const enter = (selector: number, subject: number, truth: Truth) => {
    if (truth === 'yes') {
      addClass(certain[selector]!, subject)
      return
    }
    more[selector] ??= classSets.of([])
    addClass(more[selector]!, subject)
  }
  for (const [number, fact] of facts.entries()) {
    if (fact === undefined || fact.hostNetwork === 'yes') continue
    const match = matchOf(fact)
    for (const selector of match.yes) enter(selector, number, fact.hostNetwork === 'no' ? 'yes' : 'maybe')
    for (const selector of match.maybe) enter(selector, number, 'maybe')
  }
  return certain.map((set, selector) => {
    const extra = more[selector]
    return extra === undefined ? exactly(set) : { certain: set, possible: classSets.union(set, extra) }
  })
}

/** Pods of one namespace, or of those that a selector names, that satisfy a pod selector. */
export function podsIn(
  classes: StateClasses,
  namespace: string | Selector,
  podSelector: Selector | undefined,
): Bounds<ClassSet> {
  const space =
    typeof namespace === 'string' ? exactly(classes.inNamespace(namespace)) : classes.inNamespaces(namespace)
  const sets = boundsOf(classes.universe.classSets)
  const pods = podSelector === undefined ? space : sets.intersect(space, classes.withLabels(podSelector))
  // Pods that may be in the node's network stand in the set of their namespace for certain.
  return typeof namespace === 'string' ? sets.intersect(pods, classes.pods) : pods
}
