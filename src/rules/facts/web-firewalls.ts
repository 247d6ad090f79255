import { addressSets } from '../../algebra/addresses.ts'
import { type ConnectionSet, connectionSets, NO_CONNECTIONS } from '../../algebra/connections.ts'
import type { Origin } from '../../base/origin.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { ApplicationGateway } from '../../model/azure/application-gateway.ts'
import { type AzureObject, labelOf, read } from '../../model/azure/azure-object.ts'
import { knownItems, knownValue, optionalText, surely } from '../../model/azure/prop.ts'
import type { Ingress } from '../../model/kubernetes/ingress.ts'
import type { Service } from '../../model/kubernetes/service.ts'
import { type Frontend, frontendsOf } from '../../reach/azure/frontends.ts'
import { gatewayOf, hasPublicFrontend } from '../../reach/azure/gateway-ways.ts'
import { parseRange } from '../../reach/azure/places.ts'
import type { Door } from '../../reach/door.ts'
import { isApplicationGateway } from '../../reach/layers/ingress.ts'
import { linkedCluster, siteOf } from './azure-site.ts'
import { azureOf } from './azure-view.ts'

/** A web application firewall that reads what the internet sends to some pods. */
export interface WebFirewall {
  readonly kind: 'gateway' | 'front-door'
  /** `the WAF of azurerm_application_gateway.in`. */
  readonly words: string
  /** What leads through it. */
  readonly at: Origin
  /** Ports of the pods behind it, by the number of their class. */
  readonly behind: ReadonlyMap<number, ConnectionSet>
  /** The way through it, which is none around. */
  readonly ways: ReadonlySet<Door>
}

const known = new WeakMap<StateView, readonly WebFirewall[]>()

/** The web application firewalls that certainly stand before pods of the linked cluster. */
export function webFirewalls(view: StateView): readonly WebFirewall[] {
  const made = known.get(view)
  if (made !== undefined) return made
  const found =
    linkedCluster(view) === undefined ? [] : [...steered(view), ...poolsOfGateways(view), ...frontDoors(view)]
  known.set(view, found)
  return found
}

/** Source: azure.github.io/application-gateway-kubernetes-ingress/annotations/#waf-policy-for-path */
const OWN_POLICY = 'appgw.ingress.kubernetes.io/waf-policy-for-path'

/** Ingresses that the controller of an application gateway serves. */
function steered(view: StateView): readonly WebFirewall[] {
  const { ingresses } = view.network.kubernetes
  if (!ingresses.some(isApplicationGateway)) return []
  const { gateway } = gatewayOf(siteOf(view), linkedCluster(view)!)
  if (gateway === undefined || !hasPublicFrontend(gateway)) return []
  const doors = view.reach.doors().filter(({ kind }) => kind === 'ingress')
  return ingresses.flatMap((ingress): readonly WebFirewall[] => {
    const own = doors.filter(({ resource }) => resource === ingress.resource)
    const isRead = hasFirewall(view, gateway) || ingress.annotations.has(OWN_POLICY)
    if (!isApplicationGateway(ingress) || !isRead || own.every(({ public: isPublic }) => isPublic === 'no')) return []
    const at = own[0]?.origin ?? ingress.resource.origin
    return [
      {
        kind: 'gateway',
        words: `the WAF of ${labelOf(gateway.object)}`,
        at,
        behind: portsBehind(own),
        ways: new Set(own),
      },
    ]
  })
}

function hasFirewall(view: StateView, { wafPolicy, wafEnabled, listeners }: ApplicationGateway): boolean {
  const policy = azureOf(view).wafPolicies.of(wafPolicy)
  if (policy !== undefined) return !surely(policy.enabled, false)
  if (wafPolicy.kind !== 'absent') return wafPolicy.kind === 'outside'
  if (surely(wafEnabled, true)) return true
  return listeners.length > 0 && listeners.every(({ wafPolicy: own }) => own.kind === 'found' || own.kind === 'outside')
}

/** Gateways whose pools write out the address of a load balancer. */
function poolsOfGateways(view: StateView): readonly WebFirewall[] {
  const gateways = azureOf(view).applicationGateways.all.filter(
    (gateway) => hasPublicFrontend(gateway) && hasFirewall(view, gateway),
  )
  return gateways.flatMap((gateway) => {
    const backends = gateway.listeners.flatMap((listener) => knownItems(listener.backends))
    const words = `the WAF of ${labelOf(gateway.object)}`
    return standsBefore(view, { kind: 'gateway', words, at: gateway.object.resource.origin }, backends)
  })
}

/** Profiles of Front Door with a policy, whose origins are load balancers of the cluster. */
function frontDoors(view: StateView): readonly WebFirewall[] {
  const { objects } = azureOf(view)
  const guarded = new Set(
    objects
      .ofType('microsoft.cdn/profiles/securitypolicies')
      .flatMap(({ parent }) => (parent === undefined ? [] : [parent])),
  )
  if (guarded.size === 0) return []
  return objects.ofType('microsoft.cdn/profiles/origingroups/origins').flatMap((origin) => {
    const profile = origin.parent?.parent
    const host = hostOf(origin)
    if (profile === undefined || !guarded.has(profile) || host === undefined) return []
    const words = `the WAF of ${labelOf(profile)}`
    return standsBefore(view, { kind: 'front-door', words, at: origin.resource.origin }, [host])
  })
}

function hostOf(origin: AzureObject): string | undefined {
  const host = optionalText(read(origin, 'properties.hostName'))
  return host && knownValue(host)
}

/** The firewall before each Service that one of the addresses or names leads to. */
function standsBefore(
  view: StateView,
  firewall: Pick<WebFirewall, 'kind' | 'words' | 'at'>,
  backends: readonly string[],
): readonly WebFirewall[] {
  if (backends.length === 0) return []
  const services = frontendsOf(siteOf(view), linkedCluster(view)!)
    .filter((frontend) => backends.some((text) => isFrontend(frontend, text)))
    .map(({ service }) => service.resource)
  const doors = view.reach
    .doors()
    .filter(({ kind, resource }) => kind === 'load-balancer' && services.includes(resource))
  return doors.length === 0 ? [] : [{ ...firewall, behind: portsBehind(doors), ways: new Set<Door>() }]
}

function isFrontend({ places, service }: Frontend, text: string): boolean {
  const address = parseRange(text)
  if (address !== undefined) return addressSets.equal(places.addresses, address)
  return text.toLowerCase().startsWith(`${labelName(service)}.`) && /\.cloudapp\.azure\.com$/i.test(text)
}

/** Source: learn.microsoft.com/azure/aks/static-ip#apply-a-dns-label-to-the-service */
function labelName({ annotations }: Service): string | undefined {
  return annotations.get('service.beta.kubernetes.io/azure-dns-label-name')?.toLowerCase()
}

function portsBehind(doors: readonly Door[]): ReadonlyMap<number, ConnectionSet> {
  const ports = new Map<number, ConnectionSet>()
  for (const { subject, target } of doors)
    ports.set(subject, connectionSets.union(ports.get(subject) ?? NO_CONNECTIONS, target.certain))
  return ports
}

/** Whether the controller of an Ingress reads requests itself. Source: kubernetes.github.io/ingress-nginx/user-guide/third-party-addons/modsecurity */
export function readsRequests({ annotations }: Ingress): boolean {
  return annotations.get('nginx.ingress.kubernetes.io/enable-modsecurity') === 'true'
}
