import { addressSets } from '../algebra/addresses.ts'
import { connectionSets, NO_CONNECTIONS } from '../algebra/connections.ts'
import { serviceSets } from '../algebra/service-sets.ts'
import { type FilterPackets, filtersOf, type RulePackets } from '../compare/nsg-packets.ts'
import type { StateView } from '../compare/state-view.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import type { AzureObject } from '../model/azure/azure-object.ts'
import { knownItems } from '../model/azure/prop.ts'
import type { Subnet } from '../model/azure/virtual-network.ts'
import { PUBLIC_ADDRESSES } from '../reach/address-ranges.ts'
import { routesOf } from '../reach/azure/host-routes.ts'
import { eachNetwork } from './each.ts'
import { addDenial, freePriority } from './edit/add-nsg-rule.ts'
import { inPlace } from './edit/one-patch.ts'
import { siteOf } from './facts/azure-site.ts'
import { azureOf } from './facts/azure-view.ts'
import { isAnyPort, isWide } from './facts/internet-admission.ts'
import { isSpecialSubnet } from './facts/special-subnets.ts'
import { exitOf } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames, verb } from './hits/listing.ts'
import { becauseOf, takesRule } from './hits/rule-object.ts'
import { defineRule } from './rule.ts'

export const nsgOutboundOpen = defineRule({
  id: 'nsg-outbound-open',
  meta: {
    title: 'Outbound rules of a security group stop nothing on the way to the internet',
    severity: 'low',
    concepts: ['nsg'],
    layer: 'nsg',
    why: 'Every group ends with a default rule that lets all outbound traffic to the internet through. Rules that allow some of it change nothing without a denial below them.',
    fix: 'Deny the tag Internet below the rules for what may leave.',
    sources: [
      'https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules',
    ],
  },

  /**
   * Yields a hit for each group with outbound rules of its own for the internet that in effect lets everything out, on a subnet that leaves
   * straight for the internet.
   */
  check: eachNetwork(function* (view, { trusted }) {
    const azure = azureOf(view)
    for (const filter of filtersOf(azure)) {
      const rules = filter.of('outbound')
      if (!filter.filter.complete || !rules.some(({ rule }) => !rule.isDefault)) continue
      const opener = rules.find((one) => isAnyPort(toInternet(one)))
      if (opener === undefined || !leavesStraight(view, filter)) continue
      const { rule } = opener
      const chosen = rules.filter((one) => !one.rule.isDefault && one.rule.access === 'Allow' && isForOutside(one))
      // Without another rule for what may leave, or a denial, the group says no more than every group does by itself.
      if (chosen.every((one) => one === opener) && isMoot(rules, opener)) continue
      const names = chosen.map((one) => one.rule.name)
      const priority = freePriority(filter, 'outbound')
      const last = Math.max(...rules.map((one) => (one.rule.isDefault ? 0 : one.rule.priority)))
      const hit = azureHit(view, {
        object: filter.object,
        ...(!rule.isDefault && { at: rule.origin }),
        // A way out that the change opens by one of the rules is one finding.
        ...becauseOf(rule.isDefault ? chosen[0]!.rule : rule, {
          tells: 'condition',
          aside: () =>
            rule.isDefault
              ? 'Nothing below the rule denies the rest: the default rule of the group lets everything out to the internet.'
              : 'The rule lets everything out to the internet.',
        }),
        detail: 'outbound',
        severity: 'low',
        say: rule.isDefault
          ? `has outbound rules for what may leave for the internet (${listNames(names)}) and denies nothing below ${verb(names, 'it', 'them')}: the default rule ${rule.name} (${rule.priority}) lets everything else out as well. Deny the tag Internet below them.`
          : `lets everything out to the internet by rule ${rule.name} (priority ${rule.priority})${isMoot(rules, opener) ? ', as its default rule would without it' : ', above the rules that deny some of it'}. Name what may leave, and deny the tag Internet below.`,
        decide: 'What has to leave for the internet from there?',
        objectsTo: ({ kind }) => kind === 'egress',
        fix: () =>
          !rule.isDefault || priority === undefined || priority < last
            ? undefined
            : inPlace(
                addDenial(azure, filter.object, {
                  name: 'deny-internet-outbound',
                  priority,
                  direction: 'Outbound',
                  protocol: '*',
                  ports: ['*'],
                  destinations: ['Internet'],
                }),
                `Denies what no rule above lets out to the internet (priority ${priority}).`,
              ),
      })
      yield rule.isDefault ? hit : takesRule(hit, rule)
    }

    /** What a rule certainly lets out to a good part of the internet. */
    function toInternet({ passes }: RulePackets) {
      return passes.certain
        .filter(({ to }) => isWide(to, trusted))
        .map((box) => box.connections)
        .reduce(connectionSets.union, NO_CONNECTIONS)
    }
  }),

  merge: mergeAzure,

  /** A denial below all rules. */
  patch: (hit) => hit.fix?.(),
})

/** A rule for public addresses or services. */
function isForOutside({ matches }: RulePackets): boolean {
  const { addresses, services } = matches.certain.to
  return !serviceSets.isEmpty(services) || !addressSets.isEmpty(addressSets.intersect(addresses, PUBLIC_ADDRESSES))
}

/** Whether no denial below concerns what the rule lets out. */
function isMoot(rules: readonly RulePackets[], opener: RulePackets): boolean {
  return !rules
    .slice(rules.indexOf(opener) + 1)
    .some((one) => !one.rule.isDefault && one.rule.access !== 'Allow' && isForOutside(one))
}

/** Gateways and Bastion are managed from outside, and only they: their subnet may be in another file than they are. */
function isOfService({ securityGroups }: AzureNetwork, object: AzureObject): boolean {
  const rules = securityGroups.all.find((group) => group.object === object)?.rules ?? []
  return rules.some(({ source }) => knownItems(source.prefixes).some((tag) => tag.toLowerCase() === 'gatewaymanager'))
}

/** Whether the group is on a subnet of ordinary hosts, and nothing behind it takes what leaves for the internet. */
function leavesStraight(view: StateView, { object }: FilterPackets): boolean {
  const site = siteOf(view)
  const { subnets, interfaces, applicationGateways } = site.azure
  const isOn = (link: { readonly kind: string; readonly object?: unknown }) =>
    link.kind === 'found' && link.object === object
  const gateways = new Set(applicationGateways.all.map(({ subnet }) => subnets.of(subnet)))
  const own = [
    ...subnets.all.filter(({ securityGroup }) => isOn(securityGroup)),
    ...interfaces
      .filter(({ securityGroup }) => isOn(securityGroup))
      .flatMap(({ configurations }) => configurations.flatMap(({ subnet }) => subnets.of(subnet) ?? [])),
  ]
  // Gateways and services that a subnet is delegated to need the way out themselves.
  const isOrdinary = (subnet: Subnet) =>
    !isSpecialSubnet(subnet) && !gateways.has(subnet) && subnet.delegations.items.length === 0
  if (isOfService(site.azure, object)) return false
  return own.some((subnet) => isOrdinary(subnet) && exitOf(site, routesOf(site, subnet), 'v4').kind === 'internet')
}
