import { connectionSets } from '../algebra/connections.ts'
import type { StateView } from '../compare/state-view.ts'
import type { Door } from '../reach/door.ts'
import { closeDoor } from './closing/close-door.ts'
import { annotate, setType } from './edit/load-balancer.ts'
import { inPlace } from './edit/one-patch.ts'
import { doorWords, isOpenToInternet, newcomers } from './facts/exposed-workloads.ts'
import { namesBehind, proveDoor } from './facts/public-service.ts'
import { readsRequests, type WebFirewall, webFirewalls } from './facts/web-firewalls.ts'
import { listNames } from './hits/listing.ts'
import { lineOf } from './one-line.ts'
import { defineRule, type Hit, type ProposedPatch } from './rule.ts'
import type { RuleSettings } from './settings.ts'

export const wafBypassed = defineRule({
  id: 'waf-bypassed',
  meta: {
    title: 'Internet gets around the web application firewall',
    severity: 'high',
    concepts: ['no-waf'],
    layer: 'ingress',
    why: 'A web application firewall protects the way through it and no other: whoever finds the second address of the same pods sends what it would refuse.',
    fix: 'Make the other way internal, or let in the firewall alone.',
    sources: [
      'https://learn.microsoft.com/azure/frontdoor/origin-security',
      'https://learn.microsoft.com/azure/application-gateway/ingress-controller-overview',
      'https://learn.microsoft.com/azure/aks/internal-lb',
    ],
  },

  /** Yields a hit for each way by which the internet certainly gets to a port of pods that a firewall stands before on another way. */
  *check(view, settings) {
    const seen = new Set<string>()
    for (const { door, firewall } of waysAround(view, settings)) {
      const subject = subjectOf(view, door)
      if (seen.has(subject)) continue
      seen.add(subject)
      yield toHit(view, door, firewall, settings)
    }
  },

  /** An internal load balancer, the tag of Front Door as its only source, or no way at all. */
  patch: (hit) => hit.fix?.(),
})

interface WayAround {
  readonly door: Door
  readonly firewall: WebFirewall
}

function* waysAround(view: StateView, { trusted }: Pick<RuleSettings, 'trusted'>): Iterable<WayAround> {
  const firewalls = webFirewalls(view)
  if (firewalls.length === 0) return
  for (const door of view.reach.doors()) {
    if (!isOpenToInternet(door, trusted, 'certain') || isGuarded(view, door, firewalls)) continue
    const firewall = firewalls.find(
      ({ behind }) =>
        !connectionSets.isEmpty(
          connectionSets.intersect(behind.get(door.subject) ?? connectionSets.empty, door.internet.certain),
        ),
    )
    if (firewall !== undefined) yield { door, firewall }
  }
}

function isGuarded({ network }: StateView, door: Door, firewalls: readonly WebFirewall[]): boolean {
  if (firewalls.some(({ ways }) => ways.has(door))) return true
  if (door.kind !== 'ingress') return false
  const ingress = network.kubernetes.ingresses.find(({ resource }) => resource === door.resource)
  return ingress === undefined || readsRequests(ingress)
}

function subjectOf(view: StateView, { resource, kind }: Door): string {
  return `${view.identity(resource.address)} ${kind}`
}

function wasOpen(before: StateView, subject: string, trusted: RuleSettings['trusted']): boolean {
  const doors = before.reach.doors().filter((one) => isOpenToInternet(one, trusted, 'possible'))
  return doors.some((one) => subjectOf(before, one) === subject)
}

function toHit(view: StateView, door: Door, firewall: WebFirewall, { trusted, trustedRanges }: RuleSettings): Hit {
  const { before } = view
  const { resource } = door
  const names = listNames(namesBehind(view, door))
  const subject = subjectOf(view, door)
  // The firewall is what is new, and the way around it was the way before: a step forward that is not the last.
  const isLeftOpen =
    before !== undefined &&
    wasOpen(before, subject, trusted) &&
    ![...waysAround(before, { trusted })].some((one) => subjectOf(before, one.door) === subject)
  const at = isLeftOpen ? firewall.at : door.origin
  const isFrontDoor = firewall.kind === 'front-door'
  const unless = isFrontDoor ? ', unless they check the header X-Azure-FDID' : ''
  return {
    resource: resource.address,
    at,
    subject,
    severity: isLeftOpen ? 'low' : 'high',
    because: {
      line: lineOf(at),
      tells: 'path',
      aside: () => `This leads around ${firewall.words}${unless}.`,
    },
    message: `Anybody on the internet can get to ${names} through ${doorWords(door)}, around ${firewall.words}${unless}: that reads only what comes through it. ${isLeftOpen ? 'The change puts it before these pods and leaves the old way open. ' : ''}${isFrontDoor ? 'Let in Front Door alone, or make the way internal.' : 'Make the way internal.'}`,
    get witness() {
      return proveDoor(view, door, newcomers(before, trusted, door.subject), `${doorWords(door)} lets the internet in`)
    },
    decide: 'Whether clients must come this way as well.',
    objectsTo: ({ kind }) => kind === 'ingress',
    fix: () => (isFrontDoor ? admitFrontDoor(view, door) : undefined),
    otherwise: () => [...closeDoor(view, door, trustedRanges), ...closeNodePort(view, door)],
  }
}

/** Source: learn.microsoft.com/azure/frontdoor/origin-security#public-ip-address-based-origins */
function admitFrontDoor({ network }: StateView, { resource }: Door): ProposedPatch | undefined {
  const service = network.kubernetes.services.find((one) => one.resource === resource)
  if (service?.loadBalancer === undefined || service.loadBalancer.sourcesOrigin !== undefined) return undefined
  const edits = annotate(service, 'service.beta.kubernetes.io/azure-allowed-service-tags', 'AzureFrontDoor.Backend')
  const patch = inPlace(edits, `Lets only the addresses of Front Door connect to ${resource.address}.`)
  return patch && { ...patch, layer: 'service' }
}

function closeNodePort({ network }: StateView, { kind, resource }: Door): readonly ProposedPatch[] {
  const service = network.kubernetes.services.find((one) => one.resource === resource)
  if (kind !== 'node-port' || service?.type !== 'NodePort') return []
  const patch = setType(service, 'ClusterIP')
  return patch === undefined ? [] : [{ ...patch, layer: 'service' }]
}
