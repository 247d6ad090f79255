import type { Origin } from '../../base/origin.ts'
import type { MapValue, Value } from '../../base/value.ts'
import { type AzureObject, read } from './azure-object.ts'
import type { AzureObjects } from './azure-objects.ts'
import { type Link, linkAt, toLink } from './link.ts'
import { type IpConfiguration, toIpConfigurations } from './outbound.ts'
import {
  at,
  blocksOf,
  flagProp,
  known,
  numberProp,
  optionalText,
  type Prop,
  type PropList,
  textProp,
  wordProp,
} from './prop.ts'

/** `Microsoft.Network/applicationGateways`. */
export interface ApplicationGateway {
  readonly object: AzureObject
  readonly subnet: Link
  readonly frontends: readonly IpConfiguration[]
  readonly listeners: readonly GatewayListener[]
  readonly tier: Prop<string>
  readonly wafPolicy: Link
  /** The setting of the gateway itself, from before policies. */
  readonly wafEnabled: Prop<boolean>
  readonly wafMode: Prop<'Detection' | 'Prevention'>
}

/** One listener with the addresses that its rules lead to. */
export interface GatewayListener {
  readonly name: Prop<string>
  readonly frontend: Prop<string>
  readonly port: Prop<number>
  readonly protocol: Prop<string>
  readonly hosts: PropList<string>
  readonly wafPolicy: Link
  /** True where all that it does is send clients on to an encrypted address. */
  readonly onlyRedirects: Prop<boolean>
  /** Addresses and names of the backend pools. */
  readonly backends: PropList<string>
}

export function toApplicationGateway(objects: AzureObjects, object: AzureObject): ApplicationGateway {
  const { origin } = object.resource
  const list = (path: string) => blocksOf(read(object, `properties.${path}`)).blocks
  const waf = 'properties.webApplicationFirewallConfiguration'
  return {
    object,
    subnet: toLink(objects, object, at(list('gatewayIPConfigurations')[0], 'properties.subnet.id')),
    frontends: toIpConfigurations(objects, object, 'properties.frontendIPConfigurations'),
    listeners: list('httpListeners').map((listener) => toListener(objects, object, listener, list)),
    tier: textProp(read(object, 'properties.sku.tier') ?? read(object, 'properties.sku.name'), '', origin),
    wafPolicy: linkAt(objects, object, 'properties.firewallPolicy.id'),
    wafEnabled: flagProp(read(object, `${waf}.enabled`), false, origin),
    wafMode: wordProp(read(object, `${waf}.firewallMode`), ['Detection', 'Prevention'], 'Detection', origin),
  }
}

type Lists = (path: string) => readonly MapValue[]

/** Parts of a gateway name each other by id (ARM) or by name (azurerm); of an id only the last segment is needed. */
function toListener(objects: AzureObjects, object: AzureObject, listener: MapValue, list: Lists): GatewayListener {
  const { origin } = listener
  const name = textProp(at(listener, 'name'), '', origin)
  const portName = partName(
    at(listener, 'properties.frontendPort.id') ?? at(listener, 'properties.frontendPortName'),
    listener,
  )
  const port = list('frontendPorts').find((block) => sameName(block, portName))
  const rules = list('requestRoutingRules').filter((rule) =>
    same(partName(at(rule, 'properties.httpListener.id') ?? at(rule, 'properties.httpListenerName'), rule), name),
  )
  const pools = rules.flatMap((rule) => poolsOf(rule, list))
  return {
    name,
    frontend: partName(
      at(listener, 'properties.frontendIPConfiguration.id') ?? at(listener, 'properties.frontendIPConfigurationName'),
      listener,
    ),
    port: numberProp(at(port, 'properties.port'), 80, origin),
    protocol: textProp(at(listener, 'properties.protocol'), 'Http', origin),
    hosts: {
      items: [at(listener, 'properties.hostName'), ...blockItems(at(listener, 'properties.hostNames'))]
        .filter((value) => value !== undefined)
        .map((value) => textProp(value, '', origin)),
      complete: true,
      origin,
      absent: false,
    },
    wafPolicy: toLink(objects, object, at(listener, 'properties.firewallPolicy.id')),
    onlyRedirects: onlyRedirects(rules, list, origin),
    backends: {
      items: pools.flatMap((pool) =>
        blocksOf(at(pool, 'properties.backendAddresses')).blocks.flatMap((address) => {
          const prop = optionalText(at(address, 'ipAddress') ?? at(address, 'fqdn'))
          return prop === undefined ? [] : [prop]
        }),
      ),
      complete: pools.every((pool) => blocksOf(at(pool, 'properties.backendAddresses')).complete),
      origin,
      absent: pools.length === 0,
    },
  }
}

/** Whether each of the rules of a listener is a redirection to HTTPS. Path maps are not looked into: they may lead anywhere. */
function onlyRedirects(rules: readonly MapValue[], list: Lists, origin: Origin): Prop<boolean> {
  for (const rule of rules) {
    const name = partName(
      at(rule, 'properties.redirectConfiguration.id') ?? at(rule, 'properties.redirectConfigurationName'),
      rule,
    )
    if (!name.known) return name
    const redirect = list('redirectConfigurations').find((block) => sameName(block, name))
    const url = textProp(at(redirect, 'properties.targetUrl'), '', origin)
    const target = partName(
      at(redirect, 'properties.targetListener.id') ?? at(redirect, 'properties.targetListenerName'),
      redirect ?? rule,
    )
    if (!url.known) return url
    if (!target.known) return target
    const listener = list('httpListeners').find((block) => sameName(block, target))
    const protocol = textProp(at(listener, 'properties.protocol'), 'Http', origin)
    if (!protocol.known) return protocol
    if (!/^https:/i.test(url.value) && protocol.value.toLowerCase() !== 'https') return known(false, origin)
  }
  return known(rules.length > 0, origin)
}

/** The pools a rule leads to, those of its path map included. */
function poolsOf(rule: MapValue, list: Lists): readonly MapValue[] {
  const map = partName(at(rule, 'properties.urlPathMap.id') ?? at(rule, 'properties.urlPathMapName'), rule)
  const maps = map.known && map.value !== '' ? list('urlPathMaps').filter((block) => sameName(block, map)) : []
  const names = [
    partName(at(rule, 'properties.backendAddressPool.id') ?? at(rule, 'properties.backendAddressPoolName'), rule),
    ...maps.flatMap((block) => [
      partName(
        at(block, 'properties.defaultBackendAddressPool.id') ?? at(block, 'properties.defaultBackendAddressPoolName'),
        block,
      ),
      ...blocksOf(at(block, 'properties.pathRules')).blocks.map((path) =>
        partName(at(path, 'properties.backendAddressPool.id') ?? at(path, 'properties.backendAddressPoolName'), path),
      ),
    ]),
  ]
  return list('backendAddressPools').filter((pool) => names.some((wanted) => sameName(pool, wanted)))
}

function partName(value: Value | undefined, owner: MapValue): Prop<string> {
  const text = textProp(
    value?.kind === 'id' ? { kind: 'scalar', value: value.id, origin: value.origin } : value,
    '',
    owner.origin,
  )
  return text.known ? { ...text, value: text.value.split('/').at(-1) ?? '' } : text
}

function sameName(block: MapValue, wanted: Prop<string>): boolean {
  return same(textProp(at(block, 'name'), '', block.origin), wanted)
}

function same(a: Prop<string>, b: Prop<string>): boolean {
  return a.known && b.known && a.value !== '' && a.value.toLowerCase() === b.value.toLowerCase()
}

function blockItems(value: Value | undefined): readonly Value[] {
  return value?.kind === 'list' ? value.items : value === undefined ? [] : [value]
}

/** A web application firewall policy, of application gateways or of Front Door. */
export interface WafPolicy {
  readonly object: AzureObject
  readonly enabled: Prop<boolean>
  /** Sources disagree on ARM's default where `mode` is absent, so it is then unknown there. */
  readonly mode: Prop<'Detection' | 'Prevention'> | undefined
}

export function toWafPolicy(object: AzureObject): WafPolicy {
  const { origin } = object.resource
  const settings = 'properties.policySettings'
  const state = textProp(
    read(object, `${settings}.state`) ?? read(object, `${settings}.enabledState`),
    'Enabled',
    origin,
  )
  const mode = read(object, `${settings}.mode`)
  return {
    object,
    enabled: state.known ? { ...state, value: state.value.toLowerCase() === 'enabled' } : state,
    mode:
      mode === undefined && object.azurerm === undefined
        ? undefined
        : wordProp(mode, ['Detection', 'Prevention'], 'Prevention', origin),
  }
}
