import { missingFrom } from '../base/identity.ts'
import type { StateView } from '../compare/state-view.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import type { Direction, NetworkPolicy } from '../model/kubernetes/network-policy.ts'
import type { Service } from '../model/kubernetes/service.ts'
import type { Workload } from '../model/kubernetes/workload.ts'
import type { Ground } from '../reach/reachability.ts'
import { type JudgedEndpoint, judgedEndpoints } from './facts/judged-endpoints.ts'
import { hiddenHit } from './hits/endpoint-hit.ts'
import type { Hit, Rule } from './rule.ts'
import type { RuleSettings } from './settings.ts'

/**
 * Checks that look at one object after the other. What is found for an object is kept with what it was found from, so that base, head and
 * a head with a patch share it; where a check is made against the other side, it leaves out what must be found on both. So a change costs
 * what it touches.
 */
type Check = NonNullable<Rule['check']>

/** Checks each workload by its manifest alone. */
export function eachWorkload(check: (workload: Workload) => Iterable<Hit>): Check {
  const made = new WeakMap<Workload, readonly Hit[]>()
  return (view, _settings, against) =>
    checkAll(without(view.network.kubernetes.workloads, against?.network.kubernetes.workloads), made, check)
}

/** Checks each Service by whatever the views of one {@link StateView.surroundings} have in common. */
export function eachService(check: (service: Service, view: StateView) => Iterable<Hit>): Check {
  const memory = new Memory(() => new Map<Service, readonly Hit[]>())
  return (view, _settings, against) => {
    const other = hasSameSurroundings(view, against) ? against?.network.kubernetes.services : undefined
    return checkAll(without(view.network.kubernetes.services, other), memory.of(view), (service) =>
      check(service, view),
    )
  }
}

/** Checks each NetworkPolicy by itself and by whatever the views of one {@link StateView.surroundings} have in common; not by other policies. */
export function eachPolicy(check: (policy: NetworkPolicy, view: StateView) => Iterable<Hit>): Check {
  const memory = new Memory(() => new Map<NetworkPolicy, readonly Hit[]>())
  return (view, _settings, against) => {
    const other = hasSameSurroundings(view, against) ? against?.network.kubernetes.policies : undefined
    return checkAll(without(view.network.kubernetes.policies, other), memory.of(view), (policy) => check(policy, view))
  }
}

/** What was made of two objects in turn, as long as both are there. */
type OfBoth<K extends object, V> = WeakMap<K, WeakMap<K, V>>

function madeOf<K extends object, V>(memo: OfBoth<K, V>, one: K, other: K, make: () => V): V {
  let byOther = memo.get(one)
  if (byOther === undefined) {
    byOther = new WeakMap()
    memo.set(one, byOther)
  }
  let made = byOther.get(other)
  if (made === undefined) {
    made = make()
    byOther.set(other, made)
  }
  return made
}

const left: OfBoth<readonly object[], readonly object[]> = new WeakMap()

/** Those that are not among the others as well: the identical object, which an unchanged file gives to both sides. */
export function without<T extends object>(objects: readonly T[], others: readonly T[] | undefined): readonly T[] {
  if (others === undefined) return objects
  if (objects === others) return []
  return madeOf(left, objects, others, () => missingFrom(objects, others)) as readonly T[]
}

function hasSameSurroundings(view: StateView, other: StateView | undefined): boolean {
  return (
    view.surroundings !== undefined &&
    view.surroundings === other?.surroundings &&
    view.reach.ground === other.reach.ground
  )
}

/** Whether the identical policies select a class on both sides, all else of which is the same as well. */
export function selectedAlike(
  view: StateView,
  against: StateView | undefined,
): (subject: number, direction: Direction) => boolean {
  if (against === undefined || !hasSameSurroundings(view, against)) return () => false
  const [own, other] = [view.reach.networkPolicies, against.reach.networkPolicies]
  return (subject, direction) => own.selectionNumber(subject, direction) === other.selectionNumber(subject, direction)
}

function checkAll<T extends object>(
  objects: readonly T[],
  made: { get(object: T): readonly Hit[] | undefined; set(object: T, hits: readonly Hit[]): unknown },
  check: (object: T) => Iterable<Hit>,
): readonly Hit[] {
  const found: Hit[] = []
  for (const object of objects) {
    let hits = made.get(object)
    if (hits === undefined) {
      hits = [...check(object)]
      made.set(object, hits)
    }
    for (const hit of hits) found.push(hit)
  }
  return found
}

/**
 * Checks each endpoint by the policies that select it, and by whatever the views of one {@link StateView.surroundings} have in common; not
 * by other policies.
 */
export function eachEndpoint(
  check: (endpoint: JudgedEndpoint, view: StateView, settings: RuleSettings) => Iterable<Hit>,
): Check {
  interface Known {
    readonly ingress: number
    readonly egress: number
    readonly hits: readonly Hit[]
  }
  const memory = new Memory(() => new Map<JudgedEndpoint, Known>())
  return (view, settings, against) => {
    const found: Hit[] = []
    const memo = memory.of(view, settings)
    const { networkPolicies } = view.reach
    for (const endpoint of touchedEndpoints(view, against)) {
      const { subject } = endpoint
      const ingress = networkPolicies.selectionNumber(subject, 'ingress')
      const egress = networkPolicies.selectionNumber(subject, 'egress')
      let known = memo.get(endpoint)
      if (known === undefined || known.ingress !== ingress || known.egress !== egress) {
        const all = [...check(endpoint, view, settings)]
        // Nothing held a pod back that had the network of its node: what holds for it now is no loss.
        const wasOnHost = view.before?.reach.classes.workload(endpoint.id)?.hostNetwork === 'yes'
        const hits = wasOnHost ? all.map(({ subject: about, extent }) => hiddenHit(about, extent)) : all
        known = { ingress, egress, hits: hits.length === 0 ? NO_HITS : hits }
        memo.set(endpoint, known)
      }
      for (const hit of known.hits) found.push(hit)
    }
    return found
  }
}

const NO_HITS: readonly Hit[] = []

const touched: OfBoth<StateView, readonly JudgedEndpoint[]> = new WeakMap()

/** The endpoints that other policies select on the other side, where nothing but policies differs. */
function touchedEndpoints(view: StateView, against: StateView | undefined): readonly JudgedEndpoint[] {
  const endpoints = judgedEndpoints(view)
  if (against === undefined || !hasSameSurroundings(view, against)) return endpoints
  return madeOf(touched, view, against, () => {
    const isAlike = selectedAlike(view, against)
    return endpoints.filter(({ subject }) => !isAlike(subject, 'ingress') || !isAlike(subject, 'egress'))
  })
}

/** One memo for all views that share their ground, their surroundings and the settings; nothing is kept of a view that shares nothing. */
class Memory<T> {
  readonly #made = new WeakMap<
    Ground,
    { readonly surroundings: object; readonly settings: RuleSettings | undefined; readonly memo: T }
  >()
  readonly #make: () => T

  constructor(make: () => T) {
    this.#make = make
  }

  of({ reach, surroundings }: StateView, settings?: RuleSettings): T {
    if (surroundings === undefined) return this.#make()
    const known = this.#made.get(reach.ground)
    if (known !== undefined && known.surroundings === surroundings && known.settings === settings) return known.memo
    const memo = this.#make()
    this.#made.set(reach.ground, { surroundings, settings, memo })
    return memo
  }
}

/**
 * Checks the Azure network alone, whatever manifests run in it: found once for all states that share the network, and that of the base
 * where there is one. Nothing is kept where the change renames resources, whose findings have other subjects, or where `isAlone` says that
 * the manifests have a part in it.
 */
export function eachNetwork(
  check: (view: StateView, settings: RuleSettings) => Iterable<Hit>,
  isAlone: (view: StateView) => boolean = () => true,
): Check {
  const made = new WeakMap<
    object,
    WeakMap<object, { readonly settings: RuleSettings; readonly hits: readonly Hit[] }>
  >()
  return (view, settings) => {
    const azure = view.network.azure
    if (azure === undefined || isRenamed(view, azure) || !isAlone(view)) return check(view, settings)
    let ofNetwork = made.get(azure)
    if (ofNetwork === undefined) {
      ofNetwork = new WeakMap()
      made.set(azure, ofNetwork)
    }
    const before = view.before?.network.azure ?? azure
    const known = ofNetwork.get(before)
    if (known !== undefined && known.settings === settings) return known.hits
    const hits = [...check(view, settings)]
    ofNetwork.set(before, { settings, hits })
    return hits
  }
}

const renamed = new WeakMap<StateView, boolean>()

/** Whether the base knows an Azure resource of the state by another address. */
function isRenamed(view: StateView, { objects }: AzureNetwork): boolean {
  let known = renamed.get(view)
  if (known === undefined) {
    known = objects.objects.some(({ resource: { address } }) => view.identity(address) !== address)
    renamed.set(view, known)
  }
  return known
}
