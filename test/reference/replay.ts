import type { Finding, PathStep, Witness } from '../../src/rules/finding.ts'
import { judge } from './azure-walk.ts'
import type { Labels, Pod } from './cluster-state.ts'
import { type Door, judgeInCluster } from './cluster-walk.ts'
import type { Firewall } from './firewall-state.ts'
import { askGroup, demandOf } from './replay-group.ts'
import type { Question, State } from './state.ts'
import type { Judgement } from './worlds.ts'
import { NotModelled } from './yaml-selector.ts'

/** What the reference says of a finding's witness. */
export type Replay =
  | { readonly kind: 'agrees' }
  | { readonly kind: 'wrong'; readonly why: string }
  /** The reference does not know what the files decide, or the other way round; or has too many worlds to walk. */
  | { readonly kind: 'not-decided'; readonly why: string }
  /** The tree or the packet holds what the reference does not walk. */
  | { readonly kind: 'not-asked'; readonly why: string }

/** A finding with the states that it was made from; no base where one tree was judged by itself. */
export interface Raised {
  readonly finding: Finding
  readonly base: State | undefined
  readonly head: State
}

/**
 * Rules whose finding is new although the packet of their witness may have passed before: what they say is not that it passes now.
 * Everything else that is introduced must be a packet that the base denies and the head lets through.
 */
const NOT_ABOUT_PASSING: Readonly<Record<string, string>> = {
  'egress-uninspected': 'says that it passes by the firewall, which it also did where that was not near',
  'route-bypass': 'says that it passes by the firewall, which is also new where the default route to that is new',
  'service-endpoint-bypasses-firewall': 'the same',
  'waf-bypassed': 'says that it gets around the firewall, which is also new where that was not there',
  'nat-called-control': 'says that nothing controls what leaves, on the example of what it then may send',
  'ingress-no-tls': 'says that what passes is no longer encrypted',
  'egress-not-isolated':
    'says that no policy isolates the pod, which is also new where ingress was not isolated before',
  'host-network': 'says that no policy holds for the pod any more, on the example of what policies usually except',
  'namespace-no-default-deny':
    'says that no policy isolates the pod, which is also new where it had the network of its node before',
}

/** Rules that say that the packet gets there, and not only that policies let it: then no other layer may stop it for certain. */
const WHOLE_WAY: ReadonlySet<string> = new Set([
  'egress-internet',
  'host-network',
  'imds-reachable',
  'node-ssh-from-pods',
])

/** Rules that say that a packet passes by the firewall: it must get there although the firewall lets nothing through. */
const PAST_THE_FIREWALL: ReadonlySet<string> = new Set([
  'egress-uninspected',
  'route-bypass',
  'service-endpoint-bypasses-firewall',
])

/** Layers of the cluster itself. */
const CLUSTER_LAYERS: ReadonlySet<PathStep['layer']> = new Set([
  'network-policy',
  'admin-policy',
  'service',
  'ingress',
  'host',
])

/** Asks the reference about the packet of a finding's witness, on the layers that its path names, in the base and in the head. */
export function replay({ finding, base, head }: Raised): Replay {
  const witness = finding.witness!
  try {
    const isFixed = finding.status === 'fixed'
    const told = verdictOf(witness)
    const where = isFixed ? base : head
    const said = `${finding.rule} ${finding.status} ${print(witness)}`
    if (where === undefined) return { kind: 'not-asked', why: 'fixed without a base' }
    const isPast = PAST_THE_FIREWALL.has(finding.rule)
    const narrowed = (state: State) => (isPast ? withClosedFirewall(state) : only(state, finding))
    const now = ask(narrowed(where), witness)
    if (now === undefined) return { kind: 'not-decided', why: 'too many worlds' }
    if (now.allowed !== told) {
      const why = `${said}: the path says ${told}, the reference ${now.allowed} (${[...now.layers].join(', ')})`
      return { kind: told === 'unknown' ? 'not-decided' : 'wrong', why }
    }
    if (told === true && WHOLE_WAY.has(finding.rule) && !where.alone && isClusterOnly(witness)) {
      const whole = askWhole(where, witness)
      if (whole?.allowed === false) return { kind: 'wrong', why: `${said}: stopped by ${[...whole.layers].join(', ')}` }
    }
    // What is blocked may have been blocked before, or not been there: the layer must be the right one.
    if (told === false) {
      // A layer before it that may deny is right as well, where it is the one that does.
      const denying = witness.path.filter(({ verdict }) => verdict !== 'allow').map(({ layer }) => layer)
      if (denying.some((layer) => now.layers.has(layer))) return { kind: 'agrees' }
      return { kind: 'wrong', why: `${said}: stopped by ${[...now.layers].join(', ')}` }
    }
    // Policies said nothing of a pod that had the network of its node.
    const wasOnHost = base?.pods.some(
      (pod) => pod.hostNetwork && [witness.packet.from, witness.packet.to].includes(`${pod.namespace}/${pod.name}`),
    )
    if (wasOnHost) return { kind: 'agrees' }
    if (finding.status !== 'introduced' || base === undefined || NOT_ABOUT_PASSING[finding.rule] !== undefined)
      return { kind: 'agrees' }
    const isWhole = WHOLE_WAY.has(finding.rule) && !base.alone
    const inside = ask(narrowed(base), witness)
    const before = isWhole && inside?.allowed === true ? askWhole(base, witness) : inside
    if (before === undefined) return { kind: 'not-decided', why: 'too many worlds' }
    if (before.allowed === told && told === 'unknown')
      return { kind: 'not-decided', why: `${said}: not known before either` }
    if (before.allowed === told) return { kind: 'wrong', why: `${said}: the base says ${before.allowed} as well` }
    return { kind: 'agrees' }
  } catch (error) {
    if (error instanceof NotModelled) return { kind: 'not-asked', why: error.message }
    throw error
  }
}

/** Where a finding is about a Service, or its path begins with one: no other leads in. */
function only(state: State, { resource, witness }: Finding): State {
  const first = witness!.path[0]
  const isService = first?.layer === 'service' && first.resource !== undefined
  const [kind, namespace, name] = (isService ? first.resource : resource)!.split('/')
  if (kind !== 'Service') return state
  return {
    ...state,
    services: state.services.filter((one) => one.namespace === namespace && one.name === name),
    ...(state.firewall !== undefined && { firewall: withoutTranslation(state.firewall) }),
    ...(state.gateway !== undefined && { gateway: { ...state.gateway, listeners: [] } }),
    // A way in by an Ingress begins with it.
    ingresses: first?.layer === 'ingress' ? state.ingresses : [],
  }
}

function withClosedFirewall(state: State): State {
  return state.firewall === undefined ? state : { ...state, firewall: { ...state.firewall, groups: [], parent: [] } }
}

function withoutTranslation(firewall: Firewall): Firewall {
  const without = (groups: Firewall['groups']) =>
    groups.map((group) => ({ ...group, collections: group.collections.filter(({ kind }) => kind !== 'dnat') }))
  return { ...firewall, groups: without(firewall.groups), parent: without(firewall.parent) }
}

function print({ packet, path }: Witness): string {
  const { from, sourceAddress = '', to, destinationAddress = '', protocol, port } = packet
  const steps = path.map(({ layer, verdict }) => `${layer} ${verdict}`).join(', ')
  return `${from} ${sourceAddress} -> ${to} ${destinationAddress} ${protocol} ${port} [${steps}]`
}

/** What a path says as a whole. */
function verdictOf({ path }: Witness): boolean | 'unknown' {
  if (path.some(({ verdict }) => verdict === 'deny')) return false
  return path.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : true
}

function isClusterOnly({ path }: Witness): boolean {
  return path.every(({ layer }) => CLUSTER_LAYERS.has(layer))
}

function ask(state: State, witness: Witness): Judgement | undefined {
  const group = /^what (.+) is in front of$/.exec(witness.packet.to)
  if (group !== null) return askGroup(state, group[1]!, witness)
  return isClusterOnly(witness) ? askCluster(state, witness) : askWhole(state, witness)
}

/** The end of the packet that the question names: the address where the witness has one. */
function endsOf({ packet }: Witness): Pick<Question, 'from' | 'to'> {
  const { from, sourceAddress, to, destinationAddress } = packet
  const isWorld = (name: string) => name === 'internet' || /^[\d.:a-f]+$/.test(name)
  return {
    from: sourceAddress !== undefined && isWorld(from) ? sourceAddress : from,
    to: destinationAddress !== undefined && isWorld(to) ? destinationAddress : to,
  }
}

function askCluster(state: State, witness: Witness): Judgement | undefined {
  const ends = endsOf(witness)
  const { full, from, to } = withAnyPods(state, ends)
  return judgeInCluster(full, { from, to, ...demandOf(witness) }, doorOf(state, witness))
}

function askWhole(state: State, witness: Witness): Judgement | undefined {
  if (state.alone) throw new NotModelled('Azure layers without Azure code')
  const ends = endsOf(witness)
  const { full, from, to } = withAnyPods(state, ends)
  const [source, target] = [plainName(from), plainName(to)]
  const demand = demandOf(witness)
  // Some node is reached where one of them is.
  const targets = target === 'nodes' ? state.cluster.pools.map(({ name }) => `node/${name}`) : [target]
  const judged = targets.map((one) => judge(full, { from: source, to: one, ...demand }))
  return judged.find((one) => one?.allowed === true) ?? judged.find((one) => one?.allowed === 'unknown') ?? judged[0]
}

/** Peers of the one cluster without its name; tags as Azure writes them. */
function plainName(name: string): string {
  const [kind, first, second] = name.split('/')
  if (kind === 'node') return `node/${second ?? first}`
  if (kind === 'api-server') return 'api-server'
  if (kind === 'tag') return TAG_NAMES.get(name.toLowerCase()) ?? name
  return name
}

const TAG_NAMES = new Map(
  ['Storage', 'Sql', 'AzureCloud', 'AzureKeyVault', 'AzureMonitor']
    .flatMap((tag) => [tag, `${tag}.WestEurope`, `${tag}.NorthEurope`])
    .map((tag) => [`tag/${tag.toLowerCase()}`, `tag/${tag}`]),
)

/** By the step that a finding puts before the others. */
function doorOf(state: State, { packet, path: [first] }: Witness): Door {
  const pod = state.pods.find(({ namespace, name }) => packet.to === `${namespace}/${name}`)
  const isOutside = packet.sourceAddress !== undefined
  if (first === undefined || pod === undefined || !isOutside) return 'none'
  if (first.layer === 'ingress') return 'ingress'
  if (first.layer === 'host') return 'host-port'
  if (first.layer !== 'service') return 'none'
  if (/NodePort|node port|every node/i.test(first.rule)) return 'node-port'
  return / takes /.test(first.rule) ? 'external-address' : 'load-balancer'
}

const ANY_POD = /^any pod(?: labelled (\S+))? in (?:any namespace|namespace (\S+)|namespaces labelled (\S+))$/

/** With the pods that a witness speaks of and nobody wrote: of just those labels, in a namespace of just those labels. */
function withAnyPods(
  state: State,
  ends: Pick<Question, 'from' | 'to'>,
): Pick<Question, 'from' | 'to'> & { full: State } {
  let full = state
  const place = (name: string, key: string): string => {
    if (!name.startsWith('any pod')) return name
    const match = ANY_POD.exec(name)
    if (match === null) throw new NotModelled(`a peer such as "${name}"`)
    const [, labels, namespace = `elsewhere-${key}`, namespaceLabels] = match
    const pod: Pod = { namespace, name: `any-${key}`, labels: toLabels(labels), hostNetwork: false, port: 0 }
    const space = { name: namespace, labels: toLabels(namespaceLabels) }
    full = {
      ...full,
      namespaces: match[2] === undefined ? [...full.namespaces, space] : full.namespaces,
      pods: [...full.pods, pod],
    }
    return `${namespace}/any-${key}`
  }
  return { from: place(ends.from, 'from'), to: place(ends.to, 'to'), full }
}

function toLabels(text: string | undefined): Labels {
  return Object.fromEntries(
    (text ?? '')
      .split(',')
      .filter((part) => part !== '')
      .map((part) => {
        const [key, value] = part.split('=')
        if (value === undefined || part.includes('!')) throw new NotModelled(`a peer labelled ${part}`)
        return [key!, value]
      }),
  )
}
