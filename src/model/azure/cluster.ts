import { type AzureObject, read } from './azure-object.ts'
import type { AzureObjects } from './azure-objects.ts'
import { type Link, linkAt, linksAt } from './link.ts'
import {
  at,
  blocksOf,
  defaultTo,
  flagProp,
  joinLists,
  listProp,
  numberProp,
  optionalText,
  type Prop,
  type PropList,
  present,
  textProp,
  textsProp,
  unknownProp,
  wordProp,
} from './prop.ts'

/** `Microsoft.ContainerService/managedClusters`. Defaults: the network profile's documentation, `azure-network` specification §5. */
export interface Cluster {
  readonly object: AzureObject
  readonly kubernetesVersion: Prop<string> | undefined
  /** AKS Automatic, which has other defaults. */
  readonly automatic: Prop<boolean>
  readonly plugin: Prop<NetworkPlugin>
  readonly pluginMode: Prop<'overlay' | ''>
  readonly dataplane: Prop<'azure' | 'cilium'>
  readonly policyEngine: Prop<PolicyEngine>
  /** Advanced container networking: FQDN and L7 rules of Cilium are enforced only with it. */
  readonly advancedSecurity: Prop<boolean>
  readonly advancedPolicies: Prop<'None' | 'FQDN' | 'L7'>
  readonly podCidrs: PropList<string>
  readonly serviceCidrs: PropList<string>
  readonly dnsServiceIp: Prop<string>
  readonly outboundType: Prop<OutboundType>
  readonly loadBalancerSku: Prop<'standard' | 'basic'>
  readonly managedOutboundCount: Prop<number>
  readonly outboundIps: readonly Link[]
  readonly outboundIpPrefixes: readonly Link[]
  readonly ipFamilies: PropList<string>
  /** `None`: pods that are not on the host network cannot reach the metadata service. */
  readonly podLinkLocalAccess: Prop<'IMDS' | 'None'>
  readonly api: ApiServerAccess
  readonly pools: readonly NodePool[]
  readonly addons: Addons
  /** Images and packages come from a registry of the customer. */
  readonly artifactSource: Prop<'Direct' | 'Cache'>
}

export const NETWORK_PLUGINS = ['azure', 'kubenet', 'none'] as const
export type NetworkPlugin = (typeof NETWORK_PLUGINS)[number]
export const POLICY_ENGINES = ['none', 'azure', 'calico', 'cilium'] as const
export type PolicyEngine = (typeof POLICY_ENGINES)[number]
export const OUTBOUND_TYPES = [
  'loadBalancer',
  'userDefinedRouting',
  'managedNATGateway',
  'managedNATGatewayV2',
  'userAssignedNATGateway',
  'none',
  'block',
] as const
export type OutboundType = (typeof OUTBOUND_TYPES)[number]

export interface ApiServerAccess {
  readonly private: Prop<boolean>
  /** None or empty: any source. */
  readonly authorizedRanges: PropList<string>
  readonly publicName: Prop<boolean>
  /** `system`, `none` or a zone. */
  readonly privateDnsZone: Prop<string>
  readonly zone: Link
  readonly vnetIntegration: Prop<boolean>
  readonly subnet: Link
  readonly runCommandDisabled: Prop<boolean>
}

/** An item of `agentPoolProfiles` or a child `agentPools`. */
export interface NodePool {
  readonly object: AzureObject
  readonly name: Prop<string>
  /** Absent: a network that AKS manages. */
  readonly subnet: Link
  readonly podSubnet: Link
  readonly mode: Prop<'System' | 'User' | 'Gateway'>
  readonly osType: Prop<'Linux' | 'Windows'>
  readonly count: Prop<number>
  readonly maxCount: Prop<number> | undefined
  readonly maxPods: Prop<number> | undefined
  readonly maxSurge: Prop<string> | undefined
  readonly publicIps: Prop<boolean>
  readonly publicIpPrefix: Link
  readonly allowedHostPorts: readonly HostPorts[]
  readonly hostPortsComplete: boolean
  readonly applicationGroups: readonly Link[]
  readonly sshAccess: Prop<'LocalUser' | 'Disabled' | 'EntraId'>
  /** Taints that keep ordinary pods away, as `key=value:effect`. */
  readonly taints: PropList<string>
  readonly labels: Prop<ReadonlyMap<string, string>>
}

export interface HostPorts {
  readonly first: Prop<number>
  readonly last: Prop<number>
  readonly protocol: Prop<'TCP' | 'UDP'>
}

export interface Addons {
  readonly httpApplicationRouting: Prop<boolean>
  readonly webAppRouting: Prop<boolean>
  readonly defaultIngressController: Prop<'AnnotationControlled' | 'External' | 'Internal' | 'None'>
  readonly applicationGateway: Prop<boolean>
  readonly gateway: Link
  /** AGIC builds its own gateway in this subnet. */
  readonly gatewaySubnet: Link
  readonly gatewayCidr: Prop<string> | undefined
  readonly istio: Prop<boolean>
  readonly istioExternalGateway: Prop<boolean>
  readonly istioInternalGateway: Prop<boolean>
  readonly azurePolicy: Prop<boolean>
  readonly openServiceMesh: Prop<boolean>
  readonly virtualNodes: Prop<boolean>
  readonly defender: Prop<boolean>
  readonly monitoring: Prop<boolean>
  readonly httpProxy: Prop<boolean>
  readonly workloadIdentity: Prop<boolean>
}

export function toCluster(objects: AzureObjects, object: AzureObject): Cluster {
  const { origin } = object.resource
  const profile = (path: string) => read(object, `properties.networkProfile.${path}`)
  const automatic = automaticProp(object)
  const isAutomatic = automatic.known && automatic.value
  const version = optionalText(read(object, 'properties.kubernetesVersion'))
  const { plugin, pluginMode } = pluginOf(object, version, isAutomatic)
  const dataplane = wordProp(profile('networkDataplane'), ['azure', 'cilium'], isAutomatic ? 'cilium' : 'azure', origin)
  return {
    object,
    kubernetesVersion: version,
    automatic,
    plugin,
    pluginMode,
    dataplane,
    policyEngine: policyEngineOf(object, dataplane),
    advancedSecurity: flagProp(profile('advancedNetworking.security.enabled'), false, origin),
    advancedPolicies: advancedPolicies(object),
    podCidrs: withDefault(
      joinLists(textsProp(profile('podCidr'), origin), textsProp(profile('podCidrs'), origin)),
      '10.244.0.0/16',
    ),
    serviceCidrs: withDefault(
      joinLists(textsProp(profile('serviceCidr'), origin), textsProp(profile('serviceCidrs'), origin)),
      '10.0.0.0/16',
    ),
    dnsServiceIp: textProp(profile('dnsServiceIP'), '10.0.0.10', origin),
    outboundType: wordProp(
      profile('outboundType'),
      OUTBOUND_TYPES,
      isAutomatic ? 'managedNATGateway' : 'loadBalancer',
      origin,
    ),
    loadBalancerSku: wordProp(profile('loadBalancerSku'), ['standard', 'basic'], 'standard', origin),
    managedOutboundCount: numberProp(profile('loadBalancerProfile.managedOutboundIPs.count'), 1, origin),
    outboundIps: linksAt(objects, object, 'properties.networkProfile.loadBalancerProfile.outboundIPs.publicIPs', 'id'),
    outboundIpPrefixes: linksAt(
      objects,
      object,
      'properties.networkProfile.loadBalancerProfile.outboundIPPrefixes.publicIPPrefixes',
      'id',
    ),
    ipFamilies: withDefault(textsProp(profile('ipFamilies'), origin), 'IPv4'),
    podLinkLocalAccess: wordProp(profile('podLinkLocalAccess'), ['IMDS', 'None'], 'IMDS', origin),
    api: apiServerOf(objects, object, isAutomatic),
    // The pools in the cluster's own body come first: the first one's subnet takes the internal frontends.
    pools: [...objects.childrenOf(object, 'agentPools')]
      .sort((a, b) => Number(b.inline) - Number(a.inline))
      .map((pool) => toNodePool(objects, pool)),
    addons: addonsOf(objects, object, isAutomatic),
    artifactSource: wordProp(
      read(object, 'properties.bootstrapProfile.artifactSource'),
      ['Direct', 'Cache'],
      'Direct',
      origin,
    ),
  }
}

function automaticProp(object: AzureObject): Prop<boolean> {
  const sku = textProp(read(object, 'sku.name'), 'Base', object.resource.origin)
  return sku.known ? { ...sku, value: sku.value.toLowerCase() === 'automatic' } : sku
}

/** Without a plugin the API takes kubenet below Kubernetes 1.30 and Azure CNI Overlay from there on; with `azure` written out, node subnet. */
function pluginOf(
  object: AzureObject,
  version: Prop<string> | undefined,
  automatic: boolean,
): Pick<Cluster, 'plugin' | 'pluginMode'> {
  const { origin } = object.resource
  const written = present(read(object, 'properties.networkProfile.networkPlugin'))
  const mode = read(object, 'properties.networkProfile.networkPluginMode')
  if (written !== undefined) {
    return {
      plugin: wordProp(written, NETWORK_PLUGINS, 'azure', origin),
      pluginMode: wordProp(mode, ['overlay', ''], automatic ? 'overlay' : '', origin),
    }
  }
  const old = version?.known === true && isOlder(version.value, 1, 30) && !automatic
  return {
    plugin: defaultTo(old ? 'kubenet' : 'azure', origin),
    pluginMode: wordProp(mode, ['overlay', ''], old ? '' : 'overlay', origin),
  }
}

/** True for a Kubernetes version below `major.minor`. */
export function isOlder(version: string, major: number, minor: number): boolean {
  const [own = Number.NaN, ownMinor = Number.NaN] = version.replace(/^v/, '').split('.').map(Number)
  return own < major || (own === major && ownMinor < minor)
}

/** The Cilium data plane enforces policies without a policy engine being named. */
function policyEngineOf(object: AzureObject, dataplane: Prop<'azure' | 'cilium'>): Prop<PolicyEngine> {
  const { origin } = object.resource
  const engine = wordProp(read(object, 'properties.networkProfile.networkPolicy'), POLICY_ENGINES, 'none', origin)
  if (!dataplane.known) return engine.known && engine.value !== 'none' ? engine : unknownProp(dataplane.unknown)
  return dataplane.value === 'cilium' ? { ...dataplane, value: 'cilium' } : engine
}

function advancedPolicies(object: AzureObject): Cluster['advancedPolicies'] {
  const { origin } = object.resource
  const security = 'properties.networkProfile.advancedNetworking.security'
  const enabled = flagProp(read(object, `${security}.enabled`), false, origin)
  if (!enabled.known) return enabled
  return wordProp(
    read(object, `${security}.advancedNetworkPolicies`),
    ['None', 'FQDN', 'L7'],
    enabled.value ? 'FQDN' : 'None',
    origin,
  )
}

function withDefault(list: PropList<string>, text: string): PropList<string> {
  return list.absent
    ? { items: [defaultTo(text, list.origin)], complete: true, origin: list.origin, absent: true }
    : list
}

function apiServerOf(objects: AzureObjects, object: AzureObject, automatic: boolean): ApiServerAccess {
  const { origin } = object.resource
  const property = (path: string) => read(object, `properties.apiServerAccessProfile.${path}`)
  return {
    private: flagProp(property('enablePrivateCluster'), false, origin),
    // API versions up to 2019-06-01 have the list beside the profile.
    authorizedRanges: textsProp(
      property('authorizedIPRanges') ?? read(object, 'properties.apiServerAuthorizedIPRanges'),
      origin,
    ),
    // azurerm sends `false` where the argument is absent.
    publicName: flagProp(property('enablePrivateClusterPublicFQDN'), object.azurerm === undefined, origin),
    privateDnsZone: textProp(plainText(property('privateDNSZone')), 'system', origin),
    zone: linkAt(objects, object, 'properties.apiServerAccessProfile.privateDNSZone'),
    vnetIntegration: flagProp(property('enableVnetIntegration'), automatic, origin),
    subnet: linkAt(objects, object, 'properties.apiServerAccessProfile.subnetId'),
    runCommandDisabled: flagProp(property('disableRunCommand'), false, origin),
  }
}

/** A zone's id as text; only the words `system` and `none` are read from it. */
function plainText(value: ReturnType<typeof read>): ReturnType<typeof read> {
  return value?.kind === 'id' ? { kind: 'scalar', value: value.id, origin: value.origin } : value
}

export function toNodePool(objects: AzureObjects, object: AzureObject): NodePool {
  const { origin } = object.resource
  const property = (path: string) => read(object, `properties.${path}`)
  const ports = blocksOf(property('networkProfile.allowedHostPorts'))
  return {
    object,
    name: object.name,
    subnet: linkAt(objects, object, 'properties.vnetSubnetID'),
    podSubnet: linkAt(objects, object, 'properties.podSubnetID'),
    mode: wordProp(property('mode'), ['System', 'User', 'Gateway'], object.inline ? 'System' : 'User', origin),
    osType: wordProp(property('osType'), ['Linux', 'Windows'], 'Linux', origin),
    count: numberProp(property('count'), 1, origin),
    maxCount: present(property('maxCount')) && numberProp(property('maxCount'), 0, origin),
    maxPods: present(property('maxPods')) && numberProp(property('maxPods'), 0, origin),
    maxSurge: optionalText(property('upgradeSettings.maxSurge')),
    publicIps: flagProp(property('enableNodePublicIP'), false, origin),
    publicIpPrefix: linkAt(objects, object, 'properties.nodePublicIPPrefixID'),
    allowedHostPorts: ports.blocks.map((block) => ({
      first: numberProp(at(block, 'portStart'), 1, block.origin),
      last: numberProp(at(block, 'portEnd') ?? at(block, 'portStart'), 65535, block.origin),
      protocol: wordProp(at(block, 'protocol'), ['TCP', 'UDP'], 'TCP', block.origin),
    })),
    hostPortsComplete: ports.complete,
    applicationGroups: linksAt(objects, object, 'properties.networkProfile.applicationSecurityGroups'),
    sshAccess: wordProp(
      property('securityProfile.sshAccess'),
      ['LocalUser', 'Disabled', 'EntraId'],
      'LocalUser',
      origin,
    ),
    taints: taintsOf(object),
    labels: labelsOf(object),
  }
}

/** `only_critical_addons_enabled` of azurerm is a taint. */
function taintsOf(object: AzureObject): PropList<string> {
  const { origin } = object.resource
  const written = listProp(read(object, 'properties.nodeTaints'), origin, (item) => textProp(item, '', item.origin))
  const critical = read(object, 'properties.criticalAddonsOnly')
  const flag = flagProp(critical, false, origin)
  if (flag.known && !flag.value) return written
  const taint: Prop<string> = flag.known
    ? { known: true, value: 'CriticalAddonsOnly=true:NoSchedule', origin: flag.origin }
    : flag
  return joinLists(written, { items: [taint], complete: flag.known, origin, absent: false })
}

function labelsOf(object: AzureObject): Prop<ReadonlyMap<string, string>> {
  const { origin } = object.resource
  const value = present(read(object, 'properties.nodeLabels'))
  if (value === undefined) return defaultTo(new Map(), origin)
  if (value.kind === 'unknown' || value.kind === 'choice') return unknownProp(value)
  const labels = new Map<string, string>()
  if (value.kind === 'map') {
    for (const [key, entry] of value.entries) {
      const text = textProp(entry.value, '', origin)
      if (!text.known) return text
      labels.set(key, text.value)
    }
  }
  return { known: true, value: labels, origin: value.origin }
}

function addonsOf(objects: AzureObjects, object: AzureObject, automatic: boolean): Addons {
  const { origin } = object.resource
  const property = (path: string) => read(object, `properties.${path}`)
  const flag = (path: string, fallback = false) => flagProp(property(path), fallback, origin)
  const gateway = 'addonProfiles.ingressApplicationGateway'
  return {
    httpApplicationRouting: flag('addonProfiles.httpApplicationRouting.enabled'),
    webAppRouting: flag('ingressProfile.webAppRouting.enabled', automatic),
    defaultIngressController: wordProp(
      property('ingressProfile.webAppRouting.nginx.defaultIngressControllerType'),
      ['AnnotationControlled', 'External', 'Internal', 'None'],
      'AnnotationControlled',
      origin,
    ),
    applicationGateway: flag(`${gateway}.enabled`),
    gateway: linkAt(objects, object, `properties.${gateway}.config.applicationGatewayId`),
    gatewaySubnet: linkAt(objects, object, `properties.${gateway}.config.subnetId`),
    gatewayCidr: optionalText(property(`${gateway}.config.subnetCIDR`) ?? property(`${gateway}.config.subnetPrefix`)),
    istio: meshProp(object),
    ...istioGateways(object),
    azurePolicy: flag('addonProfiles.azurepolicy.enabled', automatic),
    openServiceMesh: flag('addonProfiles.openServiceMesh.enabled'),
    virtualNodes: flag('addonProfiles.aciConnectorLinux.enabled'),
    defender: flag('securityProfile.defender.securityMonitoring.enabled'),
    monitoring: flag('addonProfiles.omsagent.enabled'),
    httpProxy: flagPresent(object, 'properties.httpProxyConfig'),
    workloadIdentity: flag('securityProfile.workloadIdentity.enabled', automatic),
  }
}

function meshProp(object: AzureObject): Prop<boolean> {
  const mode = textProp(read(object, 'properties.serviceMeshProfile.mode'), 'Disabled', object.resource.origin)
  return mode.known ? { ...mode, value: mode.value.toLowerCase() === 'istio' } : mode
}

function istioGateways(object: AzureObject): Pick<Addons, 'istioExternalGateway' | 'istioInternalGateway'> {
  const { origin } = object.resource
  const istio = 'properties.serviceMeshProfile.istio'
  const gateways = blocksOf(read(object, `${istio}.components.ingressGateways`)).blocks
  const enabled = (mode: string, own: string): Prop<boolean> => {
    const written = read(object, `${istio}.${own}`)
    if (written !== undefined) return flagProp(written, false, origin)
    const found = gateways.find((gateway) => {
      const word = textProp(at(gateway, 'mode'), '', origin)
      return word.known && word.value.toLowerCase() === mode
    })
    return flagProp(at(found, 'enabled'), false, origin)
  }
  return {
    istioExternalGateway: enabled('external', 'externalIngressGateway'),
    istioInternalGateway: enabled('internal', 'internalIngressGateway'),
  }
}

function flagPresent(object: AzureObject, path: string): Prop<boolean> {
  const value = present(read(object, path))
  if (value === undefined) return defaultTo(false, object.resource.origin)
  return value.kind === 'unknown' ? unknownProp(value) : { known: true, value: true, origin: value.origin }
}

/** Where the address of a pod of a pool comes from, and which addresses the layers see. */
export type PodAddressing = 'kubenet' | 'overlay' | 'node-subnet' | 'pod-subnet' | 'unknown'

export function podAddressing(cluster: Cluster, pool: NodePool): PodAddressing {
  const { plugin, pluginMode } = cluster
  if (!plugin.known || plugin.value === 'none') return 'unknown'
  if (plugin.value === 'kubenet') return 'kubenet'
  if (pool.podSubnet.kind === 'unknown') return 'unknown'
  if (pool.podSubnet.kind !== 'absent') return 'pod-subnet'
  if (!pluginMode.known) return 'unknown'
  return pluginMode.value === 'overlay' ? 'overlay' : 'node-subnet'
}
